from __future__ import annotations

import threading
from dataclasses import replace
from importlib.metadata import version
from time import sleep

import pytest
from fastapi.testclient import TestClient

from ingest.errors import StorageError
from service.answer import Answer, Timings, Tokens
from service.caching import CachingAnswerer
from service.http.app import create_app
from service.http.policy import USUAL, Policy
from service.http.queue import Bounds
from service.http.services import Services
from service.question import Question
from tests.service.http.chats import MODELS, abstention, call, chat
from tests.service.http.doubles import House, answer_to
from tests.service.http.scrapes import families, values

BODY = {"question": "Why?"}


def client_of(services: Services, policy: Policy = USUAL) -> TestClient:
    return TestClient(create_app(services, policy), base_url="http://localhost")


def rich(question: Question) -> Answer:
    told = {
        "mode": "composed",
        "timings_ms": Timings(retrieve=20.0, read=400.0, compose=3000.0),
        "tokens": Tokens(input=300, output=20),
        "refused": 2,
        "degraded": True,
    }
    return answer_to(question).model_copy(update=told)


def test_it_is_prometheus_text(client: TestClient) -> None:
    response = client.get("/metrics")
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert {family.type for family in families(response.text).values()} <= {"counter", "gauge", "histogram"}
    assert "_created" not in response.text


def test_every_door_counts_an_answer_once(client: TestClient, house: House) -> None:
    assert values(client, "dossier_answers_total") == {
        "composed answered": 0,
        "quoted answered": 0,
        "quoted abstained": 0,
    }
    for stream in (False, True):
        client.post("/v1/ask", json=BODY | {"stream": stream})
        client.post("/v1/chat/completions", json=chat(stream=stream))
    client.post("/mcp", json=call("ask", **BODY), headers={"Accept": "application/json, text/event-stream"})
    house.answerer.reply = abstention
    client.post("/v1/ask", json=BODY)
    assert values(client, "dossier_answers_total") == {
        "composed answered": 0,
        "quoted answered": 5,
        "quoted abstained": 1,
    }


def test_what_an_answer_took(client: TestClient, house: House) -> None:
    house.answerer.reply = rich
    for _ in range(2):
        client.post("/v1/ask", json=BODY)
    assert values(client, "dossier_stage_seconds_sum") == {
        "retrieve": pytest.approx(0.04),
        "read": pytest.approx(0.8),
        "compose": pytest.approx(6.0),
        "verify": 0,
    }
    assert values(client, "dossier_stage_seconds_count") == {"retrieve": 2, "read": 2, "compose": 2, "verify": 0}
    assert values(client, "dossier_llm_tokens_total") == {"input": 600, "output": 40}
    assert values(client, "dossier_refused_statements_total") == {"": 4}
    assert values(client, "dossier_degraded_answers_total") == {"": 2}


def test_an_answer_from_memory_is_an_answer_of_which_nothing_was_drafted(house: House) -> None:
    house.answerer.reply = lambda question: rich(question).model_copy(update={"degraded": False})
    remembering = CachingAnswerer(house.answerer, lambda: "1")
    with client_of(replace(house.services, answerer=remembering)) as client:
        for _ in range(3):
            client.post("/v1/ask", json=BODY)
        assert values(client, "dossier_answers_total")["composed answered"] == 3
        assert values(client, "dossier_stage_seconds_count")["retrieve"] == 1
        assert values(client, "dossier_refused_statements_total") == {"": 2}
        assert values(client, "dossier_llm_tokens_total") == {"input": 300, "output": 20}


@pytest.mark.parametrize("late", [False, True])
def test_a_question_without_an_answer_is_counted_by_its_error(client: TestClient, house: House, late: bool) -> None:
    house.answerer.error, house.answerer.fail_late = StorageError("Full."), late
    client.post("/v1/ask", json=BODY | {"stream": True})
    assert values(client, "dossier_unanswered_total") == {"left": 0, "StorageError": 1}
    assert sum(values(client, "dossier_answers_total").values()) == 0


