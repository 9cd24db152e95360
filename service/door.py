"""What stands behind the HTTP door of an open house, and how the door is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import uvicorn
from limits import parse

from ingest.corpus import Corpus
from ingest.errors import DossierError
from ingest.fetch import Fetcher
from ingest.wiring import Announce
from service.caching import CachingAnswerer
from service.corpus_passages import CorpusPassages
from service.http.access import Locks
from service.http.app import create_app
from service.http.connections import CONNECTIONS, BoundedConnection
from service.http.policy import Policy
from service.http.queue import Bounds
from service.http.rates import LocalRates
from service.http.services import Services
from service.jobs import Jobs
from service.parcels import opened
from service.recording import RecordingAnswerer
from service.settings import ServiceSettings, SlackSettings
from service.store.database import Store
from service.store.jobs import JobBook
from service.store.journal import Journal
from service.store.keys import Keyring
from service.store.rates import StoreRates
from service.store.receipts import Receipts
from service.store.workers import Worker
from service.tracing import TracerProvider
from service.wiring import House

GRACE_SECONDS = 10


def server_of(
    services: Services, service: ServiceSettings, locks: Locks | None, traces: TracerProvider | None
) -> uvicorn.Server:
    """A server of the app over the services, not running yet."""
    config = uvicorn.Config(
        create_app(services, policy_of(service, locks), traces),
        http=BoundedConnection,
        ws="none",
        limit_concurrency=CONNECTIONS,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(service.trusted_proxies),
        forwarded_allow_ips=list(service.trusted_proxies),
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return uvicorn.Server(config)


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
