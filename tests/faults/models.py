"""An OpenAI-compatible server on loopback that misbehaves in one way."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

Behaviour = Callable[["Exchange"], None]


class Exchange(BaseHTTPRequestHandler):
    """One request, and what may be done about it."""

    protocol_version = "HTTP/1.0"
    behave: Behaviour
    over: Event
    asked: list[float]

    def do_POST(self) -> None:
        """Behaves as the server was told to; a client that has gone is none of its business."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append(0)
        try:
            type(self).behave(self)
        except OSError:
            self.close_connection = True

    def head(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        """Sends the status and the headers."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def say(self, text: str, model: str = "m") -> None:
        """Sends a piece of a reply."""
        choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": model, "choices": [choice]}
        self.send(f"data: {json.dumps(chunk)}\n\n".encode())

    def send(self, data: bytes) -> None:
        """Sends bytes as they are."""
        self.wfile.write(data)
        self.wfile.flush()

    def end(self) -> None:
        """Says that the reply is whole."""
        self.send(b"data: [DONE]\n\n")

    def reset(self) -> None:
        """Breaks the connection off."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""


@contextmanager
def behaving(behave: Behaviour) -> Iterator[tuple[str, list[float]]]:
    """The address of a server that behaves so, and a list with an item for each request."""
    over, asked = Event(), list[float]()
    handler = type("Behaving", (Exchange,), {"behave": staticmethod(behave), "over": over, "asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1", asked
        finally:
            over.set()
            server.shutdown()
            thread.join()
