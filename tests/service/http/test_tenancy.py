"""What one key made no other key reads, changes or learns of, at any address that there is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from httpx2 import Response
from limits import parse

from service.http.access import Locks
from service.http.app import create_app
from service.http.policy import Policy
from service.http.rates import LocalRates
from service.recording import RecordingAnswerer
from service.store.keys import SCOPES
from tests.service.http.chats import call, chat
from tests.service.http.doubles import House

SECRET = "xyzzy"
"""A word in everything that the first key does."""


@dataclass
class Tenants:
    """The first key, with what it made, and a second one that may do everything."""

    client: TestClient
    house: House
    mine: dict[str, str]
    theirs: dict[str, str]
    ids: dict[str, str]
    last_event: str

    def intrude(self, method: str, path: str, **sent: Any) -> Response:
        """The second key's request, with the first one's ids in it."""
        headers = {**self.theirs, "Accept": "application/json, text/event-stream", **sent.pop("headers", {})}
        return self.client.request(method, path.format(**self.ids), headers=headers, **sent)


def bearer(house: House, name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {house.keyring.create(name, SCOPES)[1]}"}


@pytest.fixture
def tenants(house: House) -> Iterator[Tenants]:
    services = replace(house.services, answerer=RecordingAnswerer(house.answerer, house.journal))
    app = create_app(services, Policy(locks=Locks(house.keyring.holder, LocalRates(parse("900/minute")))))
    with TestClient(app, base_url="http://localhost") as client:
        mine = bearer(house, "mine")
        asked = client.post("/v1/ask", json={"question": f"Why {SECRET}?", "stream": True}, headers=mine)
        blocks = [dict(line.split(": ", 1) for line in each.splitlines()) for each in asked.text.strip().split("\n\n")]
        answer = json.loads(blocks[-1]["data"])["answer"]
        opinion = {"answer_id": answer["id"], "verdict": "wrong", "comment": SECRET}
        assert client.post("/v1/feedback", json=opinion, headers={**mine, "Idempotency-Key": "k"}).status_code == 201
        job = {"articles": [{"text": f"The {SECRET} harbour.", "origin": SECRET}]}
        begun = client.post("/v1/jobs", json=job, headers={**mine, "Idempotency-Key": "k"})
        ids = {"conversation_id": answer["conversation_id"], "job_id": begun.json()["id"], "answer_id": answer["id"]}
        yield Tenants(client, house, mine, bearer(house, "theirs"), ids, blocks[-1]["id"])


Intrusion = Callable[[Tenants, str], Response]


def plain(tenants: Tenants, operation: str) -> Response:
    return tenants.intrude(*operation.split())


def sending(body: Callable[[dict[str, str]], dict[str, Any]], **headers: str) -> Intrusion:
    return lambda tenants, operation: tenants.intrude(*operation.split(), json=body(tenants.ids), headers=headers)


INTRUSIONS: dict[str, tuple[int, Intrusion]] = {
    "GET /v1/conversations": (200, plain),
    "GET /v1/conversations/{conversation_id}": (404, plain),
    "DELETE /v1/conversations/{conversation_id}": (404, plain),
    "POST /v1/feedback": (404, sending(lambda ids: {"answer_id": ids["answer_id"], "verdict": "helpful"})),
    "POST /v1/ask": (404, sending(lambda ids: {"question": "And?", "conversation_id": ids["conversation_id"]})),
    "POST /v1/chat/completions": (
        404,
        sending(lambda ids: chat("And?", dossier={"conversation_id": ids["conversation_id"]})),
    ),
    "POST /mcp": (200, sending(lambda ids: call("ask", question="And?", conversation_id=ids["conversation_id"]))),
    "GET /v1/jobs": (200, plain),
    "GET /v1/jobs/{job_id}": (404, plain),
    "GET /v1/jobs/{job_id}/events": (404, plain),
    "DELETE /v1/jobs/{job_id}": (404, plain),
    "POST /v1/jobs": (202, sending(lambda _: {"articles": [{"text": "Mine."}]}, **{"Idempotency-Key": "k"})),
    "GET /metrics": (200, plain),
    "GET /v1/me": (200, plain),
}
"""How the second key goes about it, and what it is answered."""

SHARED = {
    *("GET /v1/articles", "POST /v1/articles", "GET /v1/articles/{article_id}", "DELETE /v1/articles/{article_id}"),
    *("GET /v1/search", "GET /v1/sources", "GET /v1/models", "GET /v1/models/{model}", "GET /healthz", "GET /readyz"),
    *("GET /", "GET /web/{name}", "GET /docs", "GET /docs/oauth2-redirect", "GET /openapi.json", "HEAD /openapi.json"),
    "ANY /static-offline-docs",
}
"""What belongs to everybody: the articles, what the service is, the page and the documentation."""


def operations(app: FastAPI) -> set[str]:
    return {
        f"{method} {route.path}" for route in iter_route_contexts(app.routes) for method in route.methods or ("ANY",)
    }


def test_every_operation_is_looked_at(house: House) -> None:
    """A new address is shared by all, or here is how another key goes about it."""
    assert operations(create_app(house.services)) == INTRUSIONS.keys() | SHARED


@pytest.mark.parametrize("operation", INTRUSIONS)
def test_another_key_learns_and_changes_nothing(tenants: Tenants, operation: str) -> None:
    status, intrusion = INTRUSIONS[operation]
    response = intrusion(tenants, operation)
    assert response.status_code == status, response.text
    assert SECRET not in response.text
    assert SECRET not in str(tenants.house.answerer.asked[1:])
    kept, job = (
        tenants.client.get(path.format(**tenants.ids), headers=tenants.mine).json()
        for path in ("/v1/conversations/{conversation_id}", "/v1/jobs/{job_id}")
    )
    assert [answer["question"] for answer in kept["answers"]] == [f"Why {SECRET}?"]
    assert job["state"] == "queued"
    assert [(told.verdict, told.comment) for _, told in tenants.house.journal.feedback()] == [("wrong", SECRET)]


def test_an_unknown_id_and_that_of_another_key_are_told_alike(tenants: Tenants) -> None:
    """Else one could try out which ids there are."""
    for operation in ("GET /v1/conversations/{conversation_id}", "GET /v1/jobs/{job_id}"):
        theirs = tenants.intrude(*operation.split()).json()
        nobodys = tenants.intrude(*operation.format(conversation_id="nothing", job_id="nothing").split()).json()
        assert {**theirs, "request_id": ""} == {**nobodys, "request_id": ""}


def test_another_key_does_not_take_up_a_stream(tenants: Tenants) -> None:
    body = {"question": f"Why {SECRET}?", "stream": True}
    again = {"Last-Event-ID": tenants.last_event.partition(":")[0] + ":0"}
    before = len(tenants.house.answerer.asked)
    own = tenants.client.post("/v1/ask", json=body, headers={**tenants.mine, **again})
    assert (own.text.count("event: "), len(tenants.house.answerer.asked)) == (4, before)
    other = tenants.intrude("POST", "/v1/ask", json=body, headers={**again, "Accept": "text/event-stream"})
    assert (other.text.count("event: "), len(tenants.house.answerer.asked)) == (5, before + 1)
    assert tenants.last_event.partition(":")[0] not in other.text


def test_another_key_does_not_get_a_receipt(tenants: Tenants) -> None:
    body = {"answer_id": tenants.ids["answer_id"], "verdict": "wrong", "comment": SECRET}
    repeated = tenants.client.post("/v1/feedback", json=body, headers={**tenants.mine, "Idempotency-Key": "k"})
    assert repeated.headers["idempotency-replayed"] == "true"
    other = tenants.intrude("POST", "/v1/feedback", json=body, headers={"Idempotency-Key": "k"})
    assert (other.status_code, "idempotency-replayed" in other.headers) == (404, False)
