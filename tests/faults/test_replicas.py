"""Two replicas over one database and one Chroma server, behind nginx."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from ingest.settings import IngestSettings
from service.store.database import store_of
from service.store.journal import Journal
from service.store.keys import Keyring
from tests.commands import Service
from tests.replicas import balancer, client_of, environment_of, replicas
from tests.rooms import telling
from tests.servers import Chroma, Postgres
from tests.service.slack.bots import CHANNEL, MENTION, USER, quotes
from tests.service.slack.events import Events
from tests.service.slack.sender import Sender
from tests.service.slack.state import BOT_TOKEN, SIGNING_SECRET
from tests.service.slack.workspace import Workspace

pytestmark = pytest.mark.slow

RATE = 300


@dataclass(frozen=True, slots=True)
class Cluster:
    """Two replicas, the balancer's address, and what they share."""

    settings: IngestSettings
    replicas: list[Service]
    url: str

    def key(self, name: str) -> str:
        """A new key that is good for everything."""
        with closing(store_of(self.settings)) as store:
            return Keyring(store).create(name, ["admin"])[1]


@pytest.fixture(scope="module")
def slack() -> Iterator[Workspace]:
    with Workspace() as workspace:
        yield workspace


@pytest.fixture(scope="module")
def cluster(
    tmp_path_factory: pytest.TempPathFactory, postgres: Postgres, chroma: Chroma, slack: Workspace
) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    settings = IngestSettings(
        data=folder / "data", database_url=SecretStr(postgres.new_database()), chroma_url=chroma.url
    )
    environment = environment_of(settings) | {
        "DOSSIER_REQUIRE_KEYS": "true",
        "DOSSIER_RATE_LIMIT": f"{RATE}/minute",
        "DOSSIER_SLACK_BOT_TOKEN": BOT_TOKEN,
        "DOSSIER_SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "DOSSIER_SLACK_API_URL": slack.api_url,
    }
    with (
        replicas(2, folder, environment) as started,
        balancer(folder / "nginx", [replica.address for replica in started]) as url,
    ):
        yield Cluster(settings, started, url)


