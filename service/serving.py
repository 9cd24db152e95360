"""Runs the HTTP door over one data folder until it is told to stop."""

from __future__ import annotations

import gc
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from ingest.errors import SettingsError
from ingest.fetch import Fetcher
from ingest.settings import IngestSettings
from ingest.wiring import Announce
from service.loopback import is_loopback
from service.settings import ServiceSettings, SlackSettings, unknown_settings
from service.store.database import store_of
from service.telemetry import configure_logging
from service.tracing import exporting, tracer_of
from service.wiring import open_house

if TYPE_CHECKING:
    import uvicorn

    from service.http.services import Services

SWITCH_SECONDS = 0.0005
"""The loop that takes requests waits so long, not Python's ten times that, for threads that answer."""

EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - named, not bound


def serve(
    ingest: IngestSettings,
    service: ServiceSettings,
    listener: socket.socket,
    announce: Announce,
    slack: SlackSettings | None = None,
) -> None:
    """Owns the data folder and answers on `listener`, which is bound already, until SIGINT or SIGTERM.

    Raises: what `open_house` raises; SettingsError when keys are switched off beyond loopback.
    """
    configure_logging(service.log_level)
    with open_server(ingest, service, listener, announce, slack) as (server, _):
        server.run(sockets=[listener])


@contextmanager
def open_server(
    ingest: IngestSettings,
    service: ServiceSettings,
    listener: socket.socket,
    announce: Announce,
    slack: SlackSettings | None = None,
) -> Iterator[tuple[uvicorn.Server, Services]]:
    """A warm server over an owned data folder, not running yet, and what stands behind its door; with `slack`, it takes
    Slack's requests too, if there is an app for them.

    Raises: as `serve`.
    """
    asks_for_keys = keys_wanted(service)
    url = address(service.host, listener.getsockname()[1])
    with ExitStack() as stack:
        traces = stack.enter_context(exporting(bool(service.otlp_endpoint)))
        with ThreadPoolExecutor(1) as aside:
            # The libraries of the door are loaded while the models are: both take seconds.
            loading = aside.submit(import_module, "service.door")
            house = stack.enter_context(
                open_house(ingest, service, "dossier serve", url, announce=announce, tracer=tracer_of(traces))
            )
            house.warm_up()
            loading.result()
        from service import door

        # What is loaded now stays: a collection that walked over it would make everybody wait.
        gc.collect()
        gc.freeze()
        sys.setswitchinterval(SWITCH_SECONDS)
        fetcher = Fetcher(allow_private=ingest.allow_private_addresses)
        store = stack.enter_context(closing(store_of(ingest)))
        services = stack.enter_context(door.open_services(house, store, fetcher))
        if slack and slack.over_http:
            services = door.with_slack(services, store, fetcher, service, slack)
        locks = door.locks_of(store, service.rate_limit, announce) if asks_for_keys else None
        server = door.server_of(services, service, locks, traces)
        announce(f"Answering at {url} (its documentation: {url}/docs). Ctrl-C stops it.")
        if service.host in EVERYWHERE:
            announce("It listens on every address of this machine; keys travel in clear unless a proxy does TLS.")
        for name in unknown_settings():
            announce(f"There is no setting {name}: it changes nothing.")
        yield server, services


def keys_wanted(service: ServiceSettings) -> bool:
    """Whether the settings want keys to be asked for: beyond loopback always.

    Raises: SettingsError when they are switched off there.
    """
    local = is_loopback(service.host)
    if service.require_keys is False and not local:
        raise SettingsError(
            f"Without keys, anyone who reaches {service.host} could ask, add and remove.",
            "Leave DOSSIER_REQUIRE_KEYS out, or listen on 127.0.0.1.",
        )
    return bool(service.require_keys) or not local


def address(host: str, port: int) -> str:
    """The address at which a client on this machine reaches the service."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - named, not bound
    return f"http://{name}:{port}"
