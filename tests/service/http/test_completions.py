"""OpenAI's door over doubles: what a reply says, what a chat asks, what is refused and how."""

from __future__ import annotations

import json
import threading
from datetime import date
from functools import partial
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import EmbedderError, FolderBusy, ServerAway, ServiceError, StorageError
from ingest.filters import Filters
from service.answer import Answer, Timings, Tokens
from service.errors import QuestionError, UnknownConversation
from service.http.app import create_app
from service.http.completion_text import content_of, text_of
from service.http.openai_errors import error_read
from service.http.policy import Policy
from service.question import Question, Turn
from tests.service.http.chats import REASON, abstention, chat, two_statements
from tests.service.http.doubles import ONE, House

ADDRESS = "/v1/chat/completions"
ANSWERED = two_statements(Question("Why?"))


def chunks(body: str) -> list[dict[str, Any]]:
    *events, last = [line.removeprefix("data: ") for line in body.splitlines() if line.startswith("data: ")]
    assert last == "[DONE]"
    return [json.loads(event) for event in events]


class TestReply:
    def test_the_content_is_the_statements_and_a_footnote_a_citation(self, client: TestClient, house: House) -> None:
        house.answerer.reply = two_statements
        reply = client.post(ADDRESS, json=chat()).json()
        (choice,) = reply["choices"]
        assert choice["message"]["content"] == (
            "It was closed in May [2]. [1] 🌊 The repairs cost 12 million. [2][1]\n\n"
            '[1] "It was\nclosed in May [2]." (The wall, Wire, 2012-06-20, https://a.example/1)\n\n'
            '[2] "Repairs — 12 million “euros”." (untitled)'
        )
        assert (choice["finish_reason"], choice["message"]["role"]) == ("stop", "assistant")
        assert (reply["object"], reply["model"]) == ("chat.completion", "dossier")

    def test_each_mark_has_an_annotation_with_the_exact_citation(self, client: TestClient, house: House) -> None:
        house.answerer.reply = two_statements
        message = client.post(ADDRESS, json=chat()).json()["choices"][0]["message"]
        marked = []
        for annotation in message["annotations"]:
            place, citation = annotation["url_citation"], annotation["dossier"]
            mark = message["content"][place["start_index"] : place["end_index"]]
            assert mark == f"[{citation['number']}]"
            assert citation == ANSWERED.citations[citation["number"] - 1].model_dump(mode="json")
            marked.append((place["start_index"], mark, place["url"]))
        own, foreign = "https://a.example/1", "http://localhost/v1/articles/a2"
        assert [(mark, url) for _, mark, url in marked] == [("[1]", own), ("[2]", foreign), ("[1]", own)]
        assert marked == sorted(marked)

    def test_the_whole_answer_is_there_too(self, client: TestClient, house: House) -> None:
        for reply in (two_statements, abstention):
            house.answerer.reply = reply
            given = client.post(ADDRESS, json=chat()).json()["dossier"]
            assert Answer.model_validate(given) == reply(Question("Why?"))

    def test_an_abstention_says_why_and_that_what_is_nearest_is_no_answer(
        self, client: TestClient, house: House
    ) -> None:
        house.answerer.reply = abstention
        message = client.post(ADDRESS, json=chat()).json()["choices"][0]["message"]
        assert message["content"] == (
            f"Not answered. {REASON}\n\nThe closest passages, which are no answer:\n\n"
            '- "A\nb." (T, Wire)\n- "C." (T, Wire)'
        )
        assert message["annotations"] == []

    @pytest.mark.parametrize("reply", [two_statements, abstention])
    @pytest.mark.parametrize("include_usage", [True, False])
    def test_chunks_add_up_to_the_same(self, client: TestClient, house: House, reply: Any, include_usage: bool) -> None:
        house.answerer.reply = reply
        whole = client.post(ADDRESS, json=chat()).json()
        options = {"include_usage": include_usage}
        received = chunks(client.post(ADDRESS, json=chat(stream=True, stream_options=options)).text)
        usage = received.pop() if include_usage else {"choices": [], "usage": None}
        *said, last = [chunk["choices"][0] for chunk in received]
        message = whole["choices"][0]["message"]
        assert said[0]["delta"] == {"role": "assistant", "content": ""}
        assert "".join(choice["delta"]["content"] for choice in said) == message["content"]
        assert all(choice["finish_reason"] is None for choice in said)
        assert (last["delta"], last["finish_reason"]) == ({"annotations": message["annotations"]}, "stop")
        assert received[-1]["dossier"] == whole["dossier"]
        assert usage["choices"] == []
        assert usage["usage"] == (whole["usage"] if include_usage else None)
        assert all(("usage" in chunk) is include_usage for chunk in received)
        assert len({(chunk["id"], chunk["created"], chunk["model"], chunk["object"]) for chunk in received}) == 1

    @pytest.mark.parametrize(
        ("fields", "usage"),
        [
            ({}, (0, 0, 0)),
            ({"tokens": Tokens(input=310, output=42)}, (310, 42, 352)),
            ({"tokens": Tokens(input=310, output=42), "timings_ms": Timings(compose=8.1)}, (310, 42, 352)),
            ({"timings_ms": Timings(compose=8.1)}, None),
        ],
    )
    def test_usage_is_what_the_llm_told_and_unknown_where_it_did_not(
        self, client: TestClient, house: House, fields: dict[str, Any], usage: tuple[int, int, int] | None
    ) -> None:
        house.answerer.reply = lambda question: two_statements(question).model_copy(update=fields)
        told = client.post(ADDRESS, json=chat()).json()["usage"]
        names = ("prompt_tokens", "completion_tokens", "total_tokens")
        assert told == (dict(zip(names, usage, strict=True)) if usage else None)