def wait_for(found: Callable[[], Any], seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while not (result := found()):
        assert time.monotonic() < deadline
        time.sleep(0.5)
    return result


HARBOUR = "The harbour of Aberfal was closed on 3 May 2019 by Captain Rowe because of a storm."
BRIDGE = "The bridge at Stenton was opened in June 2011 by the engineer Mara Quill."


def article(text: str, title: str) -> dict[str, object]:
    return {"articles": [{"text": f"{text} {telling(len(title), 3)}", "title": title}]}


def quoted(answer: dict[str, Any]) -> str:
    return " ".join(citation["quote"] for citation in answer["citations"])


@pytest.fixture(scope="module")
def clients(cluster: Cluster) -> Iterator[list[httpx.Client]]:
    """A client of each replica and then one of the balancer, all with one key."""
    key = cluster.key("everybody")
    opened = [client_of(url, key) for url in [*(replica.address for replica in cluster.replicas), cluster.url]]
    yield opened
    for client in opened:
        client.close()


def test_an_article_added_through_one_is_answered_from_by_the_other_at_once(clients: list[httpx.Client]) -> None:
    first, second, balanced = clients
    for client in clients:
        assert client.get("/readyz").is_success
    added = first.post("/v1/articles", json=article(HARBOUR, "Harbour"))
    assert added.json()["outcomes"][0]["status"] == "new"
    for client in (second, first, balanced):
        answer = client.post("/v1/ask", json={"question": "Who closed the harbour of Aberfal?"}).json()
        assert "Captain Rowe" in quoted(answer)
    article_id = answer["citations"][0]["article_id"]
    assert second.delete(f"/v1/articles/{article_id}").is_success
    gone = first.post("/v1/ask", json={"question": "Who closed the harbour of Aberfal?"}).json()
    assert gone["status"] == "abstained"


def test_a_conversation_begun_with_one_goes_on_with_the_other(clients: list[httpx.Client]) -> None:
    first, second, _ = clients
    first.post("/v1/articles", json=article(BRIDGE, "Bridge"))
    begun = first.post("/v1/ask", json={"question": "Who opened the bridge at Stenton?"})
    conversation = begun.json()["conversation_id"]
    follow = second.post("/v1/ask", json={"question": "When was it opened?", "conversation_id": conversation}).json()
    assert "Stenton" in follow["standalone_question"]
    assert "June 2011" in quoted(follow)
    kept = first.get(f"/v1/conversations/{conversation}").json()
    assert len(kept["answers"]) == 2
    rated = {"answer_id": follow["id"], "verdict": "helpful"}
    assert first.post("/v1/feedback", json=rated).is_success


def test_a_rate_is_counted_over_both(cluster: Cluster) -> None:
    key = cluster.key("eager")
    urls = [replica.address for replica in cluster.replicas] * RATE
    codes = []
    with client_of(cluster.url, key) as client:
        for url in urls[: RATE + 10]:
            codes.append(client.get(f"{url}/v1/articles?limit=1").status_code)
            if codes[-1] == 429:
                break
    assert codes == [200] * RATE + [429]


def test_a_write_repeated_at_the_other_one_is_done_once(clients: list[httpx.Client]) -> None:
    first, second, _ = clients
    given, key = article(telling(77, 4), "Once"), {"Idempotency-Key": "k-1"}
    one, other = (client.post("/v1/jobs", json=given, headers=key) for client in (first, second))
    assert one.json()["id"] == other.json()["id"]
    job = f"/v1/jobs/{one.json()['id']}"
    assert wait_for(lambda: first.get(job).json()["state"] == "done")
    assert second.get(job).json()["state"] == "done"


def test_slack_is_answered_once_whichever_replicas_it_tells(
    cluster: Cluster, clients: list[httpx.Client], slack: Workspace
) -> None:
    clients[0].post("/v1/articles", json=article(HARBOUR, "The harbour of Aberfal"))
    events = Events(slack)
    mention, message = events.mention(CHANNEL, USER, f"{MENTION} Who closed the harbour of Aberfal?")
    ts = message["event"]["ts"]
    senders = [Sender(replica.address) for replica in cluster.replicas]
    with ThreadPoolExecutor(4) as pool:
        told = [pool.submit(sender.event, each) for sender in senders for each in (mention, message)]
        assert [each.result().status for each in told] == [200] * 4
    (answer,) = slack.wait_for(lambda: [each for each in slack.posted(CHANNEL, ts) if "confidence" in each.shown], 60)
    assert any("Captain Rowe" in quote for quote in quotes(answer))
    later, other = events.mention(CHANNEL, USER, f"{MENTION} Who opened the bridge at Stenton?")
    assert senders[1].event(later).status == 200
    slack.wait_for(lambda: slack.posted(CHANNEL, other["event"]["ts"]), 60)
    assert len(slack.posted(CHANNEL, ts)) == 1
    assert slack.violations == []


def test_one_that_is_killed_under_load_takes_no_answer_and_no_job_with_it(
    cluster: Cluster, clients: list[httpx.Client]
) -> None:
    """The last test of this file: only one replica is left after it."""
    doomed, second, _ = clients
    key = cluster.key("crowd")
    given: list[str] = []
    refused: list[int] = []

    def ask(number: int) -> None:
        with client_of(cluster.url, key) as client:
            response = client.post("/v1/ask", json={"question": f"Who closed the harbour after {number} days?"})
        if response.is_success:
            given.append(response.json()["id"])
        else:
            refused.append(response.status_code)

    many = {"articles": [{"text": telling(seed, 40), "title": f"Report number {seed}"} for seed in range(100, 130)]}
    job = f"/v1/jobs/{doomed.post('/v1/jobs', json=many).json()['id']}"
    wait_for(lambda: doomed.get(job).json()["state"] == "running")
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(ask, number) for number in range(40)]
        wait_for(lambda: len(given) >= 8)
        cluster.replicas[0].stop(signal.SIGKILL)
        for each in asked:
            each.result(timeout=90)
    assert len(given) + len(refused) == 40
    assert set(refused) <= {429, 503}
    with closing(store_of(cluster.settings)) as store:
        journal = Journal(store)
        owner = key.split("_")[1]
        talks = journal.conversations(0, 100, owner)
        kept = {answer.id for talk in talks for answer in journal.conversation(talk.id, owner)}
    assert set(given) <= kept
    done = wait_for(lambda: second.get(job).json()["state"] == "done" and second.get(job).json(), 120)
    assert len(done["outcomes"]) == 30
    assert {outcome["status"] for outcome in done["outcomes"]} <= {"new", "unchanged", "duplicate"}
