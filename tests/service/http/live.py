"""The app on a real loopback port, over doubles or over real articles."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from ingest.settings import IngestSettings
from ingest.sources import read
from service.http.app import create_app
from service.http.services import Services
from service.journal import Journal
from service.recording import RecordingAnswerer
from service.settings import ServiceSettings
from service.wiring import House, open_house


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The base address of `app` while it is served by uvicorn in a thread."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=2)
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
        journal = Journal(f"sqlite:///{data / 'journal.sqlite'}")
        services = Services(RecordingAnswerer(house.answerer, journal), house.corpus, journal, list)
        try:
            with served(create_app(services, keep_alive_seconds=0.1)) as address:
                yield address, house
        finally:
            journal.close()
