"""The commands of the corpus room: ingest, articles, check, rebuild."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer

from ingest import console
from ingest.documents import Document, Failure
from ingest.errors import FolderBusy, SourceError
from ingest.fields import FieldNames
from ingest.hints import Hints
from ingest.library import Library
from ingest.ownership import owner_of
from ingest.pipeline import OnProgress, Progress, Report
from ingest.settings import IngestSettings, read_settings

Data = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="Data folder (or DOSSIER_DATA).")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Embedder = Annotated[str | None, typer.Option(help="Another sentence-transformers model: a folder or a hub name.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")]
WAIT_SECONDS = 5.0
REMOTE_BATCH = 50


def ingest(
    inputs: Annotated[
        list[str], typer.Argument(metavar="PATH|URL...", help="Files, folders, http(s) addresses, feeds.")
    ],
    data: Data = None,
    title: Annotated[str | None, typer.Option(help="Title, where the document's own is wrong.")] = None,
    source: Annotated[str | None, typer.Option(help="Who published it.")] = None,
    author: Annotated[str | None, typer.Option(help="Who wrote it.")] = None,
    url: Annotated[str | None, typer.Option(help="Address readers can open.")] = None,
    published: Day = None,
    updated: Day = None,
    fields: Annotated[
        str | None, typer.Option(metavar="text=body,url=link", help="Names of the fields of JSON records.")
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Let a Ray cluster do the work: local, auto, host:port, ray://host:port."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Add articles; what was seen before is skipped, what changed gets a new version.

    Exit code 0 means that nothing failed.
    """
    from ingest.fetch import Fetcher
    from ingest.sources import read

    settings = read_settings(IngestSettings, data=data)
    hints = Hints(title, url, source, author, _day(published), _day(updated))
    names = FieldNames.parse(fields) if fields else FieldNames()
    fetcher = Fetcher(allow_private=settings.allow_private_addresses)
    with console.ingest_progress() as progress:
        report = _ingested(settings, read(inputs, hints, names, fetcher), progress, ray)
    if as_json:
        console.print_json(console.report_json(report))
    else:
        console.print_report(report)
    if report.failures:
        raise typer.Exit(1)


articles = typer.Typer(help="List, show and remove articles.", no_args_is_help=True)


@articles.command("list")
def list_articles(
    query: Annotated[str | None, typer.Argument(help="Only those with this in title, source or address.")] = None,
    data: Data = None,
    limit: Annotated[int, typer.Option(min=1)] = 50,
    offset: Annotated[int, typer.Option(min=0)] = 0,
    as_json: Json = False,
) -> None:
    """List articles, newest first."""
    with open_library(read_settings(IngestSettings, data=data), "articles list") as library:
        records, total = library.articles(offset, limit, query), library.count()
    if as_json:
        console.print_json([asdict(record) for record in records])
    else:
        console.print_articles(records, total)


@articles.command("show")
def show_article(
    article_id: Annotated[str, typer.Argument(metavar="ID")], data: Data = None, as_json: Json = False
) -> None:
    """Show one article: its text, its facts, its versions."""
    with open_library(read_settings(IngestSettings, data=data), "articles show") as library:
        record, versions = library.article(article_id), library.versions(article_id)
    if record is None:
        raise _unknown(article_id)
    if as_json:
        console.print_json(asdict(record))
    else:
        console.print_article(record, versions)


@articles.command("remove")
def remove_article(article_ids: Annotated[list[str], typer.Argument(metavar="ID...")], data: Data = None) -> None:
    """Remove articles with all their versions; nothing of them stays."""
    with open_library(read_settings(IngestSettings, data=data), "articles remove") as library:
        unknown = [article_id for article_id in article_ids if not library.remove(article_id)]
    console.out().print(f"{len(article_ids) - len(unknown)} removed")
    if unknown:
        raise _unknown(", ".join(unknown))


