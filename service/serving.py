"""Runs the HTTP door over one data folder until it is told to stop."""

from __future__ import annotations

import socket
from collections.abc import Sequence

import uvicorn

from ingest.settings import IngestSettings
from ingest.wiring import Announce
from service.http.app import create_app
from service.http.services import Services
from service.journal import Journal
from service.recording import RecordingAnswerer
from service.settings import ServiceSettings
from service.telemetry import configure_logging
from service.wiring import open_house

GRACE_SECONDS = 5
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def serve(
    ingest: IngestSettings,
    service: ServiceSettings,
    listener: socket.socket,
    allowed_hosts: Sequence[str],
    announce: Announce,
) -> None:
    """Owns the data folder and answers on `listener`, which is bound already, until SIGINT or SIGTERM.

    Raises: what `open_house` raises.
    """
    configure_logging()
    url = address(service.host, listener.getsockname()[1])
    with open_house(ingest, service, "dossier serve", url, announce=announce) as house:
        house.warm_up()
        journal = Journal(f"sqlite:///{ingest.folder / 'journal.sqlite'}")
        try:
            answerer = RecordingAnswerer(house.answerer, journal)
            services = Services(answerer, house.corpus, journal, ready=list)
            app = create_app(services, bound_to=service.host, allowed_hosts=allowed_hosts)
            if service.host not in LOOPBACK:
                announce(f"Listening on {service.host}: anyone who reaches this address can ask, add and remove.")
            announce(f"Answering at {url} (its documentation: {url}/docs). Ctrl-C stops it.")
            config = uvicorn.Config(
                app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=GRACE_SECONDS
            )
            uvicorn.Server(config).run(sockets=[listener])
        finally:
            journal.close()


def address(host: str, port: int) -> str:
    """The address at which a client on this machine reaches the service."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - named, not bound
    return f"http://{name}:{port}"
