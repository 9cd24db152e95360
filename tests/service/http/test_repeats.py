from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient

from ingest.documents import Document
from service.store.receipts import Receipts
from service.store.workers import Worker
from tests.service.http.doubles import House, MemoryLibrary

ARTICLES = {"articles": [{"text": "The harbour was closed.", "title": "Harbour"}]}


def repeated(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


def test_a_write_is_carried_out_once(client: TestClient, house: House) -> None:
    first, second = (client.post("/v1/articles", json=ARTICLES, headers=repeated("k1")) for _ in range(2))
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert first.json()["outcomes"][0]["status"] == "new"
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert second.headers["content-type"] == "application/json"
    assert house.library.calls == [1]
    assert client.post("/v1/articles", json=ARTICLES).json()["outcomes"][0]["status"] == "unchanged"


def test_another_body_is_refused(client: TestClient, house: House) -> None:
    client.post("/v1/articles", json=ARTICLES, headers=repeated("k1"))
    other = client.post("/v1/articles", json={"articles": [{"text": "Another."}]}, headers=repeated("k1"))
    assert (other.status_code, other.json()["type"]) == (409, "/problems/repeat-refused")
    assert house.library.calls == [1]


def test_a_job_is_begun_once(client: TestClient) -> None:
    first, second = (client.post("/v1/jobs", json=ARTICLES, headers=repeated("k1")) for _ in range(2))
    assert first.status_code == second.status_code == 202
    assert first.json()["id"] == second.json()["id"]
    assert first.headers["location"] == second.headers["location"] == f"/v1/jobs/{first.json()['id']}"


def test_a_form_is_the_same_whatever_its_boundary(client: TestClient) -> None:
    files = {"files": ("a.txt", b"The harbour was closed.")}
    first, second = (client.post("/v1/jobs", files=files, headers=repeated("k1")) for _ in range(2))
    assert first.request.headers["content-type"] != second.request.headers["content-type"]
    assert (second.status_code, second.json()["id"]) == (202, first.json()["id"])
    other = client.post("/v1/jobs", files={"files": ("a.txt", b"Another text.")}, headers=repeated("k1"))
    assert other.status_code == 409


def test_a_request_that_a_killed_process_left_may_be_repeated(house: House) -> None:
    killed = Worker(house.store)
    assert Receipts(house.store, killed).begin("", "POST /v1/jobs k", "d") is None
    receipts = house.services.receipts
    assert receipts.begin("", "POST /v1/jobs k", "d") is None


def test_what_was_refused_may_be_tried_again(client: TestClient, house: House) -> None:
    unknown = client.post("/v1/feedback", json={"answer_id": "a", "verdict": "wrong"}, headers=repeated("k1"))
    again = client.post("/v1/feedback", json={"answer_id": "a", "verdict": "wrong"}, headers=repeated("k1"))
    assert unknown.status_code == again.status_code == 404
    assert "idempotency-replayed" not in again.headers


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_keys_of_no_use(client: TestClient, key: str) -> None:
    response = client.post("/v1/articles", json=ARTICLES, headers=repeated(key))
    assert (response.status_code, response.json()["type"]) == (422, "/problems/request-invalid")


def test_a_repetition_while_the_first_is_under_way(client: TestClient, house: House) -> None:
    begun, go = threading.Event(), threading.Event()

    class Slow(MemoryLibrary):
        def _add(self, given: Document) -> object:  # type: ignore[override]
            begun.set()
            assert go.wait(10)
            return super()._add(given)

    house.library.__class__ = Slow
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(client.post, "/v1/articles", json=ARTICLES, headers=repeated("k1"))
        assert begun.wait(5)
        second = client.post("/v1/articles", json=ARTICLES, headers=repeated("k1"))
        go.set()
        assert (second.status_code, second.json()["type"]) == (409, "/problems/repeat-refused")
        assert first.result().status_code == 200
