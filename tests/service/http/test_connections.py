"""Clients that are slow or endless, over a real socket."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from itertools import count
from urllib.parse import urlsplit

import httpx
import pytest
from limits import parse
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from service.http.access import Locks
from service.http.app import create_app
from service.http.connections import HEAD_BYTES, BoundedConnection
from service.http.intake import BOUNDS, EACH
from service.http.policy import Policy
from service.http.rates import LocalRates
from tests.service.http.doubles import House
from tests.service.http.live import served

HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
ASK = b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"


class Hasty(BoundedConnection):
    head_seconds = 0.3


@pytest.fixture
def address(house: House) -> Iterator[str]:
    with served(create_app(house.services, Policy(body_seconds=0.3)), Hasty) as address:
        yield address


def connected(address: str) -> socket.socket:
    place = urlsplit(address)
    connection = socket.create_connection((str(place.hostname), int(place.port or 0)))
    connection.settimeout(10)
    return connection


def told(connection: socket.socket) -> bytes:
    """Everything up to the end of the connection."""
    received = b""
    with suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            received += piece
    return received


def dripped(connection: socket.socket, drop: bytes) -> bytes:
    """What the service says to one that sends on and on, until it hangs up."""
    connection.settimeout(0.02)
    received = b""
    for _ in count():
        try:
            connection.sendall(drop)
            piece = connection.recv(65536)
        except TimeoutError:
            continue
        except OSError:
            return received
        if not piece:
            return received
        received += piece
    raise AssertionError


@pytest.mark.parametrize("drop", [b"x", b"X-More: y\r\n"])
def test_a_head_that_drips_is_not_waited_for(address: str, drop: bytes) -> None:
    with connected(address) as connection:
        connection.sendall(HEAD + b"X-Drip: ")
        assert dripped(connection, drop).startswith(b"HTTP/1.1 408 ")


def test_who_says_nothing_is_not_waited_for(address: str) -> None:
    with connected(address) as connection:
        assert told(connection) == b""


def test_who_sends_lines_without_a_word_is_not_waited_for(address: str) -> None:
    with connected(address) as connection:
        assert dripped(connection, b"\r\n") == b""


def test_a_second_head_that_drips_is_not_waited_for_either(address: str) -> None:
    with connected(address) as connection:
        connection.sendall(HEAD + b"\r\n")
        assert b"alive" in connection.recv(65536)
        connection.sendall(HEAD)
        assert b"HTTP/1.1 408 " in dripped(connection, b"X: y\r\n")


@pytest.mark.parametrize("piece", [b"x" * 4000, b"X-Many: " + b"y" * 90 + b"\r\n"])
def test_a_head_without_end_is_refused(address: str, piece: bytes) -> None:
    sent = 0
    with connected(address) as connection, suppress(OSError):
        connection.sendall(HEAD + (b"X-Long: " if b"\n" not in piece else b""))
        while sent < 100 * HEAD_BYTES:
            connection.sendall(piece)
            sent += len(piece)
    assert sent < 100 * HEAD_BYTES
    with connected(address) as connection:
        with suppress(OSError):
            connection.sendall(HEAD + b"X-Long: " + b"x" * 400_000)
        assert b" 200 " not in told(connection)


def test_a_long_head_that_ends_is_taken(address: str) -> None:
    with httpx.Client(base_url=address, trust_env=False) as client:
        assert client.get("/healthz", headers={"X-Long": "x" * 30_000}).status_code == 200


async def headers_after_the_body(scope: Scope, receive: Receive, send: Send) -> None:
    while (await receive()).get("more_body"):
        pass
    await JSONResponse([name.decode() for name, _ in scope["headers"]])(scope, receive, send)


def test_headers_after_the_body_are_dropped() -> None:
    with served(headers_after_the_body) as address, connected(address) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n")
        connection.sendall(b"".join(b"X-%d: y\r\n" % number for number in range(100)) + b"\r\n")
        assert connection.recv(65536).endswith(b'["host","transfer-encoding"]')


def test_who_sends_on_after_the_answer_is_hung_up_on(address: str) -> None:
    with connected(address) as connection:
        connection.sendall(ASK.replace(b"100", b"9999999999"))
        assert b" 413 " in dripped(connection, b"x")


def test_an_answer_may_take_longer_than_a_head(address: str, house: House) -> None:
    house.answerer.go.clear()
    body = json.dumps({"question": "Why?"}).ljust(100).encode()
    with connected(address) as patient:
        patient.sendall(ASK + body)
        assert house.answerer.waiting.wait(10)
        for _ in range(2):
            with connected(address) as silent:
                assert told(silent) == b""  # by then a head would have run out of time
        house.answerer.go.set()
        assert b" 200 " in patient.recv(65536)


TAKING_BODIES: dict[str, Callable[[bytes], bytes]] = {
    "/v1/ask": bytes,
    "/v1/chat/completions": bytes,
    "/v1/feedback": bytes,
    "/v1/articles": bytes,
    "/v1/jobs": bytes,
    "/mcp": lambda head: head.replace(b"\r\n\r\n", b"\r\nAccept: application/json, text/event-stream\r\n\r\n"),
}


@pytest.mark.parametrize("path", TAKING_BODIES)
def test_a_body_that_drips_is_not_waited_for(address: str, path: str) -> None:
    head = TAKING_BODIES[path](ASK.replace(b"/v1/ask", path.encode()))
    with connected(address) as connection:
        connection.sendall(head)
        said = dripped(connection, b" ")
        assert b" 408 " in said, said


def test_one_key_does_not_take_every_place_of_those_who_add(house: House) -> None:
    keys = [house.keyring.create(name, ["write"])[1] for name in ("greedy", "other")]
    bearers = [{"Authorization": f"Bearer {key}"} for key in keys]
    policy = Policy(locks=Locks(house.keyring.holder, LocalRates(parse("900/minute"))), body_seconds=60)
    head = ASK.replace(b"/v1/ask", b"/v1/articles")
    head = head.replace(b"\r\n\r\n", f"\r\nAuthorization: Bearer {keys[0]}\r\n\r\n".encode())
    body = {"articles": [{"text": "One."}]}
    with (
        served(create_app(house.services, policy)) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=20) as client,
        ExitStack() as stack,
    ):
        for _ in range(EACH):
            stack.enter_context(connected(address)).sendall(head + b"{")
        statuses = [200]
        while statuses[0] == 200:  # until the service has seen them all
            statuses = [client.post("/v1/articles", json=body, headers=each).status_code for each in bearers]
        assert statuses == [429, 200]


def test_bodies_that_drip_keep_nobody_from_adding(address: str) -> None:
    with ExitStack() as stack, httpx.Client(base_url=address, trust_env=False, timeout=20) as client:
        for _ in range(BOUNDS.at_once):
            stack.enter_context(connected(address)).sendall(ASK.replace(b"/v1/ask", b"/v1/articles") + b"{")
        assert client.post("/v1/articles", json={"articles": [{"text": "One."}]}).status_code == 200
