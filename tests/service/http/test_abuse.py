"""Bodies and addresses made to cost much, or to be read in two ways: refused at once, in words."""

from __future__ import annotations

import json
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from service.http.app import create_app
from tests.service.http.chats import chat
from tests.service.http.doubles import House
from tests.service.http.live import served

POSTED = ("/v1/ask", "/v1/chat/completions", "/v1/feedback", "/v1/articles", "/v1/jobs", "/mcp")
DEEP = 15_000
COSTLY = {
    "deep lists": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "a deep field": b'{"question":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "deep and cut off": b"[" * DEEP,
    "a number of many digits": b'{"question":"Why?","asked_on":' + b"9" * 90_000 + b"}",
    "a number beyond all": b'{"question":"Why?","asked_on":1e999999}',
    "no number": b'{"question":NaN,"articles":Infinity}',
    "half a character": b'{"question":"\\ud800"}',
    "half a character in a turn": b'{"question":"Why?","conversation":[{"question":"\\ud800","answer":""}]}',
    "half a character in a filter": b'{"question":"Why?","filters":{"sources":["\\ud800"]}}',
    "a name again and again": b"{" + b'"question":"Why?",' * 4000 + b'"question":1}',
    "many names": b"{" + b",".join(b'"n%d":1' % number for number in range(6000)) + b"}",
}


@pytest.mark.parametrize("body", COSTLY.values(), ids=COSTLY.keys())
@pytest.mark.parametrize("path", POSTED)
def test_json_made_to_cost_is_refused_in_words(client: TestClient, house: House, path: str, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    response = client.post(path, content=body, headers=headers)
    assert response.status_code in (400, 415, 422), response.text[:300]
    assert len(response.content) < 10_000
    assert "Traceback" not in response.text
    assert house.answerer.asked == []


MANY = {
    "sources": {"filters": {"sources": ["s"] * 101}},
    "authors": {"filters": {"authors": ["a"] * 101}},
    "articles": {"filters": {"articles": ["a"] * 1001}},
    "turns": {"conversation": [{"question": "q", "answer": "a"}] * 51},
    "a long question": {"question": "x" * 2001},
    "a long id": {"conversation_id": "x" * 101},
}


@pytest.mark.parametrize("extra", MANY.values(), ids=MANY.keys())
def test_more_than_is_ever_needed_is_refused(client: TestClient, house: House, extra: dict[str, Any]) -> None:
    assert client.post("/v1/ask", json={"question": "Why?"} | extra).status_code == 422
    assert house.answerer.asked == []


@pytest.mark.parametrize("place", ["content", "filter"])
def test_half_a_character_in_a_chat_is_refused(client: TestClient, house: House, place: str) -> None:
    body = chat("Why \ud800?") if place == "content" else chat("Why?", dossier={"filters": {"authors": ["\ud800"]}})
    response = client.post(
        "/v1/chat/completions", content=json.dumps(body), headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 422, response.text
    assert house.answerer.asked == []


@pytest.mark.parametrize("name", ["source", "author"])
def test_a_search_has_no_more_filters_than_a_question(client: TestClient, name: str) -> None:
    assert client.get("/v1/search", params={"q": "x", name: ["s"] * 101}).status_code == 422


def test_a_chat_of_many_messages_is_read_to_its_last_turns(client: TestClient, house: House) -> None:
    earlier = [("user" if number % 2 else "assistant", "x") for number in range(2000)]
    assert client.post("/v1/chat/completions", json=chat("Why?", *earlier)).status_code == 200
    assert len(house.answerer.asked[0].conversation) <= 50


@pytest.mark.parametrize("parts", [(0, 1000), (1000, 0)], ids=["fields", "files"])
def test_a_form_of_too_many_parts_is_refused(client: TestClient, parts: tuple[int, int]) -> None:
    data = {f"field{number}": "x" for number in range(parts[0])}
    files = [("files", (f"{number}.txt", b"x")) for number in range(parts[1])] or [("files", ("a.txt", b"x"))]
    response = client.post("/v1/jobs", data=data, files=files)
    assert response.status_code in (400, 413, 422)
    assert client.get("/v1/jobs").json()["jobs"] == []


def test_a_part_of_a_form_with_an_endless_head_is_refused(client: TestClient) -> None:
    head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="' + b"x" * 90_000
    response = client.post("/v1/jobs", content=head, headers={"Content-Type": "multipart/form-data; boundary=b"})
    assert response.status_code in (400, 422)


@pytest.mark.parametrize("path", ["/v1/ask", "/mcp", "/", "/v1/jobs"])
def test_there_are_no_web_sockets(client: TestClient, path: str) -> None:
    """A page of any origin could open one."""
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(path):
        pass


AMBIGUOUS = {
    "two lengths": b"Content-Length: 2\r\nContent-Length: 40\r\n",
    "a length and chunks": b"Content-Length: 40\r\nTransfer-Encoding: chunked\r\n",
    "a length that is none": b"Content-Length: +2\r\n",
    "chunks that are none": b"Transfer-Encoding: xchunked\r\n",
    "a header that goes on": b"X-A: b\r\n Content-Length: 2\r\n",
    "a name with a blank": b"Content-Length : 2\r\n",
}


@pytest.mark.parametrize("headers", AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
def test_a_request_that_a_proxy_might_read_otherwise_is_refused(house: House, headers: bytes) -> None:
    with served(create_app(house.services)) as address:
        place = urlsplit(address)
        with socket.create_connection((str(place.hostname), int(place.port or 0)), timeout=10) as connection:
            head = b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers
            connection.sendall(head + b"\r\n{}GET /v1/articles HTTP/1.1\r\nHost: localhost\r\n\r\n")
            said = b""
            while piece := connection.recv(65536):
                said += piece
    assert said.startswith(b"HTTP/1.1 4"), said
    assert said.count(b"HTTP/1.1") == 1