def test_requests_by_route_never_by_path(client: TestClient, house: House) -> None:
    for path in ("/v1/articles/one", "/v1/articles/two", "/secret", "/v1/secret"):
        client.get(path)
    client.post("/v1/ask", json=BODY)
    client.post("/v1/ask", json={})
    client.put("/v1/ask")
    client.request("SECRET", "/healthz")
    client.post("/v1/ask", json=BODY, headers={"Host": "secret.example"})
    house.answerer.error = RuntimeError("secret")
    client.post("/v1/ask", json=BODY)
    assert values(client, "dossier_http_requests_total") == {
        "GET /v1/articles/{article_id} 404": 2,
        "GET unmatched 404": 2,
        "POST /v1/ask 200": 1,
        "POST /v1/ask 422": 1,
        "PUT /v1/ask 405": 1,
        "other /healthz 405": 1,
        "POST /v1/ask 421": 1,
        "POST /v1/ask 500": 1,
    }
    text = client.get("/metrics").text
    assert "secret" not in text.casefold()
    assert values(client, "dossier_http_request_seconds_count")["POST /v1/ask"] == 4


def test_the_questions_under_way_those_that_wait_and_those_refused(house: House) -> None:
    house.answerer.go.clear()
    with client_of(house.services, Policy(bounds=Bounds(at_once=1, waiting=1))) as client:
        asking = [threading.Thread(target=client.post, args=("/v1/ask",), kwargs={"json": BODY}) for _ in range(2)]
        for each in asking:
            each.start()
        assert house.answerer.waiting.wait(5)
        while values(client, "dossier_questions_waiting") != {"": 1}:
            sleep(0.01)
        assert values(client, "dossier_questions_in_flight") == {"": 1}
        assert client.post("/v1/ask", json=BODY).status_code == 503
        assert values(client, "dossier_questions_refused_total") == {"busy": 1, "too-many-requests": 0}
        house.answerer.go.set()
        for each in asking:
            each.join(5)
        while values(client, "dossier_questions_in_flight") != {"": 0}:
            sleep(0.01)
        assert values(client, "dossier_questions_waiting") == {"": 0}


def test_the_corpus_the_jobs_and_the_models_are_read_when_asked(house: House) -> None:
    passages = iter((3, 5))
    with client_of(replace(house.services, models=MODELS, passage_count=lambda: next(passages))) as client:
        client.post("/v1/articles", json={"articles": [{"text": "One."}, {"text": "Two."}]})
        assert values(client, "dossier_passages") == {"": 3}
        # Nobody works on the jobs of the doubles.
        assert client.post("/v1/jobs", json={"articles": [{"text": "Three."}]}).status_code == 202
        found = families(client.get("/metrics").text)
    assert [found[f"dossier_{name}"].samples[0].value for name in ("articles", "passages")] == [2, 5]
    assert {each.labels["state"]: each.value for each in found["dossier_jobs"].samples} == {"queued": 1, "running": 0}
    (built,) = found["dossier_build_info"].samples
    assert built.labels == {"version": version("dossier"), "embedder": "e", "reader": "r", "llm": "small 1"}


def test_what_cannot_be_read_is_left_out_and_the_rest_is_shown(house: House) -> None:
    def broken() -> int:
        raise StorageError("The disk is gone.")

    with client_of(replace(house.services, passage_count=broken)) as client:
        found = families(client.get("/metrics").text)
    assert "dossier_passages" not in found
    assert found["dossier_articles"].samples


def test_two_apps_in_a_process_count_apart(house: House) -> None:
    with client_of(house.services) as one, client_of(house.services) as other:
        one.post("/v1/ask", json=BODY)
        assert values(one, "dossier_answers_total")["quoted answered"] == 1
        assert values(other, "dossier_answers_total")["quoted answered"] == 0
