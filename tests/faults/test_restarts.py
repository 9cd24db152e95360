"""PostgreSQL and the Chroma server, killed and started again under load."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from ingest.settings import IngestSettings
from ingest.wiring import open_folder
from tests.replicas import environment_of, replicas
from tests.rooms import telling
from tests.servers import Chroma, Postgres, Server, running_chroma, running_postgres

pytestmark = pytest.mark.slow


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture
def own_chroma(tmp_path: Path) -> Iterator[Chroma]:
    folder = tmp_path / "chroma"
    folder.mkdir()
    with running_chroma(folder) as server:
        yield server


@pytest.fixture(params=["postgres", "chroma"])
def victim(request: pytest.FixtureRequest, own_postgres: Postgres, own_chroma: Chroma) -> Server:
    return own_postgres.server if request.param == "postgres" else own_chroma.server


def test_every_request_ends_and_nothing_is_lost_or_doubled(
    tmp_path: Path, own_postgres: Postgres, own_chroma: Chroma, victim: Server
) -> None:
    settings = IngestSettings(
        data=tmp_path / "data", database_url=SecretStr(own_postgres.new_database()), chroma_url=own_chroma.url
    )
    given = {"articles": [{"text": telling(seed, 12), "title": f"Report number {seed}"} for seed in range(40)]}
    codes: Counter[int] = Counter()
    over = threading.Event()

    def ask_on(number: int) -> None:
        with httpx.Client(base_url=url, timeout=120) as asking:
            while not over.is_set():
                response = asking.post("/v1/ask", json={"question": f"Who signed the treaty after {number} days?"})
                codes[response.status_code] += 1
                if not response.is_success:
                    assert response.headers["content-type"] == "application/problem+json", response.text
                    time.sleep(0.2)

    with (
        replicas(1, tmp_path / "replica", environment_of(settings)) as (service,),
        httpx.Client(base_url=service.address, timeout=120) as client,
        ThreadPoolExecutor(2) as pool,
    ):
        url = service.address
        job = client.post("/v1/jobs", json=given).headers["location"]
        asking = [pool.submit(ask_on, number) for number in range(2)]
        try:
            wait_until(lambda: client.get(job).json()["documents"] >= 8)
            victim.stop()
            assert client.get("/readyz").status_code == 503
            assert client.get("/healthz").is_success
            victim.start()
            wait_until(lambda: ended(client, job))
        finally:
            over.set()
        for each in asking:
            each.result(timeout=120)
        done = client.get(job).json()
        again = client.post("/v1/jobs", json=given).headers["location"]
        wait_until(lambda: ended(client, again))
        assert {outcome["status"] for outcome in client.get(again).json()["outcomes"]} == {"unchanged"}
    assert done["state"] == "done", done
    assert [outcome["status"] for outcome in done["outcomes"]] == ["new"] * 40
    assert codes[200]
    assert set(codes) <= {200, 429, 503}
    with open_folder(settings, "a test") as folder:
        health = folder.check()
    assert (health.problems, health.articles) == ([], 40)


def ended(client: httpx.Client, job: str) -> bool:
    response = client.get(job)
    return response.is_success and response.json()["state"] not in {"queued", "running"}


def wait_until(condition: object, seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            if condition():  # type: ignore[operator]
                return
        except KeyError:  # a problem instead of a job
            pass
        assert time.monotonic() < deadline
        time.sleep(0.3)
