"""A service that runs in a thread of this process."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from time import sleep

import structlog
import uvicorn

from eval.errors import RunError
from service.telemetry import configure_logging


@contextmanager
def running(server: uvicorn.Server, listener: socket.socket) -> Iterator[str]:
    """The address of the server while it runs in a thread. Raises: RunError when it does not start."""
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, name="service")
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RunError("The service did not start.", "Run `dossier serve` to see more.")
            sleep(0.01)
        host, port = listener.getsockname()
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def logged(path: Path) -> Iterator[None]:
    """The service logs as `dossier serve` does, which is part of what it costs. Afterwards all is as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    with path.open("w", encoding="utf-8") as file:
        configure_logging(stream=file)
        try:
            yield
        finally:
            structlog.reset_defaults()
            root.handlers = handlers
            root.setLevel(level)
