"""A server that does to its clients what it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Treat = Callable[[str], tuple[int, dict[str, str]] | None]
"""From a question, or an address where there is none, to status and headers; None breaks the connection."""


@contextmanager
def treating(treat: Treat) -> Iterator[str]:
    """The address of a server on loopback that treats each request so."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(treat(self.path))

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._answer(treat(body["question"]))

        def _answer(self, treatment: tuple[int, dict[str, str]] | None) -> None:
            if treatment is None:
                self.close_connection = True
                return
            status, headers = treatment
            self.send_response(status)
            for name, value in ({"Content-Length": "0"} | headers).items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
