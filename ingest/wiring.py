"""Opens a data folder: the only place of this room where its parts are put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ingest.catalog import Catalog
from ingest.confined import USUAL_BOUNDS, Bounds, ConfinedExtractor
from ingest.corpus import Corpus
from ingest.embedder import Embedder
from ingest.embedding import load_embedder
from ingest.errors import VectorsDamaged
from ingest.health import Health, Problem, check, repair
from ingest.ownership import Ownership
from ingest.probe import probe
from ingest.rebuild import folder_in_use, open_vectors, rebuild
from ingest.settings import IngestSettings
from ingest.vectors import VectorIndex

Announce = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class DataFolder:
    """An owned data folder whose vector index is not open."""

    path: Path
    catalog: Catalog
    embedder: Embedder
    interrupted: bool = False
    bounds: Bounds = USUAL_BOUNDS

    @contextmanager
    def corpus(self, announce: Announce | None = None) -> Iterator[Corpus]:
        """The corpus, with the vector index in use; where the last owner was killed, made anew if that damaged it.

        Raises: IndexMismatch, StorageError.
        """
        if self.interrupted:
            self._recover(announce or (lambda _: None))
        with self._vectors() as vectors, closing(ConfinedExtractor(self.bounds)) as extract:
            yield Corpus(self.catalog, vectors, self.embedder, extract)

    @contextmanager
    def _vectors(self) -> Iterator[VectorIndex]:
        vectors = open_vectors(self.path, self.catalog, self.embedder.stamp)
        try:
            yield vectors
        finally:
            vectors.close()

    def check(self) -> Health:
        """What does not agree."""
        try:
            self._probe()
            return self._agreement()
        except VectorsDamaged as error:
            return Health(len(self.catalog.live_articles()), 0, (Problem(f"vectors: {error.message}"),))

    def repair(self, progress: Callable[[int, int], None]) -> Health:
        """Mends what can be mended; what still does not agree. `progress` is told of a rebuild, where one is needed."""
        try:
            self._probe()
            self._repair()
        except VectorsDamaged:
            self.rebuild(progress)
            self._repair()
        return self._agreement()

    def _recover(self, announce: Announce) -> None:
        try:
            self._probe()
        except VectorsDamaged:
            announce("The last run was interrupted and damaged the vectors; they are made anew ...")
            self.rebuild(lambda _done, _total: None)

    def _probe(self) -> None:
        probe(folder_in_use(self.path, self.catalog), self.embedder.stamp)

    def _agreement(self) -> Health:
        with self._vectors() as vectors:
            return check(self.catalog, vectors, self.embedder)

    def _repair(self) -> None:
        with self._vectors() as vectors:
            repair(self.catalog, vectors, self.embedder)

    def rebuild(self, progress: Callable[[int, int], None]) -> int:
        """See `ingest.rebuild.rebuild`."""
        return rebuild(self.path, self.catalog, self.embedder, progress)


@contextmanager
def open_folder(
    settings: IngestSettings, what: str, url: str | None = None, wait: float = 1.0, announce: Announce | None = None
) -> Iterator[DataFolder]:
    """Owns the data folder while the context lasts. `what` names the command, `url` where a service answers.

    Raises: FolderBusy after `wait` seconds, NewerFolder, StorageError, EmbedderError.
    """
    path = settings.folder
    ownership = Ownership(path)
    with ExitStack() as stack:
        ownership.acquire(what, url, wait)
        stack.callback(ownership.release)
        catalog = Catalog(path)
        stack.callback(catalog.close)
        embedder = load_embedder(settings.embedder, settings.cache.expanduser(), announce, settings.embedder_variant)
        bounds = Bounds(settings.extract_seconds, settings.extract_memory * 1_000_000)
        yield DataFolder(path, catalog, embedder, ownership.interrupted, bounds)


@contextmanager
def open_corpus(
    settings: IngestSettings, what: str, url: str | None = None, wait: float = 1.0, announce: Announce | None = None
) -> Iterator[Corpus]:
    """The corpus of an owned data folder; see `open_folder` and `DataFolder.corpus`."""
    with open_folder(settings, what, url, wait, announce) as folder, folder.corpus(announce) as corpus:
        yield corpus