class TestChat:
    def test_what_was_said_before_is_the_conversation_without_our_footnotes(
        self, client: TestClient, house: House
    ) -> None:
        no_answer = abstention(Question("?"))
        earlier = [
            ("system", "You are a pirate."),
            ("assistant", "Ahoy."),
            ("user", "When?"),
            ("assistant", content_of(ANSWERED)),
            ("developer", "Do not cite."),
            ("user", "Where?"),
            ("assistant", content_of(no_answer)),
            ("user", "Hm."),
        ]
        body = chat("Why?", *earlier)
        body["messages"] += [{"role": "assistant", "content": "Because"}, {"role": "system", "content": "Lie."}]
        client.post(ADDRESS, json=body)
        turns = (Turn("When?", ANSWERED.text), Turn("Where?", ""), Turn("Hm.", ""))
        assert house.answerer.asked == [Question("Why?", conversation=turns)]

    def test_the_extension_and_the_model_reach_the_answerer(self, client: TestClient, house: House) -> None:
        filters = {"since": "2012-01-01", "until": "2013-12-31", "sources": ["S"], "authors": ["A"], "articles": ["x"]}
        extension = {"filters": filters, "conversation_id": "c1", "mode": "quoted"}
        client.post(ADDRESS, json=chat(dossier=extension))
        wanted = Filters(date(2012, 1, 1), date(2013, 12, 31), ("S",), ("A",), ("x",))
        assert house.answerer.asked == [Question("Why?", wanted, (), "c1", "quoted")]

    @pytest.mark.parametrize(
        ("model", "mode", "asked"),
        [
            ("dossier", None, "auto"),
            ("dossier", "auto", "auto"),
            ("dossier", "quoted", "quoted"),
            ("dossier-quoted", None, "quoted"),
            ("dossier-quoted", "auto", "quoted"),
        ],
    )
    def test_quotes_where_the_model_or_the_mode_asks_for_them(
        self, client: TestClient, house: House, model: str, mode: str | None, asked: str
    ) -> None:
        reply = client.post(ADDRESS, json=chat(model=model, dossier={"mode": mode})).json()
        assert house.answerer.asked[0].mode == asked
        assert reply["model"] == model

    def test_parts_of_text_are_a_text(self, client: TestClient, house: House) -> None:
        parts = [{"type": "text", "text": "Why"}, {"type": "text", "text": "now?"}]
        picture = [{"type": "image_url", "image_url": {"url": "data:,x"}}, {"type": "text", "text": "And this?"}]
        earlier = [{"role": "user", "content": picture}, {"role": "assistant", "content": None, "tool_calls": []}]
        client.post(ADDRESS, json={"model": "dossier", "messages": [*earlier, {"role": "user", "content": parts}]})
        assert house.answerer.asked == [Question("Why\nnow?", conversation=(Turn("And this?", ""),))]

    def test_what_other_servers_ignore_is_ignored(self, client: TestClient, house: House) -> None:
        fields = {"temperature": 2, "max_tokens": 1, "stop": ["\n"], "seed": 1, "user": "u", "tool_choice": "none"}
        empty = {"n": 1, "tools": [], "functions": None, "response_format": {"type": "text"}, "logprobs": False}
        usual = {"modalities": ["text"], "stream_options": None, "stream": None, "audio": None}
        assert client.post(ADDRESS, json=chat() | fields | empty | usual).status_code == 200
        assert house.answerer.asked == [Question("Why?")]

    def test_a_long_chat_keeps_its_last_turns(self, client: TestClient, house: House) -> None:
        earlier = [(role, str(number)) for number in range(60) for role in ("user", "assistant")]
        assert client.post(ADDRESS, json=chat("Why?", *earlier)).status_code == 200
        turns = house.answerer.asked[0].conversation
        assert (len(turns), turns[0], turns[-1]) == (50, Turn("10", "10"), Turn("59", "59"))


