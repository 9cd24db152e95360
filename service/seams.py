"""What answers, lists and finds: in this process over a data folder, or in the service that owns it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from ingest.library import Library
from ingest.ownership import owner_of
from ingest.settings import IngestSettings
from ingest.wiring import Announce
from service.answerer import Answerer
from service.passages import Passages
from service.settings import ServiceSettings
from service.store.keys import id_of


@dataclass(frozen=True, slots=True)
class Seams:
    """`owner` is whose the conversations are in the service that answers (see `Journal`); None in this process, where
    a question says it."""

    answerer: Answerer
    library: Library
    passages: Passages
    owner: str | None = None


@contextmanager
def open_seams(
    ingest: IngestSettings, service: ServiceSettings, llm: str | None, what: str, wait: float, announce: Announce
) -> Iterator[Seams]:
    """The seams of the service that owns the folder, where there is one; else over the folder, which then is owned as
    `what`, at the latest after `wait` seconds.

    Raises: as `open_house`.
    """
    owner = owner_of(ingest)
    with ExitStack() as stack:
        if owner and owner.url:
            if llm:
                announce(f"The service at {owner.url} answers, with its own LLM: --llm {llm} has no effect.")
            yield _of_service(owner.url, ingest.api_key, stack)
        else:
            yield _of_folder(ingest, service, what, wait, announce, stack)


def _of_service(url: str, key: SecretStr | None, stack: ExitStack) -> Seams:
    from ingest.remote import RemoteLibrary
    from service.remote import RemoteAnswerer
    from service.remote_passages import RemotePassages

    return Seams(
        stack.enter_context(closing(RemoteAnswerer(url, key=key))),
        stack.enter_context(closing(RemoteLibrary(url, key=key))),
        stack.enter_context(closing(RemotePassages(url, key=key))),
        owner=id_of(key.get_secret_value()) if key else "",
    )


def _of_folder(
    ingest: IngestSettings, service: ServiceSettings, what: str, wait: float, announce: Announce, stack: ExitStack
) -> Seams:
    from service.corpus_passages import CorpusPassages
    from service.recording import RecordingAnswerer
    from service.store.database import store_of
    from service.store.journal import Journal
    from service.wiring import open_house

    house = stack.enter_context(open_house(ingest, service, what, wait=wait, announce=announce))
    store = stack.enter_context(closing(store_of(ingest)))
    return Seams(RecordingAnswerer(house.answerer, Journal(store)), house.corpus, CorpusPassages(house.retriever))
