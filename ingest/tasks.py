"""What runs on the workers of a cluster: preparing one document, encoding a few texts.

An error that belongs to the document or to the worker's installation is returned, not raised: exceptions of a task
come back wrapped, and a lost worker must be told from a failed task.
"""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ingest.documents import EXTRACTOR_VERSION, Document
from ingest.embedder import Embedder, Vectors
from ingest.embedders import open_embedder
from ingest.errors import ClusterError, DossierError
from ingest.processor import Variant
from ingest.settings import IngestSettings, read_settings
from ingest.workers import Prepared, prepare, unreadable

SECONDS = 60
"""What preparing one document may take before its process is ended: no parser can refuse that."""
MEMORY = 4 * 2**30
"""Bytes that a worker may hold while it prepares a document."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a worker must have in common with the driver, so that its work is the same.

    `cache` is None where the worker's own settings say where exports are kept, as they say its key for an embedder
    by address: neither path nor key travels through the cluster.
    """

    release: str
    embedder: str
    variant: Variant
    url: str | None
    fingerprint: str
    cache: Path | None = None


def recipe_of(settings: IngestSettings, embedder: Embedder, same_machine: bool) -> Recipe:
    """The recipe of this process; on the same machine its workers use its exports."""
    cache = settings.cache if same_machine else None
    url = settings.embedder_url
    return Recipe(release(), settings.embedder, settings.embedder_variant, url, embedder.stamp.fingerprint, cache)


def release() -> str:
    """The version of Dossier that runs here, and of its extraction."""
    try:
        return f"{version('dossier')} (extraction {EXTRACTOR_VERSION})"
    except PackageNotFoundError:
        return f"not installed (extraction {EXTRACTOR_VERSION})"


def prepare_there(recipe: Recipe, document: Document) -> Prepared | DossierError:
    """`ingest.workers.prepare` on a worker, bounded in time and memory: beyond either, its process may end."""
    try:
        embedder = _embedder(recipe)
    except DossierError as error:
        return _unfit(error)
    try:
        with bounded(SECONDS, MEMORY):
            return prepare(document, embedder.count_tokens)
    except Exception as error:  # noqa: BLE001 - whatever a parser trips over is the document's own failure
        return unreadable(error)


def encode_there(recipe: Recipe, texts: Sequence[str]) -> Vectors | DossierError:
    """`Embedder.encode` on a worker."""
    try:
        return _embedder(recipe).encode(texts)
    except DossierError as error:
        return _unfit(error)


@contextmanager
def bounded(seconds: int, memory: int) -> Iterator[None]:
    """The kernel ends the process after `seconds`, whatever it is busy with; beyond `memory` bytes allocations fail."""
    before, most = resource.getrlimit(resource.RLIMIT_DATA)
    limit = memory if most == resource.RLIM_INFINITY else min(memory, most)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, most))
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        resource.setrlimit(resource.RLIMIT_DATA, (before, most))


@cache
def _embedder(recipe: Recipe) -> Embedder:
    """Loaded once a process. One thread: a task is given one core, and a worker runs on each."""
    if recipe.release != release():
        raise ClusterError(
            f"A worker runs Dossier {release()}, this is {recipe.release}.",
            "Install the same version of Dossier on every machine of the cluster.",
        )
    own = read_settings(
        IngestSettings,
        embedder=recipe.embedder,
        embedder_variant=recipe.variant,
        embedder_url=recipe.url,
        cache=recipe.cache,
    )
    embedder = open_embedder(own, threads=1)
    if embedder.stamp.fingerprint != recipe.fingerprint:
        raise ClusterError(
            f"The embedder of a worker is another one: {embedder.stamp}, not {recipe.fingerprint[:12]}.",
            f"Install the same model on every machine of the cluster: {recipe.embedder}.",
        )
    return embedder


def _unfit(error: DossierError) -> ClusterError:
    return error if isinstance(error, ClusterError) else ClusterError(f"A worker: {error.message}", error.help)
