"""Opens a data folder: the only place of this room where its parts are put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ingest.catalog import Catalog
from ingest.corpus import Corpus
from ingest.embedder import Embedder
from ingest.embedding import load_embedder
from ingest.health import Health, check, repair
from ingest.ownership import Ownership
from ingest.rebuild import open_vectors, rebuild
from ingest.settings import IngestSettings

Announce = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class DataFolder:
    """An owned data folder whose vector index is not open."""

    path: Path
    catalog: Catalog
    embedder: Embedder

    @contextmanager
    def corpus(self) -> Iterator[Corpus]:
        """The corpus, with the vector index in use.

        Raises: IndexMismatch, StorageError.
        """
        vectors = open_vectors(self.path, self.catalog, self.embedder.stamp)
        try:
            yield Corpus(self.catalog, vectors, self.embedder)
        finally:
            vectors.close()

    def check(self, mend: bool) -> Health:
        """What does not agree; with `mend`, what still does not after repair."""
        vectors = open_vectors(self.path, self.catalog, self.embedder.stamp)
        try:
            if mend:
                repair(self.catalog, vectors, self.embedder)
            return check(self.catalog, vectors, self.embedder)
        finally:
            vectors.close()

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
    path = settings.data.expanduser().resolve()
    ownership = Ownership(path)
    with ExitStack() as stack:
        ownership.acquire(what, url, wait)
        stack.callback(ownership.release)
        catalog = Catalog(path)
        stack.callback(catalog.close)
        yield DataFolder(path, catalog, load_embedder(settings.embedder, settings.cache.expanduser(), announce))


@contextmanager
def open_corpus(
    settings: IngestSettings, what: str, url: str | None = None, wait: float = 1.0, announce: Announce | None = None
) -> Iterator[Corpus]:
    """The corpus of an owned data folder; see `open_folder` and `DataFolder.corpus`."""
    with open_folder(settings, what, url, wait, announce) as folder, folder.corpus() as corpus:
        yield corpus
