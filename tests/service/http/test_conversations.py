from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from service.question import Question
from tests.service.http.doubles import House, answer_to


def record(house: House, id: str, conversation_id: str, question: str) -> None:
    answer = answer_to(Question(question, conversation_id=conversation_id))
    house.journal.record(answer.model_copy(update={"id": id}))


def test_the_list_in_pages(client: TestClient, house: House) -> None:
    for number in range(3):
        record(house, f"a{number}", f"c{number}", f"Question {number}?")
    record(house, "a3", "c0", "And then?")
    first = client.get("/v1/conversations", params={"limit": 2}).json()
    assert [(talk["id"], talk["title"], talk["answers"]) for talk in first["conversations"]] == [
        ("c0", "Question 0?", 2),
        ("c2", "Question 2?", 1),
    ]
    assert first["next_offset"] == 2
    rest = client.get("/v1/conversations", params={"limit": 2, "offset": 2}).json()
    assert [talk["id"] for talk in rest["conversations"]] == ["c1"]
    assert rest["next_offset"] is None


def test_a_conversation_is_forgotten(client: TestClient, house: House) -> None:
    record(house, "a", "c", "Why?")
    assert client.delete("/v1/conversations/c").status_code == 204
    assert client.get("/v1/conversations/c").status_code == 404
    assert client.delete("/v1/conversations/c").json()["type"] == "/problems/conversation-not-found"


def test_feedback_is_kept_with_its_answer(client: TestClient, house: House) -> None:
    record(house, "a", "c", "Why?")
    given = client.post("/v1/feedback", json={"answer_id": "a", "verdict": "wrong", "comment": "It is another dam."})
    assert given.status_code == 201
    assert given.json()["id"]
    client.post("/v1/feedback", json={"answer_id": "a", "verdict": "helpful"})
    assert [(answer.id, told.verdict, told.comment) for answer, told in house.journal.feedback()] == [
        ("a", "helpful", None)
    ]


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"answer_id": "nothing", "verdict": "wrong"}, 404, "answer-not-found"),
        ({"answer_id": "a", "verdict": "bad"}, 422, "request-invalid"),
        ({"answer_id": "a", "verdict": "wrong", "comment": "x" * 4001}, 422, "request-invalid"),
        ({"verdict": "wrong"}, 422, "request-invalid"),
    ],
)
def test_feedback_that_cannot_be_kept(client: TestClient, body: dict[str, str], status: int, kind: str) -> None:
    response = client.post("/v1/feedback", json=body)
    assert (response.status_code, response.json()["type"]) == (status, f"/problems/{kind}")
