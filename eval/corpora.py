"""The corpora that sets are asked over: small ones in a folder that goes again, large ones kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from eval.asking import Asking
from eval.code import code_hash
from eval.dataset import Dataset
from eval.errors import RunError
from ingest.article import digest
from ingest.console import ingest_progress
from ingest.documents import Document
from ingest.settings import IngestSettings, read_settings
from service.settings import ServiceSettings
from service.wiring import House, open_house

KEPT_FROM = 1000
"""Articles from which a corpus is kept in the cache: building it takes longer than a person likes to wait twice."""
WAIT_SECONDS = 5.0

Announce = Callable[[str], None]


@contextmanager
def house_over(dataset: Dataset, mode: Asking, announce: Announce | None = None) -> Iterator[House]:
    """Answers over the articles of a set alone. Mode "quoted" loads no LLM, whatever the settings name.

    Raises: RunError when an article cannot be ingested, and what `open_house` raises.
    """
    service = read_settings(ServiceSettings, llm="none" if mode == "quoted" else None)
    with _folder(dataset) as folder:
        settings = read_settings(IngestSettings).within(folder)
        with open_house(settings, service, "dossier eval", wait=WAIT_SECONDS, announce=announce) as house:
            _ingest(house, dataset.shelf.documents)
            yield house


@contextmanager
def _folder(dataset: Dataset) -> Iterator[Path]:
    if len(dataset.shelf.articles) < KEPT_FROM:
        with TemporaryDirectory(prefix="dossier-eval-") as folder:
            yield Path(folder)
        return
    settings = read_settings(IngestSettings)
    articles = sorted(article.id for article in dataset.shelf.articles.values())
    key = digest(settings.embedder, code_hash("ingest"), *articles)[:16]
    kept = settings.cache.expanduser() / "evaluation" / dataset.name
    for outdated in kept.glob("*"):
        if outdated.name != key:
            shutil.rmtree(outdated, ignore_errors=True)
    yield kept / key


def _ingest(house: House, documents: Sequence[Document]) -> None:
    with ingest_progress() as progress:
        report = house.corpus.ingest(documents, progress)
    if report.failures:
        first = report.failures[0]
        raise RunError(f"{first.origin} could not be ingested: {first.reason}", "Mend the article.")