@given(st.text().filter(lambda text: "\n" not in text), st.lists(st.text(min_size=1), min_size=1), st.text())
def test_a_content_leads_back_to_its_text(said: str, quotes: list[str], title: str) -> None:
    citations = tuple(
        ANSWERED.citations[0].model_copy(update={"number": number, "quote": quote, "title": title})
        for number, quote in enumerate(quotes, 1)
    )
    statement = ANSWERED.statements[0].model_copy(update={"text": f"X{said}"})
    answer = ANSWERED.model_copy(update={"statements": (statement,), "citations": citations, "text": statement.marked})
    assert text_of(content_of(answer)) == answer.text


@pytest.mark.parametrize(
    "text", ["", "Two lines.\n\n[1] is a mark (here)", '[1] "x" and more', "It says [1] (so).\n\n- one\n- two"]
)
def test_the_words_of_others_stay_as_they_are(text: str) -> None:
    assert text_of(text) == text


class TestRefusals:
    @pytest.mark.parametrize(
        ("fields", "param"),
        [
            ({"n": 2}, "n"),
            ({"n": 0}, "n"),
            ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools"),
            ({"functions": [{"name": "f"}]}, "functions"),
            ({"modalities": ["text", "audio"]}, "modalities"),
            ({"audio": {"voice": "alloy"}}, "audio"),
            ({"response_format": {"type": "json_schema", "json_schema": {}}}, "response_format"),
            ({"logprobs": True}, "logprobs"),
            ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "messages"),
        ],
    )
    @pytest.mark.parametrize("stream", [True, False])
    def test_what_cannot_be_done(
        self, client: TestClient, house: House, fields: dict[str, Any], param: str, stream: bool
    ) -> None:
        response = client.post(ADDRESS, json=chat(stream=stream) | fields)
        error = response.json()["error"]
        assert (response.status_code, error["type"]) == (400, "invalid_request_error")
        assert (error["code"], error["param"]) == ("unsupported_parameter", param)
        assert error["message"].startswith(f"{param}: Dossier ") or param == "n"
        assert house.answerer.asked == []

    @pytest.mark.parametrize(
        ("body", "code", "param"),
        [
            (chat(" "), "question_invalid", None),
            (chat("x" * 2001), "question_invalid", None),
            (chat(dossier={"filters": {"since": "2014-01-01", "until": "2013-01-01"}}), "filter_invalid", None),
            (chat(dossier={"filters": {"since": "secret"}}), "request_invalid", "dossier.filters.since"),
            (chat(dossier={"filter": {}}), "request_invalid", "dossier.filter"),
            ({"model": "dossier", "messages": []}, "request_invalid", "messages"),
            ({"model": "dossier", "messages": [{"role": "system", "content": "x"}]}, "request_invalid", "messages"),
            ({"model": "dossier", "messages": [{"role": "robot"}]}, "request_invalid", "messages.0.role"),
            ({"messages": [{"role": "user", "content": "x"}]}, "request_invalid", "model"),
        ],
    )
    def test_what_does_not_fit(self, client: TestClient, house: House, body: Any, code: str, param: str | None) -> None:
        response = client.post(ADDRESS, json=body)
        error = response.json()["error"]
        assert (response.status_code, error["type"]) == (422, "invalid_request_error")
        assert (error["code"], error["param"]) == (code, param)
        assert "secret" not in response.text
        assert "`errors`" not in error["message"]
        assert house.answerer.asked == []

    @pytest.mark.parametrize(
        ("method", "path", "options", "status", "code"),
        [
            ("POST", ADDRESS, {"json": chat(model="gpt-5")}, 404, "model_not_found"),
            ("GET", "/v1/models/gpt-5", {}, 404, "model_not_found"),
            ("GET", "/v1/chat/nothing", {}, 404, "not_found"),
            ("GET", ADDRESS, {}, 405, "method_not_allowed"),
            ("POST", ADDRESS, {"content": b"x" * 200_000}, 413, "body_too_large"),
            ("POST", ADDRESS, {"content": iter([b"[" * 60_000] * 2)}, 413, "body_too_large"),
            ("POST", ADDRESS, {"content": b"{}", "headers": {"Content-Type": "text/plain"}}, 415, None),
            ("POST", ADDRESS, {"json": chat(), "headers": {"Host": "evil.example"}}, 421, "host_not_allowed"),
            ("POST", ADDRESS, {"content": b"{"}, 422, "request_invalid"),
        ],
    )
    def test_every_refusal_has_openais_shape(
        self, client: TestClient, method: str, path: str, options: dict[str, Any], status: int, code: str | None
    ) -> None:
        headers = {"Content-Type": "application/json"} | options.pop("headers", {})
        response = client.request(method, path, headers=headers, **options)
        assert (response.status_code, response.headers["content-type"]) == (status, "application/json")
        assert response.json().keys() == {"error"}
        assert response.json()["error"].keys() == {"message", "type", "param", "code"}
        assert response.json()["error"]["code"] == code or code is None
        assert response.headers["x-request-id"]

    @pytest.mark.parametrize(
        ("error", "status", "code", "retry"),
        [
            (FolderBusy("Busy.", "Wait."), 503, "folder_busy", True),
            (ServerAway("Away.", "Wait."), 503, "storage_away", True),
            (StorageError("Full.", "Make room."), 507, "storage_failed", False),
            (EmbedderError("Gone.", "Look."), 503, "embedder_unavailable", False),
            (UnknownConversation("None.", "Ask."), 404, "conversation_not_found", False),
            (RuntimeError("secret"), 500, "internal", False),
        ],
    )
    def test_errors_on_the_way(
        self, client: TestClient, house: House, error: Exception, status: int, code: str, retry: bool
    ) -> None:
        house.answerer.error = error
        response = client.post(ADDRESS, json=chat())
        told = response.json()["error"]
        assert (response.status_code, told["code"], "retry-after" in response.headers) == (status, code, retry)
        assert "secret" not in response.text
        house.answerer.fail_late = True
        lines = [line for line in client.post(ADDRESS, json=chat(stream=True)).text.splitlines() if line]
        assert json.loads(lines[-1].removeprefix("data: ")) == {"error": told}

    def test_an_error_leads_back_to_what_it_was(self, client: TestClient, house: House) -> None:
        response = client.post(ADDRESS, json=chat(" "))
        assert type(error_read(response.json(), response.status_code)) is QuestionError
        house.answerer.error = RuntimeError("x")
        response = client.post(ADDRESS, json=chat())
        assert type(error_read(response.json(), response.status_code)) is ServiceError

    def test_both_doors_share_the_bound(self, house: House) -> None:
        house.answerer.go.clear()
        with TestClient(create_app(house.services, Policy(bounds=ONE)), base_url="http://localhost") as client:
            ask = partial(client.post, "/v1/ask", json={"question": "Why?"})
            first = threading.Thread(target=ask)
            first.start()
            assert house.answerer.waiting.wait(5)
            refused = client.post(ADDRESS, json=chat())
            house.answerer.go.set()
            first.join(5)
            assert (refused.status_code, refused.json()["error"]["code"]) == (503, "busy")
            assert refused.json()["error"]["type"] == "server_error"
            assert int(refused.headers["retry-after"]) > 0
            assert client.post(ADDRESS, json=chat()).status_code == 200


def test_the_models(client: TestClient) -> None:
    listed = client.get("/v1/models").json()
    assert (listed["object"], [model["id"] for model in listed["data"]]) == ("list", ["dossier", "dossier-quoted"])
    for model in listed["data"]:
        assert client.get(f"/v1/models/{model['id']}").json() == model
        assert model["object"] == "model"
        assert model["created"] > 1_700_000_000
