"""The SDK's own client against the door on a real socket, in both eras of the protocol."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import anyio
import httpx
import httpx2
import pytest
from fastapi.testclient import TestClient
from mcp import Client, MCPError
from mcp_types import CallToolResult, ListToolsResult

from ingest.documents import Document
from ingest.errors import DossierError, FolderBusy, StorageError
from ingest.filters import Filters
from ingest.hints import Hints
from service.answer import Answer
from service.errors import UnknownConversation
from service.http.app import create_app
from service.http.completion_text import content_of
from service.http.desk import Desk
from service.http.mcp.results import MAX_TEXT
from service.http.mcp.server import build_server
from service.http.mcp.tools import Tools
from service.http.policy import Policy
from service.http.queue import Bounds
from service.question import Question
from tests.service.http.chats import abstention, two_statements
from tests.service.http.doubles import ONE, QUOTE, House, answer_to
from tests.service.http.live import Attended, served
from tests.service.http.mcp_clients import Era, asked, called, over_http, texts
from tests.service.http.test_app import logged

ACCEPT = {"Accept": "application/json, text/event-stream"}
LIST: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
BOTH = pytest.mark.parametrize("era", ["auto", "legacy"])


@pytest.fixture
def app(house: House) -> Attended:
    """A service that answers one question at a time."""
    return Attended(create_app(house.services, Policy(bounds=ONE, max_body_bytes=2**20)))


@pytest.fixture
def address(app: Attended) -> Iterator[str]:
    """Where it is served."""
    with served(app) as address:
        yield address


def problem(result: CallToolResult) -> str:
    """The kind of problem that a call ended in, once it is sure that the text says what it is and what to do."""
    assert result.is_error
    assert result.structured_content is None
    told = (result.meta or {})["dossier/problem"]
    assert texts(result) == [f"{told['detail']} {told['help']}"]
    assert told["help"]
    return str(told["type"]).removeprefix("/problems/")


class TestTools:
    @BOTH
    def test_there_are_three_and_each_warns_of_what_articles_say(self, address: str, era: Era) -> None:
        listed: ListToolsResult = asked(address, lambda client: client.list_tools(), era)
        assert [tool.name for tool in listed.tools] == ["ask", "search", "get_article"]
        for tool in listed.tools:
            assert tool.description
            assert "untrusted data" in tool.description
            assert tool.annotations
            assert tool.annotations.read_only_hint
            assert tool.output_schema
            for name, described in tool.input_schema["properties"].items():
                assert described["description"], name

    @BOTH
    def test_the_server_says_how_to_use_it(self, address: str, era: Era) -> None:
        async def told(client: Client) -> tuple[Any, Any]:
            return client.session.instructions, client.session.server_info

        instructions, info = asked(address, told, era)
        assert "untrusted data" in instructions
        assert (info.name, bool(info.version)) == ("dossier", True)

    def test_a_tool_that_is_not_there(self, address: str) -> None:
        async def call(client: Client) -> None:
            with pytest.raises(MCPError, match="there are ask, search, get_article"):
                await client.call_tool("delete_everything", {})

        asked(address, call)


class TestAsk:
    @BOTH
    def test_the_answer_is_the_contract_whole(self, address: str, house: House, era: Era) -> None:
        house.answerer.reply = two_statements
        result = called(address, "ask", era, question="Why?")
        expected = two_statements(Question("Why?"))
        assert not result.is_error
        assert result.structured_content == json.loads(expected.model_dump_json())
        assert Answer.model_validate(result.structured_content) == expected

    def test_its_text_has_the_quotes_and_where_they_are(self, address: str, house: House) -> None:
        house.answerer.reply = lambda question: two_statements(question).model_copy(update={"conversation_id": "c1"})
        said, places = texts(called(address, "ask", question="Why?"))
        assert said == content_of(two_statements(Question("Why?")))
        assert places.splitlines() == [
            "[1] article_id a1, characters 5 to 30",
            "[2] article_id a2, characters 5 to 34",
            "conversation_id c1",
        ]

    def test_an_abstention(self, address: str, house: House) -> None:
        house.answerer.reply = abstention
        result = called(address, "ask", question="Why?")
        said, places = texts(result)
        assert not result.is_error
        assert said.startswith("Not answered. The articles do not say")
        assert "which are no answer" in said
        assert places.splitlines() == [
            "closest: article_id a, characters 0 to 4",
            "closest: article_id a, characters 0 to 2",
        ]
        assert Answer.model_validate(result.structured_content).status == "abstained"

    def test_everything_asked_reaches_the_answerer(self, address: str, house: House) -> None:
        called(
            address,
            "ask",
            question="Why?",
            since="2012-01-01",
            until="2013-12-31",
            sources=["S"],
            authors=["A", "B"],
            mode="quoted",
            conversation_id="c1",
        )
        filters = Filters(date(2012, 1, 1), date(2013, 12, 31), ("S",), ("A", "B"))
        assert house.answerer.asked == [Question("Why?", filters, conversation_id="c1", mode="quoted")]

    @pytest.mark.parametrize(
        ("arguments", "kind", "said"),
        [
            ({}, "request-invalid", "question: Field required"),
            ({"question": " "}, "question-invalid", "Write a question"),
            ({"question": "x" * 2001}, "question-invalid", "at most 2000 are read. Shorten it."),
            ({"question": 7}, "request-invalid", "question: "),
            ({"question": "x", "since": "last year"}, "request-invalid", "since: write the date as YYYY-MM-DD"),
            ({"question": "x", "since": 1700000000}, "request-invalid", "since: "),
            ({"question": "x", "sources": "S"}, "request-invalid", "sources: "),
            ({"question": "x", "mode": "wild"}, "request-invalid", "mode: "),
            ({"question": "x", "system": "Obey."}, "request-invalid", "system: "),
            ({"question": "x", "since": "2013-01-02", "until": "2013-01-01"}, "filter-invalid", "Swap the two dates"),
        ],
    )
    def test_arguments_that_do_not_fit(
        self, address: str, house: House, arguments: dict[str, Any], kind: str, said: str
    ) -> None:
        result = called(address, "ask", **arguments)
        assert problem(result) == kind
        assert said in texts(result)[0]
        assert house.answerer.asked == []

    @BOTH
    @pytest.mark.parametrize("late", [False, True])
    @pytest.mark.parametrize(
        ("error", "kind"),
        [
            (StorageError("Full.", "Make room."), "storage-failed"),
            (FolderBusy("In use.", "Wait."), "folder-busy"),
            (UnknownConversation("There is none.", "Begin one."), "conversation-not-found"),
        ],
    )
    def test_an_error_is_a_result_that_says_what_to_do(
        self, address: str, house: House, error: DossierError, kind: str, late: bool, era: Era
    ) -> None:
        house.answerer.error, house.answerer.fail_late = error, late
        result = called(address, "ask", era, question="Why?")
        assert problem(result) == kind
        assert texts(result) == [f"{error.message} {error.help}"]

    @BOTH
    def test_an_unforeseen_error_keeps_its_message_to_itself(
        self,
        address: str,
        house: House,
        lines: io.StringIO,
        era: Era,
    ) -> None:
        house.answerer.error = RuntimeError("no such column: secret")
        result = called(address, "ask", era, question="Why?")
        assert problem(result) == "internal"
        (failure,) = (line for line in logged(lines) if line["event"] == "tool failed")
        assert failure["exception"] == "builtins.RuntimeError"
        assert (result.meta or {})["dossier/problem"]["request_id"] == failure["request_id"]
        assert "secret" not in f"{result} {lines.getvalue()}"

    def test_a_busy_service_says_when_to_ask_again(self, address: str, house: House) -> None:
        house.answerer.go.clear()
        refused: list[CallToolResult] = []

        async def ask_twice() -> None:
            async with over_http(address) as client, anyio.create_task_group() as tasks:
                tasks.start_soon(client.call_tool, "ask", {"question": "First?"})
                await anyio.to_thread.run_sync(house.answerer.waiting.wait, 5)
                refused.append(await client.call_tool("ask", {"question": "Second?"}))
                house.answerer.go.set()

        anyio.run(ask_twice)
        assert problem(refused[0]) == "busy"
        assert texts(refused[0])[0].endswith("Try again in 2 seconds.")
        assert house.answerer.finished == ["First?"]

    @BOTH
    def test_a_client_that_leaves_cancels_the_work_and_frees_its_place(
        self, app: Attended, address: str, house: House, era: Era
    ) -> None:
        house.answerer.go.clear()

        async def leave() -> None:
            async with over_http(address, era) as client, anyio.create_task_group() as tasks:
                tasks.start_soon(client.call_tool, "ask", {"question": "Why?"})
                await anyio.to_thread.run_sync(house.answerer.waiting.wait, 5)
                tasks.cancel_scope.cancel()

        anyio.run(leave)
        app.wait()
        house.answerer.go.set()
        assert house.answerer.closed.wait(5)
        assert house.answerer.finished == []
        assert not called(address, "ask", era, question="Again?").is_error

    def test_a_call_that_is_cancelled_over_one_stream(self, house: House) -> None:
        """As over standard input: the client stays, and says that it waits no more."""
        house.answerer.go.clear()

        async def change_of_mind() -> CallToolResult:
            desk = Desk(house.answerer, Bounds(at_once=1, waiting=1), keep_alive=1, grace=0)
            server = build_server(Tools(desk, house.library, house.passages))
            async with Client(server, mode="legacy") as client:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(client.call_tool, "ask", {"question": "Why?"})
                    await anyio.to_thread.run_sync(house.answerer.waiting.wait, 5)
                    tasks.cancel_scope.cancel()
                await client.list_tools()  # behind the cancellation in the same stream
                house.answerer.go.set()
                return await client.call_tool("ask", {"question": "Another?"})

        assert not anyio.run(change_of_mind).is_error
        assert house.answerer.finished == ["Another?"]


class TestSearch:
    @BOTH
    def test_passages_are_told_as_passages(self, address: str, era: Era) -> None:
        result = called(address, "search", era, query="Tashkent")
        (found,) = result.structured_content["passages"]
        heading, passage = texts(result)
        assert found["quote"] == QUOTE
        assert "no answers" in heading
        assert passage == f'"{QUOTE}" (Tashkent leaves, 2013-04-17)\narticle_id a1, characters 35 to 82'

    def test_everything_asked_reaches_the_search(self, address: str, house: House) -> None:
        called(
            address,
            "search",
            query="Why",
            limit=50,
            since="2012-01-01",
            until="2013-12-31",
            sources=["S"],
            authors=["A"],
        )
        called(address, "search", query="Why")
        filters = Filters(date(2012, 1, 1), date(2013, 12, 31), ("S",), ("A",))
        assert house.passages.searched == [("Why", filters, 50), ("Why", Filters(), 10)]

    @pytest.mark.parametrize("arguments", [{}, {"query": " "}, {"query": "x" * 2001}, {"query": "x", "limit": 51}])
    def test_arguments_that_do_not_fit(self, address: str, house: House, arguments: dict[str, Any]) -> None:
        assert problem(called(address, "search", **arguments)) == "request-invalid"
        assert house.passages.searched == []

    def test_an_error_is_a_result_that_says_what_to_do(self, address: str, house: House) -> None:
        house.passages.error = StorageError("Full.", "Make room.")
        assert problem(called(address, "search", query="x")) == "storage-failed"


class TestArticle:
    @pytest.fixture
    def article_id(self, house: House) -> str:
        """An article of two versions, the newer of 55,000 characters, not all of one byte."""
        long = "".join(f"{place:04} 🌊 — x\n" for place in range(5000))
        hints = Hints("Of\nwaves", "https://a.example/1", "S", "A", date(2013, 4, 17))
        for text in ("Short.", long):
            (outcome,) = house.library.add([Document("/a.txt", "text", text.encode(), hints)])
        assert outcome.article_id
        return outcome.article_id

    @BOTH
    def test_all_of_it_in_as_many_calls_as_it_takes(
        self, address: str, house: House, article_id: str, era: Era
    ) -> None:
        async def read(client: Client) -> list[dict[str, Any]]:
            parts: list[dict[str, Any]] = []
            start: int | None = 0
            while start is not None:
                result = await client.call_tool("get_article", {"article_id": article_id, "start": start})
                parts.append(result.structured_content)
                assert texts(result)[1] == parts[-1]["text"]
                start = parts[-1]["next_start"]
            return parts

        parts = asked(address, read, era)
        record = house.library.article(article_id)
        assert record
        assert "".join(part["text"] for part in parts) == record.text
        assert [len(part["text"]) for part in parts] == [MAX_TEXT, MAX_TEXT, len(record.text or "") - 2 * MAX_TEXT]
        assert [version["version"] for version in parts[0]["versions"]] == [1, 2]
        assert (parts[0]["title"], parts[0]["author"], parts[0]["published"]) == ("Of\nwaves", "A", "2013-04-17")

    def test_a_stretch_and_its_facts(self, address: str, article_id: str) -> None:
        result = called(address, "get_article", article_id=article_id, start=5, end=8)
        facts, text = texts(result)
        assert text == "🌊 —"
        assert "title: Of waves\nurl: https://a.example/1\nsource: S" in facts
        assert "text: characters 5 to 8 of 55000" in facts
        assert result.structured_content["next_start"] is None

    @pytest.mark.parametrize("place", [{"start": 55_000}, {"start": 9, "end": 9}, {"start": 9, "end": 2}])
    def test_a_stretch_of_nothing(self, address: str, article_id: str, place: dict[str, Any]) -> None:
        result = called(address, "get_article", article_id=article_id, **place)
        assert problem(result) == "request-invalid"
        assert "it has 55000" in texts(result)[0]

    @pytest.mark.parametrize(
        "arguments", [{}, {"article_id": ""}, {"article_id": "a", "start": -1}, {"article_id": "a", "end": 0}]
    )
    def test_arguments_that_do_not_fit(self, address: str, arguments: dict[str, Any]) -> None:
        assert problem(called(address, "get_article", **arguments)) == "request-invalid"

    @pytest.mark.parametrize("article_id", ["unknown", "../articles", "a" * 100, "\x00"])
    def test_an_unknown_article(self, address: str, article_id: str) -> None:
        assert problem(called(address, "get_article", article_id=article_id)) == "article-not-found"


class TestGuards:
    """The door as any program that speaks HTTP sees it."""

    def post(self, client: TestClient, body: Any = LIST, **headers: str) -> httpx2.Response:
        return client.post("/mcp", json=body, headers=ACCEPT | headers)

    def test_a_request_needs_no_session(self, client: TestClient) -> None:
        response = self.post(client)
        assert response.status_code == 200
        assert "mcp-session-id" not in response.headers
        assert '"get_article"' in response.text
        assert response.headers["x-content-type-options"] == "nosniff"

    @pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
    def test_there_are_no_sessions_to_listen_to_or_end(self, client: TestClient, method: str) -> None:
        response = client.request(method, "/mcp", headers=ACCEPT)
        assert (response.status_code, response.headers["allow"]) == (405, "POST")

    def test_another_host(self, client: TestClient) -> None:
        response = self.post(client, Host="evil.example")
        assert (response.status_code, response.json()["type"]) == (421, "/problems/host-not-allowed")

    @pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:6274", "null", "http://["])
    def test_a_page_of_another_host(self, client: TestClient, house: House, origin: str) -> None:
        response = self.post(client, Origin=origin)
        assert (response.status_code, response.json()["type"]) == (403, "/problems/origin-not-allowed")

    @pytest.mark.parametrize("host", ["localhost:6274", "127.0.0.1", "[::1]:8787"])
    def test_a_page_of_this_host(self, client: TestClient, host: str) -> None:
        assert self.post(client, Host=host, Origin=f"http://{host}").status_code == 200

    @pytest.mark.parametrize("content_type", ["text/plain", "application/jsonx", ""])
    def test_only_json_is_taken(self, client: TestClient, content_type: str) -> None:
        response = client.post("/mcp", content=b"{}", headers=ACCEPT | {"Content-Type": content_type})
        assert (response.status_code, response.json()["type"]) == (415, "/problems/media-type-unsupported")

    @pytest.mark.parametrize("version", ["2025-06-18", "2026-07-28"])
    @pytest.mark.parametrize("chunked", [False, True])
    def test_a_body_over_the_limit(self, address: str, version: str, chunked: bool) -> None:
        body = b'{"jsonrpc": "2.0", "x": "' + b"x" * 300_000 + b'"}'
        headers = ACCEPT | {"Content-Type": "application/json", "MCP-Protocol-Version": version}
        with httpx.Client(base_url=address, trust_env=False) as http:
            response = http.post("/mcp", content=iter([body]) if chunked else body, headers=headers)
        assert (response.status_code, response.json()["type"]) == (413, "/problems/body-too-large")

    @pytest.mark.parametrize("version", ["2025-06-18", "2026-07-28"])
    @pytest.mark.parametrize("body", [b"{", b"[]", b"7", b"\xff", b"[" * 100_000, b'{"jsonrpc": "2.0", "id": 1}'])
    def test_what_is_no_message(self, client: TestClient, version: str, body: bytes) -> None:
        headers = ACCEPT | {"Content-Type": "application/json", "MCP-Protocol-Version": version}
        response = client.post("/mcp", content=body, headers=headers)
        assert response.status_code == 400
        assert response.json()["error"]["message"]
        assert "Traceback" not in response.text

    def test_one_line_a_request_and_one_a_call_without_what_was_said(
        self,
        address: str,
        lines: io.StringIO,
    ) -> None:
        called(address, "ask", "legacy", question="Why secretly?")
        found = logged(lines)
        requests = [line for line in found if line["event"] == "request"]
        (call,) = (line for line in found if line["event"] == "tool")
        assert {(line["method"], line["route"]) for line in requests} == {("POST", "/mcp")}
        assert (call["tool"], call["outcome"]) == ("ask", "done")
        assert call["request_id"] in {line["request_id"] for line in requests}
        assert not [line for line in found if line["logger"].startswith("mcp")]
        assert "secret" not in lines.getvalue()

    def test_an_app_can_begin_again(self, house: House) -> None:
        app = create_app(house.services)
        for _ in range(2):
            with TestClient(app, base_url="http://localhost") as client:
                assert self.post(client).status_code == 200


def test_the_answer_is_that_of_the_double(address: str) -> None:
    result = called(address, "ask", question="Why?")
    assert Answer.model_validate(result.structured_content) == answer_to(Question("Why?"))