def check(
    data: Data = None,
    repair: Annotated[bool, typer.Option("--repair", help="Mend full text and vectors from the catalog.")] = False,
    as_json: Json = False,
) -> None:
    """Prove that catalog, full text and vectors agree. Exit code 0 means that they do."""
    from ingest.wiring import open_folder

    settings = read_settings(IngestSettings, data=data)
    with (
        open_folder(settings, "dossier check", wait=WAIT_SECONDS, announce=console.announce) as folder,
        console.count_progress("Rebuilding", "passages") as progress,
    ):
        health = folder.repair(progress) if repair else folder.check()
    if as_json:
        console.print_json(console.health_json(health))
    else:
        console.print_health(health)
    if health.problems:
        raise typer.Exit(1)


def rebuild(data: Data = None, embedder: Embedder = None) -> None:
    """Embed all passages anew beside the old index, then switch: for another embedder or damaged vectors."""
    from ingest.wiring import open_folder

    settings = read_settings(IngestSettings, data=data, embedder=embedder)
    with (
        open_folder(settings, "dossier rebuild", wait=WAIT_SECONDS, announce=console.announce) as folder,
        console.count_progress("Rebuilding", "passages") as progress,
    ):
        passages, stamp = folder.rebuild(progress), folder.embedder.stamp
    console.out().print(f"{passages:,} passages embedded with {stamp}.")
    if embedder:
        console.out().print(f"Set DOSSIER_EMBEDDER={embedder} from now on.")


def _ingested(
    settings: IngestSettings, documents: Iterable[Document | Failure], progress: OnProgress, ray: str | None
) -> Report:
    from ingest.wiring import open_corpus

    owner = owner_of(settings)
    if owner and owner.url:
        if ray:
            raise FolderBusy(
                f"The service at {owner.url} owns the data folder and ingests by itself.",
                "Stop it while a cluster does the work, or leave --ray out.",
            )
        return _sent(owner.url, settings, documents, progress)
    with open_corpus(settings, "dossier ingest", wait=WAIT_SECONDS, announce=console.announce) as corpus:
        if ray is None:
            return corpus.ingest(documents, progress)
        from ingest.cluster import open_workers

        console.announce(f"Connecting to Ray ({ray}) ...")
        with open_workers(ray, settings, corpus.embedder) as workers:
            return corpus.ingest(documents, progress, workers=workers)


def _sent(
    url: str, settings: IngestSettings, documents: Iterable[Document | Failure], progress: Callable[[Progress], None]
) -> Report:
    """Hands the documents to the service at `url`, which owns the data folder."""
    from ingest.remote import RemoteLibrary

    began = monotonic()
    console.announce(f"The service at {url} owns the data folder; it ingests.")
    report = Report()
    library = RemoteLibrary(url, key=settings.api_key)
    try:
        for batch in _batches(documents, REMOTE_BATCH):
            for outcome in library.add(batch):
                report.add(outcome)
            done = sum(report.counts.values())
            progress(Progress(done, done, done, reading=True))
    finally:
        library.close()
    report.seconds = monotonic() - began
    return report


def _batches(documents: Iterable[Document | Failure], size: int) -> Iterator[list[Document | Failure]]:
    source = iter(documents)
    while batch := list(islice(source, size)):
        yield batch


@contextmanager
def open_library(settings: IngestSettings, what: str) -> Iterator[Library]:
    """The library in this process, or the service's that owns the data folder."""
    from ingest.remote import RemoteLibrary
    from ingest.wiring import open_corpus

    owner = owner_of(settings)
    if owner and owner.url:
        library = RemoteLibrary(owner.url, key=settings.api_key)
        try:
            yield library
        finally:
            library.close()
    else:
        with open_corpus(settings, f"dossier {what}", wait=WAIT_SECONDS, announce=console.announce) as corpus:
            yield corpus


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _unknown(article_id: str) -> SourceError:
    return SourceError(f"There is no article {article_id}.", "List them with `dossier articles list`.")
