"""Opens a data folder: the only place of this room where its parts are put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

from ingest.catalog import Catalog, catalog_in
from ingest.confined import USUAL_BOUNDS, Bounds, ConfinedExtractor
from ingest.corpus import Corpus
from ingest.embedder import Embedder
from ingest.embedders import open_embedder
from ingest.engines import server_url
from ingest.errors import VectorsDamaged
from ingest.health import Health, Problem, check, repair
from ingest.ownership import Ownership
from ingest.rebuild import IN_USE, name_in_use, open_vectors, rebuild
from ingest.settings import IngestSettings
from ingest.vectors import Indexes, VectorIndex

Announce = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class DataFolder:
    """An owned data folder, or what servers keep in its place, whose vector index is not open."""

    catalog: Catalog
    indexes: Indexes
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
        vectors = open_vectors(self.indexes, self.catalog, self.embedder.stamp)
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
        self.indexes.probe(name_in_use(self.indexes, self.catalog), self.embedder.stamp)

    def _agreement(self) -> Health:
        with self._vectors() as vectors:
            return check(self.catalog, vectors, self.embedder)

    def _repair(self) -> None:
        with self._vectors() as vectors:
            repair(self.catalog, vectors, self.embedder)

    def rebuild(self, progress: Callable[[int, int], None]) -> int:
        """See `ingest.rebuild.rebuild`."""
        return rebuild(self.indexes, self.catalog, self.embedder, progress)


@contextmanager
def open_folder(
    settings: IngestSettings, what: str, url: str | None = None, wait: float = 1.0, announce: Announce | None = None
) -> Iterator[DataFolder]:
    """Owns the data folder while the context lasts, if servers do not keep everything. `what` names the command, `url`
    where a service answers.

    Raises: FolderBusy after `wait` seconds, NewerFolder, StorageError, EmbedderError.
    """
    with ExitStack() as stack:
        interrupted = False
        if not settings.shared:
            ownership = Ownership(settings.folder)
            # First: whoever stops the process may do so the moment that the folder is taken.
            stack.callback(ownership.release)
            ownership.acquire(what, url, wait)
            interrupted = ownership.interrupted
        catalog = catalog_of(settings)
        stack.callback(catalog.close)
        indexes = indexes_of(settings, catalog)
        stack.callback(indexes.close)
        embedder = open_embedder(settings, announce)
        bounds = Bounds(settings.extract_seconds, settings.extract_memory * 1_000_000)
        yield DataFolder(catalog, indexes, embedder, interrupted, bounds)


def catalog_of(settings: IngestSettings) -> Catalog:
    """The catalog of the data folder, which must exist and be owned, or of the database server."""
    if settings.database_url is None:
        return catalog_in(settings.folder)
    return Catalog(server_url(settings.database_url.get_secret_value()))


def indexes_of(settings: IngestSettings, catalog: Catalog) -> Indexes:
    """Where its vector indexes are."""
    if settings.chroma_url is None:
        from ingest.vectors.folders import Folders

        return Folders(settings.folder)
    from ingest.vectors.server import ChromaServer, Server

    token = settings.chroma_token.get_secret_value() if settings.chroma_token else None
    server = Server(settings.chroma_url, settings.chroma_tenant, settings.chroma_database, token)
    return ChromaServer(server, lambda: catalog.fact(IN_USE))


@contextmanager
def open_corpus(
    settings: IngestSettings, what: str, url: str | None = None, wait: float = 1.0, announce: Announce | None = None
) -> Iterator[Corpus]:
    """The corpus of an owned data folder; see `open_folder` and `DataFolder.corpus`."""
    with open_folder(settings, what, url, wait, announce) as folder, folder.corpus(announce) as corpus:
        yield corpus
