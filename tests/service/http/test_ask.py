from __future__ import annotations

import json
import threading
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ingest.errors import EmbedderError, FolderBusy, IndexMismatch, StorageError
from ingest.filters import Filters
from service.answer import Answer
from service.http.app import create_app
from service.http.policy import Policy
from service.question import Question, Turn
from tests.service.http.doubles import ONE, QUOTE, TEXT, House, answer_to

QUESTION = "Why did Tashkent leave?"


def events(body: str) -> list[tuple[str, Any]]:
    parsed = []
    for block in body.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if fields:
            parsed.append((fields["event"], json.loads(fields["data"])))
    return parsed


def test_the_answer_is_the_contract_whole(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": QUESTION})
    assert response.status_code == 200
    assert Answer.model_validate_json(response.content) == answer_to(Question(QUESTION))
    citation = response.json()["citations"][0]
    assert TEXT[citation["start"] : citation["end"]] == citation["quote"]


def test_everything_asked_reaches_the_answerer(client: TestClient, house: House) -> None:
    client.post(
        "/v1/ask",
        json={
            "question": QUESTION,
            "conversation_id": "c1",
            "conversation": [{"question": "Who?", "answer": "They."}],
            "filters": {"since": "2012-01-01", "until": "2013-12-31", "sources": ["S"], "authors": ["A", "B"]},
            "mode": "quoted",
        },
    )
    filters = Filters(date(2012, 1, 1), date(2013, 12, 31), ("S",), ("A", "B"))
    assert house.answerer.asked == [Question(QUESTION, filters, (Turn("Who?", "They."),), "c1", "quoted")]


def test_answering_never_runs_on_the_event_loop(client: TestClient, house: House) -> None:
    client.post("/v1/ask", json={"question": QUESTION})
    client.post("/v1/ask", json={"question": QUESTION, "stream": True})
    assert len(house.answerer.threads) == 4
    assert all("worker thread" in thread.name for thread in house.answerer.threads)


@pytest.mark.parametrize(
    ("stream", "accept", "media_type"),
    [
        (None, "*/*", "application/json"),
        (None, "text/event-stream", "text/event-stream"),
        (None, "text/html, Text/Event-Stream;q=0.9", "text/event-stream"),
        (None, "application/json, text/event-stream", "application/json"),
        (True, "application/json", "text/event-stream"),
        (False, "text/event-stream", "application/json"),
    ],
)
def test_json_or_events_as_asked(client: TestClient, stream: bool | None, accept: str, media_type: str) -> None:
    body = {"question": QUESTION} | ({} if stream is None else {"stream": stream})
    response = client.post("/v1/ask", json=body, headers={"Accept": accept})
    assert response.headers["content-type"].partition(";")[0] == media_type


def test_events_come_in_order_and_end_with_the_same_answer(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": QUESTION, "stream": True})
    received = events(response.text)
    assert [name for name, _ in received] == ["status", "evidence", "statement", "status", "done"]
    assert received[2][1]["statement"]["text"] == QUOTE
    assert Answer.model_validate(received[-1][1]["answer"]) == answer_to(Question(QUESTION))
    assert response.headers["x-accel-buffering"] == "no"
    assert response.headers["cache-control"] == "no-store"


def test_an_error_on_the_way_is_the_last_event(client: TestClient, house: House) -> None:
    house.answerer.error = StorageError("The disk is full.", "Free some space.")
    house.answerer.fail_late = True
    name, problem = events(client.post("/v1/ask", json={"question": QUESTION, "stream": True}).text)[-1]
    assert name == "error"
    assert (problem["type"], problem["status"]) == ("/problems/storage-failed", 507)
    assert (problem["detail"], problem["help"]) == ("The disk is full.", "Free some space.")


@pytest.mark.parametrize("stream", [True, False])
def test_an_unforeseen_error_tells_nothing(client: TestClient, house: House, stream: bool) -> None:
    house.answerer.error = RuntimeError(f"cannot parse {QUESTION}")
    response = client.post("/v1/ask", json={"question": QUESTION, "stream": stream})
    problem = events(response.text)[-1][1] if stream else response.json()
    assert problem["type"] == "/problems/internal"
    assert problem["request_id"] == response.headers["x-request-id"]
    assert "Tashkent" not in response.text
    assert "RuntimeError" not in response.text


@pytest.mark.parametrize(
    ("body", "type"),
    [
        ({"question": " "}, "question-invalid"),
        ({"question": "x" * 2001}, "question-invalid"),
        ({"question": "x", "filters": {"since": "2014-01-01", "until": "2013-01-01"}}, "filter-invalid"),
        ({}, "request-invalid"),
        ({"question": "x", "filter": {}}, "request-invalid"),
        ({"question": "x", "mode": "loud"}, "request-invalid"),
        ({"question": "x", "filters": {"since": "last year"}}, "request-invalid"),
        ({"question": "x", "filters": {"since": 1356998400}}, "request-invalid"),
        ({"question": "x", "filters": {"since": "2013-02-30"}}, "request-invalid"),
        ({"question": "x", "stream": 1}, "request-invalid"),
        (["question"], "request-invalid"),
    ],
)
def test_a_question_that_does_not_fit(client: TestClient, house: House, body: Any, type: str) -> None:
    response = client.post("/v1/ask", json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == f"/problems/{type}"
    assert response.json()["help"]
    assert house.answerer.asked == []


def test_a_field_that_does_not_fit_is_named_but_its_value_is_not_repeated(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": "x", "filters": {"since": "secret"}})
    assert [item["field"] for item in response.json()["errors"]] == ["body.filters.since"]
    assert "secret" not in response.text


@pytest.mark.parametrize(
    ("error", "status", "type", "retry"),
    [
        (FolderBusy("Busy."), 503, "folder-busy", True),
        (IndexMismatch("Other embedder."), 503, "index-mismatch", False),
        (StorageError("Full."), 507, "storage-failed", False),
        (EmbedderError("Gone."), 503, "embedder-unavailable", False),
    ],
)
def test_errors_of_the_corpus(
    client: TestClient, house: House, error: Exception, status: int, type: str, retry: bool
) -> None:
    house.answerer.error = error
    response = client.post("/v1/ask", json={"question": QUESTION})
    assert (response.status_code, response.json()["type"]) == (status, f"/problems/{type}")
    assert response.json()["help"]
    assert ("retry-after" in response.headers) is retry


@pytest.mark.parametrize("stream", [True, False])
def test_questions_over_the_bound_are_refused_until_one_is_answered(house: House, stream: bool) -> None:
    house.answerer.go.clear()
    app = create_app(house.services, Policy(bounds=ONE))
    with TestClient(app, base_url="http://localhost") as client:
        body = {"question": QUESTION, "stream": stream}
        first = threading.Thread(target=client.post, args=("/v1/ask",), kwargs={"json": body})
        first.start()
        assert house.answerer.waiting.wait(5)
        refused = client.post("/v1/ask", json=body)
        listed = client.get("/v1/articles")
        house.answerer.go.set()
        first.join(5)
        assert (refused.status_code, refused.json()["type"]) == (503, "/problems/busy")
        assert int(refused.headers["retry-after"]) > 0
        assert listed.status_code == 200
        assert client.post("/v1/ask", json=body).status_code == 200


def test_a_refused_question_gives_its_slot_back(house: House) -> None:
    app = create_app(house.services, Policy(bounds=ONE))
    with TestClient(app, base_url="http://localhost") as client:
        for body in ({"question": " "}, {}, {"question": "x", "filters": 1}):
            assert client.post("/v1/ask", json=body).status_code == 422
        assert client.post("/v1/ask", json={"question": QUESTION}).status_code == 200


def test_a_conversation_is_read_back(client: TestClient, house: House) -> None:
    asked = [Question(QUESTION, conversation_id="c1"), Question("And?", conversation_id="c1")]
    answers = [answer_to(question).model_copy(update={"id": question.text}) for question in asked]
    for answer in answers:
        house.journal.record(answer)
    found = client.get("/v1/conversations/c1").json()
    assert found["id"] == "c1"
    assert [Answer.model_validate(item) for item in found["answers"]] == answers


def test_an_unknown_conversation(client: TestClient) -> None:
    response = client.get("/v1/conversations/nothing")
    assert (response.status_code, response.json()["type"]) == (404, "/problems/conversation-not-found")
