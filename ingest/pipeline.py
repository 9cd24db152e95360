"""From documents to searchable passages.

One thread reads, extracts and admits (the catalog is the queue: what is admitted is safe), the caller's thread
embeds, a third stores vectors and publishes. Killed at any point, the next run finishes what was admitted.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from time import monotonic

from ingest import stories
from ingest.catalog import Catalog
from ingest.documents import Document, Extracted, Failure
from ingest.embedder import Embedder, Vectors
from ingest.errors import DataFolderError, DossierError, ExtractError
from ingest.extract import extract
from ingest.passages import embedding_text, passages
from ingest.records import Outcome
from ingest.rows import Stored
from ingest.vectors import VectorIndex

BATCH_PASSAGES = 768
MAX_WRITES = 2


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: documents read so far, passages searchable of those known of so far.

    `reading` turns false once no further document will come, from when `passages` is the final number.
    """

    documents: int
    passages: int
    done: int
    reading: bool


@dataclass(slots=True)
class Report:
    """What a run did. `failures` and `notes` hold the outcomes that a person should see."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: list[Outcome] = field(default_factory=list)
    notes: list[Outcome] = field(default_factory=list)
    passages: int = 0
    seconds: float = 0.0

    def add(self, outcome: Outcome) -> None:
        """Counts an outcome."""
        self.counts[outcome.status] += 1
        if outcome.status == "failed":
            self.failures.append(outcome)
        elif outcome.notes:
            self.notes.append(outcome)


OnProgress = Callable[[Progress], None]
OnOutcome = Callable[[Outcome], None]
Extract = Callable[[Document], Extracted]
"""See `ingest.extract.extract`."""


class Pipeline:
    """Ingests documents into one data folder, one run at a time."""

    def __init__(self, catalog: Catalog, vectors: VectorIndex, embedder: Embedder, extract: Extract = extract) -> None:
        self._catalog = catalog
        self._vectors = vectors
        self._embedder = embedder
        self._extract = extract
        self._running = threading.Lock()

    def run(
        self,
        documents: Iterable[Document | Failure],
        on_progress: OnProgress | None = None,
        on_outcome: OnOutcome | None = None,
    ) -> Report:
        """Ingests the documents, after finishing what an earlier run left. A bad document is an outcome, no error.

        Raises: StorageError when the disk is full or damaged; what was published stays, the rest is finished by the
        next run.
        """
        with self._running:
            run = _Run(self._catalog, self._vectors, self._embedder, self._extract, on_progress, on_outcome)
            return run.of(documents)


class _Run:
    def __init__(
        self,
        catalog: Catalog,
        vectors: VectorIndex,
        embedder: Embedder,
        extract: Extract,
        on_progress: OnProgress | None,
        on_outcome: OnOutcome | None,
    ) -> None:
        self._catalog = catalog
        self._vectors = vectors
        self._embedder = embedder
        self._extract = extract
        self._on_progress = on_progress
        self._on_outcome = on_outcome
        self._admitted: SimpleQueue[str | None] = SimpleQueue()
        self._report = Report()
        self._stopped = threading.Event()
        self._read = 0
        self._known = 0
        self._reading = True
        self._broken: BaseException | None = None

    def of(self, documents: Iterable[Document | Failure]) -> Report:
        began = monotonic()
        sweep(self._catalog, self._vectors)
        for article_id in self._catalog.pending():
            self._admitted.put(article_id)
        self._known = self._catalog.passage_count("pending")
        reader = threading.Thread(target=self._read_all, args=(documents,), name="dossier-reader", daemon=True)
        reader.start()
        try:
            self._embed_all()
        finally:
            self._stopped.set()
            reader.join()
        if self._broken:
            raise self._broken
        sweep(self._catalog, self._vectors)
        self._known = self._report.passages  # versions that were overtaken while they waited were never embedded
        self._tell()
        self._report.seconds = monotonic() - began
        return self._report

    # The reading thread

    def _read_all(self, documents: Iterable[Document | Failure]) -> None:
        try:
            for document in documents:
                if self._stopped.is_set():
                    return
                self._note(self._outcome(document))
        except BaseException as error:  # noqa: BLE001 - carried to the caller's thread, which raises it
            self._broken = error
        finally:
            self._reading = False
            self._admitted.put(None)

    def _note(self, outcome: Outcome) -> None:
        self._read += 1
        self._report.add(outcome)
        if self._on_outcome:
            self._on_outcome(outcome)
        self._tell()

    def _outcome(self, document: Document | Failure) -> Outcome:
        if isinstance(document, Failure):
            return _failed(document.origin, document.error)
        fingerprint = document.fingerprint
        known = self._catalog.seen(document.origin, fingerprint)
        if known:
            return Outcome(document.origin, "unchanged", known)
        try:
            return self._admit(document, fingerprint)
        except DataFolderError:
            raise
        except DossierError as error:
            return _failed(document.origin, error)
        except Exception as error:  # noqa: BLE001 - a parser's surprise about one document must not stop the others
            reason = f"It could not be read ({type(error).__name__}: {error})."
            return _failed(document.origin, ExtractError(reason, "Save it in another format and try again."))

    def _admit(self, document: Document, fingerprint: str) -> Outcome:
        extracted = self._extract(document)
        article = extracted.article
        found = passages(article, extracted.sections, self._embedder.count_tokens)
        if not found:
            raise ExtractError("It holds no sentence of text.", "Check that the article has a body.")
        admission = self._catalog.admit(article, found, stories.signature(article.text), fingerprint)
        if admission.pending:
            self._known += len(found)
            self._admitted.put(admission.article_id)
        return Outcome(document.origin, admission.status, admission.article_id, notes=tuple(extracted.notes))

    # The caller's thread

    def _embed_all(self) -> None:
        with ThreadPoolExecutor(1, thread_name_prefix="dossier-writer") as writer:
            writes: list[Future[None]] = []
            for batch in self._batches():
                texts = [embedding_text(stored.article, stored.passage) for stored in batch]
                vectors = self._embedder.encode(texts, self._embedded)
                while len(writes) >= MAX_WRITES:
                    writes.pop(0).result()
                writes.append(writer.submit(self._publish, batch, vectors))
            for write in writes:
                write.result()

    def _embedded(self, passages: int) -> None:
        self._report.passages += passages
        self._tell()

    def _batches(self) -> Iterator[list[Stored]]:
        open_ended = True
        while open_ended:
            batch: list[Stored] = []
            open_ended = self._fill(batch)
            if batch:
                yield batch

    def _fill(self, batch: list[Stored]) -> bool:
        article_id = self._admitted.get()
        while article_id is not None:
            batch += self._catalog.of_articles([article_id])
            if len(batch) >= BATCH_PASSAGES:
                return True
            try:
                article_id = self._admitted.get_nowait()
            except Empty:
                return True
        return False

    def _tell(self) -> None:
        if self._on_progress:
            self._on_progress(Progress(self._read, self._known, self._report.passages, self._reading))

    # The writing thread

    def _publish(self, batch: list[Stored], vectors: Vectors) -> None:
        self._vectors.upsert([(stored.passage.id, stored.article) for stored in batch], vectors)
        for article_id in dict.fromkeys(stored.passage.article_id for stored in batch):
            self._catalog.publish(article_id)
        self._catalog.disown([stored.passage.id for stored in batch])


def sweep(catalog: Catalog, vectors: VectorIndex) -> None:
    """Deletes the vectors of passages that the catalog no longer has."""
    while stale := catalog.stale():
        vectors.delete(stale)
        catalog.forget_stale(stale)


def _failed(origin: str, error: DossierError) -> Outcome:
    return Outcome(origin, "failed", reason=str(error))
