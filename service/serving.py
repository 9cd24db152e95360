"""Runs the HTTP door over one data folder until it is told to stop."""

from __future__ import annotations

import gc
import socket
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial

import uvicorn
from limits import parse

from ingest.corpus import Corpus
from ingest.errors import DossierError, SettingsError
from ingest.fetch import Fetcher
from ingest.settings import IngestSettings
from ingest.wiring import Announce
from service.caching import CachingAnswerer
from service.corpus_passages import CorpusPassages
from service.http.access import Locks
from service.http.app import create_app
from service.http.guards import is_loopback
from service.http.policy import Policy
from service.http.queue import Bounds
from service.http.rates import LocalRates
from service.http.services import Services
from service.jobs import Jobs
from service.parcels import opened
from service.recording import RecordingAnswerer
from service.settings import ServiceSettings, SlackSettings, unknown_settings
from service.store.database import Store, store_of
from service.store.jobs import JobBook
from service.store.journal import Journal
from service.store.keys import Keyring
from service.store.rates import StoreRates
from service.store.receipts import Receipts
from service.store.workers import Worker
from service.telemetry import configure_logging
from service.tracing import exporting, tracer_of
from service.wiring import House, open_house

GRACE_SECONDS = 10
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
    with (
        exporting(bool(service.otlp_endpoint)) as traces,
        open_house(ingest, service, "dossier serve", url, announce=announce, tracer=tracer_of(traces)) as house,
    ):
        house.warm_up()
        # What is loaded now stays: a collection that walked over it would make everybody wait.
        gc.collect()
        gc.freeze()
        sys.setswitchinterval(SWITCH_SECONDS)
        fetcher = Fetcher(allow_private=ingest.allow_private_addresses)
        with closing(store_of(ingest)) as store, open_services(house, store, fetcher) as services:
            if slack and slack.over_http:
                services = with_slack(services, store, fetcher, service, slack)
            policy = policy_of(service, locks_of(store, service.rate_limit, announce) if asks_for_keys else None)
            app = create_app(services, policy, traces)
            announce(f"Answering at {url} (its documentation: {url}/docs). Ctrl-C stops it.")
            if service.host in EVERYWHERE:
                announce("It listens on every address of this machine; keys travel in clear unless a proxy does TLS.")
            for name in unknown_settings():
                announce(f"There is no setting {name}: it changes nothing.")
            config = uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=bool(service.trusted_proxies),
                forwarded_allow_ips=list(service.trusted_proxies),
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
            yield uvicorn.Server(config), services


@contextmanager
def open_services(house: House, store: Store, fetcher: Fetcher) -> Iterator[Services]:
    """What the door needs, over an open house and its store; jobs are worked on while the context lasts."""
    journal = Journal(store)
    worker = Worker(store)
    jobs = Jobs(JobBook(store, worker), house.corpus.ingest, partial(opened, fetcher=fetcher))
    with worker.living(), jobs.working():
        yield Services(
            answerer=RecordingAnswerer(CachingAnswerer(house.answerer, house.corpus.generation), journal),
            library=house.corpus,
            passages=CorpusPassages(house.retriever),
            outline=house.corpus.outline,
            jobs=jobs,
            journal=journal,
            receipts=Receipts(store, worker),
            ready=partial(missing, house.corpus),
            models=house.answerer.models,
            passage_count=house.corpus.passages,
        )


def missing(corpus: Corpus) -> list[str]:
    """What keeps questions from being answered."""
    try:
        corpus.reach()
    except DossierError as error:
        return [str(error)]
    return []


def with_slack(
    services: Services, store: Store, fetcher: Fetcher, service: ServiceSettings, slack: SlackSettings
) -> Services:
    """The services with a door for Slack."""
    from service.slack.parts import conversations_of
    from service.slack.wiring import Seams, build_door

    seams = Seams(services.library, services.journal, store, partial(opened, fetcher=fetcher), conversations_of)
    return replace(services, slack=partial(build_door, slack, service, seams))


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


def locks_of(store: Store, rate: str, announce: Announce) -> Locks:
    """The keys of the store, each good for requests at that rate, wherever else the store is used."""
    keyring = Keyring(store)
    if not any(key.revoked is None for key in keyring.all()):
        announce("Keys are asked for, and there is none: make one with `dossier keys create NAME`.")
    limit = parse(rate)
    if store.shared:
        return Locks(keyring.holder, StoreRates(store, limit.amount, limit.get_expiry(), str(limit)))
    return Locks(keyring.holder, LocalRates(limit))


def policy_of(service: ServiceSettings, locks: Locks | None) -> Policy:
    """How the settings want the door kept."""
    return Policy(
        bound_to=service.host,
        allowed_hosts=service.allow_hosts,
        allowed_origins=service.allow_origins,
        locks=locks,
        log_questions=service.log_questions,
        bounds=Bounds(
            at_once=service.ask_concurrency,
            waiting=service.queue,
            each=service.key_concurrency if locks else None,
        ),
    )


def address(host: str, port: int) -> str:
    """The address at which a client on this machine reaches the service."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - named, not bound
    return f"http://{name}:{port}"
