from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import httpx2
import pytest
from fastapi.testclient import TestClient

from service.http.app import create_app
from service.http.jobs import MAX_WATCHED
from tests.service.http.doubles import House
from tests.service.http.live import served

PAGE = b"# Harbour\n\nThe harbour was closed."


@pytest.fixture
def working(house: House) -> Iterator[None]:
    with house.jobs.working():
        yield


def ended(client: TestClient, response: httpx2.Response) -> dict[str, Any]:
    assert response.status_code == 202, response.text
    deadline = time.monotonic() + 10
    while (job := client.get(response.headers["location"]).json())["state"] in ("queued", "running"):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return dict(job)


@pytest.mark.usefixtures("working")
def test_files_of_a_form(client: TestClient, house: House) -> None:
    files = [("files", ("harbour.md", PAGE, "text/markdown")), ("files", ("two.txt", b"Two words.", "text/plain"))]
    begun = client.post("/v1/jobs", files=files, data={"source": "Wire", "published": "2024-05-01"})
    job = ended(client, begun)
    assert (job["state"], job["reason"]) == ("done", None)
    assert [outcome["status"] for outcome in job["outcomes"]] == ["new", "new"]
    assert [outcome["origin"].rpartition("/")[2] for outcome in job["outcomes"]] == ["harbour.md", "two.txt"]
    assert {(record.source, str(record.published)) for record in house.library.records.values()} == {
        ("Wire", "2024-05-01")
    }
    assert job["finished"] >= job["created"]


@pytest.mark.usefixtures("working")
def test_articles_and_addresses_as_json(client: TestClient) -> None:
    body = {"articles": [{"text": "One."}, {"no": "text"}], "urls": ["https://nowhere.example/feed"]}
    job = ended(client, client.post("/v1/jobs", json=body))
    assert [outcome["status"] for outcome in job["outcomes"]] == ["new", "failed", "failed"]
    assert job["documents"] == 3


@pytest.mark.usefixtures("working")
def test_a_job_as_events(client: TestClient) -> None:
    begun = client.post("/v1/jobs", json={"articles": [{"text": f"Article {number}."} for number in range(5)]})
    response = client.get(f"{begun.headers['location']}/events")
    assert response.headers["content-type"].startswith("text/event-stream")
    blocks = [dict(line.split(": ", 1) for line in block.splitlines()) for block in response.text.strip().split("\n\n")]
    assert {block["event"] for block in blocks[:-1]} <= {"progress"}
    assert blocks[-1]["event"] == "done"
    told = json.loads(blocks[-1]["data"])
    assert (told["state"], len(told["outcomes"])) == ("done", 5)


def test_a_job_that_waits_can_be_cancelled(client: TestClient, house: House) -> None:
    begun = client.post("/v1/jobs", json={"articles": [{"text": "One."}]})
    assert begun.json()["state"] == "queued"
    assert client.delete(begun.headers["location"]).status_code == 204
    with house.jobs.working():
        assert ended(client, begun)["state"] == "cancelled"
    assert house.library.records == {}


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_unknown_job(client: TestClient, method: str) -> None:
    response = client.request(method, "/v1/jobs/nothing")
    assert (response.status_code, response.json()["type"]) == (404, "/problems/job-not-found")
    assert client.get("/v1/jobs/nothing/events").status_code == 404


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"json": {}}, 422),
        ({"json": {"urls": ["ftp://a.example"]}}, 422),
        ({"json": {"urls": ["https://a.example"], "path": "/etc/passwd"}}, 422),
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 422),
        ({"content": b"urls=https://a.example", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}, 415),
        ({"content": b"{}", "headers": {"Content-Type": "text/plain"}}, 415),
        ({"content": b"--b\r\nnonsense", "headers": {"Content-Type": "multipart/form-data; boundary=b"}}, 422),
        ({"content": b"x", "headers": {"Content-Type": "multipart/form-data"}}, 400),
        ({"files": [("files", ("a.txt", b"A."))], "data": {"published": "yesterday"}}, 422),
        ({"files": [("files", ("a.txt", b"A."))], "data": {"path": "/etc/passwd"}}, 422),
        ({"data": {"files": "no file"}, "files": []}, 415),
    ],
)
def test_what_is_no_job(client: TestClient, sent: dict[str, Any], status: int) -> None:
    response = client.post("/v1/jobs", **sent)
    assert response.status_code == status, response.text
    assert response.json()["help"]


def test_one_caller_watches_so_many_jobs_at_once(house: House) -> None:
    with (
        served(create_app(house.services)) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=20) as client,
        ExitStack() as streams,
    ):
        events = client.post("/v1/jobs", json={"articles": [{"text": "One."}]}).headers["location"] + "/events"
        watched = [streams.enter_context(client.stream("GET", events)).iter_lines() for _ in range(MAX_WATCHED)]
        assert {next(lines) for lines in watched} == {"event: progress"}
        refused = client.get(events)
        assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too-many-requests")
        streams.close()
        status = 429
        while status == 429:  # until the service has seen that they left
            with client.stream("GET", events) as response:
                status = response.status_code
        assert status == 200


@pytest.mark.usefixtures("working")
def test_names_of_files_lead_nowhere(client: TestClient) -> None:
    names = ["../../etc/passwd.txt", "C:\\Windows\\a.txt", "a\x01b.txt", "n" * 400 + ".txt", ".txt"]
    files = [("files", (name, f"Text {number}.".encode())) for number, name in enumerate(names)]
    job = ended(client, client.post("/v1/jobs", files=files))
    shown = [outcome["origin"].split("/", 1)[1] for outcome in job["outcomes"]]
    assert shown[:2] == ["passwd.txt", "a.txt"]
    assert all("/" not in name and "\\" not in name and len(name) <= 150 for name in shown)
