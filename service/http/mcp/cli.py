"""The `dossier mcp` command."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial

import typer
from pydantic import SecretStr

from ingest.library import Library
from ingest.ownership import Ownership
from ingest.settings import IngestSettings, read_settings
from service.answerer import Answerer
from service.cli import Data, Llm
from service.passages import Passages
from service.settings import ServiceSettings

WHAT = "dossier mcp"
WAIT_SECONDS = 5.0
"""For a folder in use: a client gives up on a server that is long in coming."""

announce = partial(typer.echo, err=True)


def mcp(data: Data = None, llm: Llm = None) -> None:
    """Answer MCP clients over standard input and output.

    The tools are ask, search and get_article. A client starts the command by itself, and is told to like this:

    \b
    {"mcpServers": {"dossier": {"command": "dossier",
      "args": ["mcp", "--data", "/home/me/dossier"]}}}

    Name the folder in full: clients start the command anywhere.

    Where `dossier serve` runs over the folder, the service answers, and any number
    of clients can ask. Otherwise the folder is this command's own until its client
    ends it.
    """
    from service.http.desk import Desk
    from service.http.mcp.server import build_server
    from service.http.mcp.stdio import run
    from service.http.mcp.tools import Tools
    from service.http.queue import Bounds
    from service.telemetry import configure_logging

    configure_logging()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    ingest, service = read_settings(IngestSettings, data=data), read_settings(ServiceSettings, llm=llm)
    with _seams(ingest, service, llm) as seams:
        desk = Desk(seams.answerer, Bounds(), keep_alive=0, grace=0)
        run(build_server(Tools(desk, seams.library, seams.passages)))


@dataclass(frozen=True, slots=True)
class _Seams:
    answerer: Answerer
    library: Library
    passages: Passages


@contextmanager
def _seams(ingest: IngestSettings, service: ServiceSettings, llm: str | None) -> Iterator[_Seams]:
    owner = Ownership(ingest.folder).owner()
    with ExitStack() as stack:
        if owner and owner.url:
            if llm:
                announce(f"The service at {owner.url} answers, with its own LLM: --llm {llm} has no effect.")
            yield _of_service(owner.url, ingest.api_key, stack)
        else:
            yield _of_folder(ingest, service, stack)


def _of_service(url: str, key: SecretStr | None, stack: ExitStack) -> _Seams:
    from ingest.remote import RemoteLibrary
    from service.remote import RemoteAnswerer
    from service.remote_passages import RemotePassages

    return _Seams(
        stack.enter_context(closing(RemoteAnswerer(url, key=key))),
        stack.enter_context(closing(RemoteLibrary(url, key=key))),
        stack.enter_context(closing(RemotePassages(url, key=key))),
    )


def _of_folder(ingest: IngestSettings, service: ServiceSettings, stack: ExitStack) -> _Seams:
    from service.corpus_passages import CorpusPassages
    from service.recording import RecordingAnswerer
    from service.store.database import store_in
    from service.store.journal import Journal
    from service.wiring import open_house

    house = stack.enter_context(open_house(ingest, service, WHAT, wait=WAIT_SECONDS, announce=announce))
    store = stack.enter_context(closing(store_in(ingest.folder)))
    return _Seams(RecordingAnswerer(house.answerer, Journal(store)), house.corpus, CorpusPassages(house.retriever))
