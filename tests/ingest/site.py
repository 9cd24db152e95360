"""A web site on loopback, and a network that leads public addresses to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpcore

PUBLIC = "93.184.216.34"


@dataclass(frozen=True)
class Page:
    """What one path answers."""

    body: bytes = b""
    media_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Site:
    """Paths to pages; several pages for one path are answered in turn, the last one for good."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.pages: dict[str, list[Page]] = {}
        self.asked: list[tuple[str, str]] = []

    def add(self, path: str, *pages: Page) -> str:
        """The loopback address of the path."""
        self.pages[path] = list(pages)
        return f"http://127.0.0.1:{self.port}{path}"

    def answer(self, path: str, host: str) -> Page:
        self.asked.append((host, path))
        pages = self.pages.get(path, [Page(status=404)])
        return pages.pop(0) if len(pages) > 1 else pages[0]


@contextmanager
def running_site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = site.answer(self.path, self.headers["Host"])
            self.send_response(page.status)
            self.send_header("Content-Type", page.media_type)
            self.send_header("Content-Length", str(len(page.body)))
            for name, value in page.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(page.body)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(server.server_port)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Rerouted(httpcore.NetworkBackend):
    """A network on which every public address is the site; `connected` lists the addresses asked for."""

    def __init__(self, site: Site) -> None:
        self._site, self._real = site, httpcore.SyncBackend()
        self.connected: list[str] = []

    def connect_tcp(self, host: str, port: int, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        self.connected.append(host)
        return self._real.connect_tcp("127.0.0.1", self._site.port, *args, **kwargs)


class Names:
    """A resolver over a table; a name with several entries changes its address at each look-up."""

    def __init__(self, **table: Sequence[str]) -> None:
        self._table = {name.replace("_", "."): list(addresses) for name, addresses in table.items()}

    def __call__(self, host: str, port: int) -> Sequence[str]:
        addresses = self._table.get(host, [host])
        return [addresses.pop(0) if len(addresses) > 1 else addresses[0]]
