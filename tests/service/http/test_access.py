from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from limits import parse

from ingest.errors import FolderBusy, StorageError
from service.http.access import Locks, scope_needed
from service.http.app import create_app
from service.http.policy import Policy
from service.http.rates import LocalRates
from service.question import Question
from service.store.keys import Key, Scope
from tests.service.http.doubles import House, answer_to

ASK = {"question": "Why?"}


@pytest.fixture
def locked(house: House) -> Iterator[TestClient]:
    policy = Policy(locks=Locks(house.keyring.holder, LocalRates(parse("50/minute"))))
    with TestClient(create_app(house.services, policy), base_url="http://localhost") as opened:
        yield opened


def bearing(house: House, *scopes: Scope, name: str = "a key") -> dict[str, str]:
    _, presented = house.keyring.create(name, scopes)
    return {"Authorization": f"Bearer {presented}"}


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/", "/openapi.json", "/docs"])
def test_what_anyone_may_see(locked: TestClient, path: str) -> None:
    assert locked.get(path).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/ask"),
        ("POST", "/v1/chat/completions"),
        ("GET", "/v1/models"),
        ("GET", "/v1/articles"),
        ("POST", "/v1/articles"),
        ("GET", "/v1/search"),
        ("GET", "/v1/conversations"),
        ("POST", "/v1/feedback"),
        ("GET", "/v1/me"),
        ("POST", "/v1/jobs"),
        ("GET", "/metrics"),
        ("POST", "/mcp"),
        ("GET", "/no/such/address"),
    ],
)
def test_everything_else_takes_a_key(locked: TestClient, house: House, method: str, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer dsr_nonsense"}, {"Authorization": "Basic dXNlcjpwYXNz"}):
        response = locked.request(method, path, headers=headers)
        told = response.json().get("type") or response.json()["error"]["code"]
        assert (response.status_code, told) in {(401, "/problems/key-missing"), (401, "key_missing")}
        assert response.headers["www-authenticate"] == "Bearer"
    assert house.answerer.asked == []


def test_a_key_is_good_for_its_scopes_alone(locked: TestClient, house: House) -> None:
    reader, writer, admin = (bearing(house, scope) for scope in ("ask", "write", "admin"))
    assert locked.post("/v1/ask", json=ASK, headers=reader).status_code == 200
    refused = locked.post("/v1/articles", json={"articles": [{"text": "A text."}]}, headers=reader)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/scope-missing")
    assert "write" in refused.json()["detail"]
    assert house.library.calls == []
    assert locked.post("/v1/articles", json={"articles": [{"text": "A text."}]}, headers=writer).status_code == 200
    assert locked.post("/v1/ask", json=ASK, headers=writer).status_code == 403
    assert locked.get("/metrics", headers=reader).status_code == 403
    for method, path in (("POST", "/v1/ask"), ("GET", "/metrics"), ("GET", "/v1/articles")):
        assert locked.request(method, path, json=ASK, headers=admin).status_code == 200


def test_who_i_am(locked: TestClient, client: TestClient, house: House) -> None:
    mine = locked.get("/v1/me", headers=bearing(house, "ask", "write", name="The desk"))
    assert mine.json() == {"name": "The desk", "scopes": ["ask", "write"]}
    assert client.get("/v1/me").json() == {"name": "local", "scopes": ["ask", "write", "admin"]}


def test_a_revoked_key_is_refused_from_the_next_request_on(locked: TestClient, house: House) -> None:
    key, presented = house.keyring.create("gone", ["ask"])
    headers = {"Authorization": f"Bearer {presented}"}
    assert locked.get("/v1/me", headers=headers).status_code == 200
    house.keyring.revoke(key.id)
    assert locked.get("/v1/me", headers=headers).status_code == 401


def test_each_key_has_a_rate_of_its_own(house: House) -> None:
    policy = Policy(locks=Locks(house.keyring.holder, LocalRates(parse("3/minute"))))
    one, other = bearing(house, "ask"), bearing(house, "ask")
    with TestClient(create_app(house.services, policy), base_url="http://localhost") as client:
        assert [client.get("/v1/me", headers=one).status_code for _ in range(4)] == [200, 200, 200, 429]
        limited = client.get("/v1/me", headers=one)
        assert limited.json()["type"] == "/problems/too-many-requests"
        assert 1 <= int(limited.headers["retry-after"]) <= 60
        assert client.get("/v1/me", headers=other).status_code == 200
        assert client.get("/healthz").status_code == 200


def test_conversations_are_the_keys_alone(locked: TestClient, house: House) -> None:
    mine, theirs = house.keyring.create("mine", ["ask"]), house.keyring.create("theirs", ["ask", "admin"])
    house.journal.record(answer_to(Question("Why?", conversation_id="c1")), mine[0].id)
    for (_, presented), found in ((mine, 200), (theirs, 404)):
        headers = {"Authorization": f"Bearer {presented}"}
        assert locked.get("/v1/conversations/c1", headers=headers).status_code == found
        listed = locked.get("/v1/conversations", headers=headers).json()["conversations"]
        assert [talk["id"] for talk in listed] == (["c1"] if found == 200 else [])
        opinion = {"answer_id": "answer-1", "verdict": "helpful"}
        rated = locked.post("/v1/feedback", json=opinion, headers=headers).status_code
        assert rated == (201 if found == 200 else 404)


def test_the_asker_reaches_the_answerer_through_every_door(locked: TestClient, house: House) -> None:
    key, presented = house.keyring.create("mine", ["ask"])
    headers = {"Authorization": f"Bearer {presented}"}
    chat = {"model": "dossier", "messages": [{"role": "user", "content": "Why?"}]}
    for path, body in (("/v1/ask", ASK), ("/v1/ask", {**ASK, "stream": True}), ("/v1/chat/completions", chat)):
        assert locked.post(path, json=body, headers=headers).status_code == 200
    assert [question.asker for question in house.answerer.asked] == [key.id] * 3


def test_keys_that_cannot_be_looked_up_are_a_problem_of_the_service(house: House) -> None:
    def broken(presented: str) -> Key | None:
        raise StorageError("The journal cannot be read.", "Restore it.")

    policy = Policy(locks=Locks(broken, LocalRates(parse("3/minute"))))
    with TestClient(create_app(house.services, policy), base_url="http://localhost") as client:
        response = client.get("/v1/me", headers={"Authorization": "Bearer x"})
    assert (response.status_code, response.json()["type"]) == (507, "/problems/storage-failed")


def test_keys_that_cannot_be_looked_up_now_may_be_later(house: House) -> None:
    def busy(presented: str) -> Key | None:
        raise FolderBusy("The journal is in use.", "Wait.")

    policy = Policy(locks=Locks(busy, LocalRates(parse("3/minute"))))
    with TestClient(create_app(house.services, policy), base_url="http://localhost") as client:
        response = client.get("/v1/me", headers={"Authorization": "Bearer x"})
    assert (response.status_code, int(response.headers["retry-after"]) > 0) == (503, True)


@pytest.mark.parametrize(
    ("method", "path", "needed"),
    [
        ("GET", "/v1/jobs/1", "write"),
        ("DELETE", "/v1/jobs/1", "write"),
        ("DELETE", "/v1/articles/1", "write"),
        ("PATCH", "/v1/articles/1", "write"),
        ("GET", "/v1/articles/1", "ask"),
        ("DELETE", "/v1/conversations/1", "ask"),
        ("GET", "/web/../v1/articles", None),
        ("GET", "/metrics/", "ask"),
        ("POST", "//v1/articles", "ask"),
    ],
)
def test_scopes_by_address(method: str, path: str, needed: Scope | None) -> None:
    """Addresses are matched as they are; those that no route has are refused by the router."""
    assert scope_needed(method, path) == needed


def test_a_page_of_another_origin_changes_nothing(client: TestClient, house: House) -> None:
    for origin in ("https://evil.example", "null", "http://localhost:1", "http://["):
        response = client.post("/v1/ask", json=ASK, headers={"Origin": origin})
        assert (response.status_code, response.json()["type"]) == (403, "/problems/origin-not-allowed")
    assert house.answerer.asked == []
    assert client.post("/v1/ask", json=ASK, headers={"Origin": "http://localhost"}).status_code == 200
    assert client.get("/v1/articles", headers={"Origin": "https://evil.example"}).status_code == 200


def test_no_other_origin_reads_anything_unless_it_is_allowed(house: House, client: TestClient) -> None:
    preflight = {
        "Origin": "https://desk.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,last-event-id",
    }
    assert "access-control-allow-origin" not in client.options("/v1/ask", headers=preflight).headers
    locks = Locks(house.keyring.holder, LocalRates(parse("9/minute")))
    policy = Policy(allowed_origins=("https://desk.example",), locks=locks)
    with TestClient(create_app(house.services, policy), base_url="http://localhost") as open_to_it:
        allowed = open_to_it.options("/v1/ask", headers=preflight)
        assert allowed.headers["access-control-allow-origin"] == "https://desk.example"
        other = open_to_it.options("/v1/ask", headers=preflight | {"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers
        headers = bearing(house, "ask") | {"Origin": "https://desk.example"}
        asked = open_to_it.post("/v1/ask", json=ASK, headers=headers)
        assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, "https://desk.example")
