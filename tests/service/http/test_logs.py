"""What the service logs of a question, whatever door it came through and whatever became of it."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.answer import Answer, Timings, Tokens
from service.http.app import create_app
from service.http.policy import Policy
from service.http.requestlog import RequestLog
from service.question import Question
from tests.service.http.chats import chat
from tests.service.http.doubles import House, answer_to

QUESTION = "Why secretly?\nforged line"


def logged(stream: io.StringIO, event: str) -> list[dict[str, Any]]:
    return [line for line in map(json.loads, stream.getvalue().splitlines()) if line["event"] == event]


def rich(question: Question) -> Answer:
    told = {"timings_ms": Timings(read=400.0), "tokens": Tokens(input=300, output=20), "refused": 2}
    return answer_to(question).model_copy(update=told)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("door", ["/v1/ask", "/v1/chat/completions"])
def test_one_line_an_answer_with_its_figures_and_none_of_its_words(
    client: TestClient, house: House, lines: io.StringIO, door: str, stream: bool
) -> None:
    house.answerer.reply = rich
    body = {"question": QUESTION, "stream": stream} if door == "/v1/ask" else chat(QUESTION, stream=stream)
    response = client.post(door, json=body, headers={"X-Request-ID": "r1"})
    (line,) = logged(lines, "answer")
    expected = {
        "answer_id": "answer-1",
        "status": "answered",
        "mode": "quoted",
        "confidence": 0.9,
        "statements": 1,
        "refused": 2,
        "degraded": False,
        "ms": {"retrieve": 0, "read": 400.0, "compose": 0, "verify": 0},
        "llm": None,
        "tokens": {"input": 300, "output": 20},
        "request_id": "r1",
    }
    assert line.items() >= expected.items()
    assert "secretly" not in lines.getvalue()
    assert "bilateral" not in lines.getvalue()
    (request,) = logged(lines, "request")
    assert request["bytes"] == len(response.content)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("error", [RuntimeError(QUESTION), None])
def test_the_question_is_logged_where_that_is_asked_for(
    house: House, lines: io.StringIO, error: Exception | None, stream: bool
) -> None:
    house.answerer.error = error
    with TestClient(create_app(house.services, Policy(log_questions=True)), base_url="http://localhost") as client:
        client.post("/v1/ask", json={"question": QUESTION, "stream": stream})
    (line,) = logged(lines, "no answer" if error else "answer")
    assert line["question"] == QUESTION
    assert lines.getvalue().count("secretly") == 1


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("late", [False, True])
def test_an_error_is_logged_by_its_class_alone(
    client: TestClient, house: House, lines: io.StringIO, late: bool, stream: bool
) -> None:
    house.answerer.error, house.answerer.fail_late = RuntimeError(QUESTION), late
    client.post("/v1/ask", json={"question": QUESTION, "stream": stream})
    (line,) = logged(lines, "no answer")
    assert line["why"] == "RuntimeError"
    assert "secretly" not in lines.getvalue()


def test_the_name_of_the_key_that_a_request_came_with(lines: io.StringIO) -> None:
    class Caller:
        name = "newsroom"

    async def admitting(scope: Any, receive: Any, send: Any) -> None:
        scope["state"]["caller"] = Caller()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    TestClient(RequestLog(admitting)).get("/")
    (line,) = logged(lines, "request")
    assert (line["key"], line["status"], line["bytes"]) == ("newsroom", 204, 0)
