"""The app on a real loopback port, over doubles or over real articles."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from ingest.fetch import Fetcher
from ingest.settings import IngestSettings
from ingest.sources import read
from service.door import open_services
from service.http.app import create_app
from service.http.connections import BoundedConnection
from service.http.policy import Policy
from service.settings import ServiceSettings
from service.store.database import store_in
from service.wiring import House, open_house


class Attended:
    """An app that counts the requests it is busy with: with that of a client that left, until it has seen that."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._busy = 0
        self._changed = threading.Condition()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asks = scope["type"] == "http"
        self._count(asks)
        try:
            await self._app(scope, receive, send)
        finally:
            self._count(-asks)

    def wait(self, busy: int = 0) -> None:
        """Until it is busy with so many requests."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._busy == busy, 10)

    def _count(self, change: int) -> None:
        with self._changed:
            self._busy += change
            self._changed.notify_all()


@contextmanager
def posting(address: str, path: str, body: object) -> Iterator[None]:
    """A client that has sent its request, and leaves without having read a word."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc)
    with closing(connection):
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        yield


@contextmanager
def served(app: ASGIApp, http: type[BoundedConnection] = BoundedConnection) -> Iterator[str]:
    """The base address of `app` while it is served by uvicorn in a thread."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=http, log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


@contextmanager
def real_service(data: Path, articles: Sequence[Path]) -> Iterator[tuple[str, House]]:
    """The address of a service over real articles, and the house behind it; answers are quotes and are recorded."""
    with open_house(IngestSettings(data=data), ServiceSettings(llm="none"), "tests") as house:
        assert not house.corpus.ingest(read([str(path) for path in articles])).failures
        with (
            closing(store_in(data)) as store,
            open_services(house, store, Fetcher()) as services,
            served(create_app(services, Policy(keep_alive=0.1))) as address,
        ):
            yield address, house
