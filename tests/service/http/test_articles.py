from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice

import httpx
from fastapi.testclient import TestClient

from ingest.documents import Document, Failure
from ingest.records import Outcome
from service.http.app import create_app
from service.http.intake import BOUNDS
from tests.service.http.doubles import House, MemoryLibrary
from tests.service.http.live import served

ARTICLE = {"text": "One. Two.", "title": "First", "url": "https://example.org/1", "published": "2013-04-17"}


def add(client: TestClient, *articles: object) -> list[dict[str, object]]:
    response = client.post("/v1/articles", json={"articles": articles})
    assert response.status_code == 200
    outcomes: list[dict[str, object]] = response.json()["outcomes"]
    return outcomes


def test_an_article_is_added_shown_and_removed(client: TestClient) -> None:
    (outcome,) = add(client, ARTICLE)
    assert outcome["status"] == "new"
    address = f"/v1/articles/{outcome['article_id']}"
    shown = client.get(address).json()
    assert {name: shown[name] for name in ARTICLE} == ARTICLE
    assert (shown["characters"], shown["state"], shown["key"]) == (9, "live", "https://example.org/1")
    assert client.delete(address).status_code == 204
    assert client.get(address).json()["type"] == "/problems/article-not-found"
    assert client.delete(address).status_code == 404


def test_each_article_has_its_own_outcome_in_the_order_sent(client: TestClient, house: House) -> None:
    outcomes = add(
        client,
        {"text": "a bad text", "origin": "/a.txt"},
        {"text": "Fine.", "published": "yesterday", "origin": "/b.txt"},
        ARTICLE,
        "not an article",
        {"title": "no text", "url": "https://example.org/2"},
        {"text": "Fine.", "url": "javascript:alert(1)"},
        {"text": "Fine.", "colour": "red"},
        ARTICLE,
    )
    assert [item["status"] for item in outcomes] == ["failed"] * 2 + ["new"] + ["failed"] * 4 + ["unchanged"]
    assert [item["origin"] for item in outcomes[:5]] == [
        "/a.txt",
        "/b.txt",
        "https://example.org/1",
        "",
        "https://example.org/2",
    ]
    assert "published" in str(outcomes[1]["reason"])
    assert "text" in str(outcomes[4]["reason"])
    assert house.library.calls == [3]


def test_articles_without_address_are_told_apart_by_content(client: TestClient) -> None:
    outcomes = add(client, {"text": "One."}, {"text": "Two."}, {"text": "One."})
    assert [item["status"] for item in outcomes] == ["new", "new", "unchanged"]


def test_versions_are_kept_and_listed(client: TestClient) -> None:
    (old,) = add(client, ARTICLE)
    (new,) = add(client, ARTICLE | {"text": "One. Three."})
    assert new["status"] == "changed"
    shown = client.get(f"/v1/articles/{old['article_id']}").json()
    assert (shown["text"], shown["state"]) == ("One. Two.", "superseded")
    assert [(item["id"], item["version"]) for item in shown["versions"]] == [
        (old["article_id"], 1),
        (new["article_id"], 2),
    ]
    assert all("text" not in item for item in shown["versions"])


def test_the_list_is_paged(client: TestClient) -> None:
    add(client, *({"text": f"Text {number}.", "title": f"T{number}"} for number in range(5)))
    titles: list[str] = []
    offset: int | None = 0
    pages = 0
    while offset is not None:
        page = client.get("/v1/articles", params={"offset": offset, "limit": 2}).json()
        titles += [item["title"] for item in page["articles"]]
        assert page["total"] == 5
        offset = page["next_offset"]
        pages += 1
    assert (titles, pages) == (["T0", "T1", "T2", "T3", "T4"], 3)
    assert client.get("/v1/articles", params={"limit": 5}).json()["next_offset"] is None


def test_the_list_is_narrowed(client: TestClient) -> None:
    add(client, {"text": "One.", "title": "Dams"}, {"text": "Two.", "title": "Bases"})
    found = client.get("/v1/articles", params={"query": "Dam"}).json()
    assert [item["title"] for item in found["articles"]] == ["Dams"]


def test_bounds_of_the_list(client: TestClient) -> None:
    for parameters in ({"limit": 0}, {"limit": 201}, {"offset": -1}, {"limit": "many"}):
        response = client.get("/v1/articles", params=parameters)
        assert (response.status_code, response.json()["type"]) == (422, "/problems/request-invalid")


def test_too_many_articles_at_once(client: TestClient, house: House) -> None:
    for count, status in ((0, 422), (200, 200), (201, 422)):
        response = client.post("/v1/articles", json={"articles": [{"text": f"T{number}"} for number in range(count)]})
        assert response.status_code == status
    assert house.library.calls == [200]


def test_lone_surrogates_do_not_break_an_answer(client: TestClient) -> None:
    body = '{"articles": [{"text": "x", "\\ud800": 1}, {"text": "\\ud800"}, {"text": "good", "origin": 5}]}'
    response = client.post("/v1/articles", content=body, headers={"Content-Type": "application/json"})
    assert [item["status"] for item in response.json()["outcomes"]] == ["failed"] * 3


class HeldLibrary(MemoryLibrary):
    """Adds only once it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()

    def add(self, documents: Sequence[Document | Failure]) -> Sequence[Outcome]:
        assert self.go.wait(30)
        return super().add(documents)


def test_adding_waits_its_turn_and_starves_nobody() -> None:
    """However many add while an ingest holds the corpus: what is too much is refused, and questions are answered."""
    library = HeldLibrary()
    with (
        served(create_app(House(library=library).services)) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=120) as client,
        ThreadPoolExecutor(60) as pool,
    ):
        added = [pool.submit(client.post, "/v1/articles", json={"articles": [ARTICLE]}) for _ in range(50)]
        taken = BOUNDS.at_once + BOUNDS.waiting
        refused = [each.result() for each in islice(as_completed(added, timeout=60), 50 - taken)]
        assert {each.status_code for each in refused} == {503}
        assert all("retry-after" in each.headers for each in refused)
        assert client.post("/v1/ask", json={"question": "Why?"}).status_code == 200
        assert client.get("/v1/articles").status_code == 200
        library.go.set()
        assert Counter(each.result().status_code for each in added) == {200: taken, 503: 50 - taken}
