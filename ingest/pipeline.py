"""From documents to searchable passages.

One thread reads, has documents prepared and admits them in their order (the catalog is the queue: what is admitted is
safe), the caller's thread has passages embedded, a third stores vectors and publishes. Who prepares and embeds is a
matter of `ingest.workers`; only this process writes. Killed at any point, the next run finishes what was admitted.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from time import monotonic

from ingest.catalog import Catalog
from ingest.documents import Document, Failure
from ingest.embedder import Embedder, Vectors
from ingest.errors import ClusterError, DataFolderError, DossierError
from ingest.extract import extract
from ingest.passages import embedding_text
from ingest.records import Outcome
from ingest.rows import Stored
from ingest.vectors import VectorIndex
from ingest.workers import Extract, LocalWorkers, Prepared, Workers, unreadable

MAX_WRITES = 2
LINGER_SECONDS = 0.2
"""So long the first article of a batch waits for others: vectors that are stored together share transactions."""
AHEAD_BYTES = 64 * 2**20
"""Of documents that are prepared ahead; a larger one goes alone."""


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


class Pipeline:
    """Ingests documents into one corpus, one run at a time whoever runs it."""

    def __init__(self, catalog: Catalog, vectors: VectorIndex, embedder: Embedder, extract: Extract = extract) -> None:
        self._catalog = catalog
        self._vectors = vectors
        self._embedder = embedder
        self._extract = extract

    def run(
        self,
        documents: Iterable[Document | Failure],
        on_progress: OnProgress | None = None,
        on_outcome: OnOutcome | None = None,
        workers: Workers | None = None,
    ) -> Report:
        """Ingests the documents, after finishing what an earlier run left. A bad document is an outcome, no error.
        `workers` do the heavy work, by default this process itself.

        Raises: StorageError when the disk is full or damaged, EmbedderError and ClusterError when nobody can embed;
        what was published stays, the rest is finished by the next run.
        """
        with self._catalog.alone():
            workers = workers or LocalWorkers(self._embedder, self._extract)
            return _Run(self._catalog, self._vectors, workers, on_progress, on_outcome).of(documents)


@dataclass(frozen=True, slots=True)
class _InHand:
    """A document on its way; `wait` is None while nobody was asked to prepare it."""

    document: Document
    fingerprint: str
    wait: Callable[[], Prepared] | None


@dataclass(frozen=True, slots=True)
class _Admitted:
    """An article that waits to be embedded, and how many passages it has."""

    id: str
    passages: int


class _Run:
    def __init__(
        self,
        catalog: Catalog,
        vectors: VectorIndex,
        workers: Workers,
        on_progress: OnProgress | None,
        on_outcome: OnOutcome | None,
    ) -> None:
        self._catalog = catalog
        self._vectors = vectors
        self._workers = workers
        self._on_progress = on_progress
        self._on_outcome = on_outcome
        self._admitted: SimpleQueue[_Admitted | None] = SimpleQueue()
        self._report = Report()
        self._stopped = threading.Event()
        self._read = 0
        self._known = 0
        self._reading = True
        self._broken: BaseException | None = None

    def of(self, documents: Iterable[Document | Failure]) -> Report:
        began = monotonic()
        sweep(self._catalog, self._vectors)
        for article_id, count in self._catalog.waiting():
            self._admitted.put(_Admitted(article_id, count))
            self._known += count
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
            for item in self._in_hand(documents):
                if self._stopped.is_set():
                    return
                self._note(_failed(item.origin, item.error) if isinstance(item, Failure) else self._outcome(item))
        except BaseException as error:  # noqa: BLE001 - carried to the caller's thread, which raises it
            self._broken = error
        finally:
            self._reading = False
            self._admitted.put(None)

    def _in_hand(self, documents: Iterable[Document | Failure]) -> Iterator[_InHand | Failure]:
        """The documents in their order, with as many of the next ones under way as the workers can do with."""
        waiting: deque[_InHand | Failure] = deque()
        try:
            for document in documents:
                waiting.append(document if isinstance(document, Failure) else self._begun(document))
                while self._enough(waiting):
                    yield waiting.popleft()
        except Exception:
            yield from waiting  # a source that breaks off loses nothing of what it gave
            raise
        yield from waiting

    def _enough(self, waiting: Collection[_InHand | Failure]) -> bool:
        size = sum(len(item.document.data) for item in waiting if isinstance(item, _InHand))
        return len(waiting) > self._workers.ahead or (len(waiting) > 1 and size > AHEAD_BYTES)

    def _begun(self, document: Document) -> _InHand:
        fingerprint = document.fingerprint
        # What comes before it is not admitted yet: whether it was seen is asked again when its turn comes.
        known = self._workers.ahead and self._catalog.seen(document.origin, fingerprint)
        return _InHand(document, fingerprint, None if known else self._workers.prepare(document))

    def _note(self, outcome: Outcome) -> None:
        self._read += 1
        self._report.add(outcome)
        if self._on_outcome:
            self._on_outcome(outcome)
        self._tell()

    def _outcome(self, item: _InHand) -> Outcome:
        origin = item.document.origin
        known = self._catalog.seen(origin, item.fingerprint)
        if known:
            return Outcome(origin, "unchanged", known)
        try:
            return self._admit(item)
        except (DataFolderError, ClusterError):
            raise
        except Exception as error:  # noqa: BLE001 - a parser's surprise about one document must not stop the others
            return _failed(origin, unreadable(error))

    def _admit(self, item: _InHand) -> Outcome:
        wait = item.wait or self._workers.prepare(item.document)
        prepared = wait()
        admission = self._catalog.admit(prepared.article, prepared.passages, prepared.signature, item.fingerprint)
        if admission.pending:
            self._known += len(prepared.passages)
            self._admitted.put(_Admitted(admission.article_id, len(prepared.passages)))
        return Outcome(item.document.origin, admission.status, admission.article_id, notes=prepared.notes)

    # The caller's thread

    def _embed_all(self) -> None:
        with ThreadPoolExecutor(1, thread_name_prefix="dossier-writer") as writer:
            try:
                self._embed_with(writer)
            except BaseException:
                self._workers.stop()  # or whoever waits for them would keep this thread from ending
                raise

    def _embed_with(self, writer: ThreadPoolExecutor) -> None:
        writes: list[Future[None]] = []
        for batch in self._batches():
            texts = [embedding_text(stored.article, stored.passage) for stored in batch]
            vectors = self._workers.encode(texts, self._embedded)
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
        """Whether more may come."""
        ids: dict[str, None] = {}
        passages, until, more = 0, None, True
        while passages < self._workers.batch:
            try:
                admitted = self._admitted.get(timeout=None if until is None else max(0.0, until - monotonic()))
            except Empty:
                break
            if admitted is None:
                more = False
                break
            until = until or monotonic() + LINGER_SECONDS
            ids[admitted.id] = None
            passages += admitted.passages
        # Looked up last: what was overtaken and came back meanwhile is there again, and what was overtaken is not.
        batch += self._catalog.of_articles(list(ids))
        return more

    def _tell(self) -> None:
        if self._on_progress:
            self._on_progress(Progress(self._read, self._known, self._report.passages, self._reading))

    # The writing thread

    def _publish(self, batch: list[Stored], vectors: Callable[[], Vectors]) -> None:
        self._vectors.upsert([(stored.passage.id, stored.article) for stored in batch], vectors())
        self._catalog.publish(*dict.fromkeys(stored.passage.article_id for stored in batch))
        self._catalog.disown([stored.passage.id for stored in batch])


def sweep(catalog: Catalog, vectors: VectorIndex) -> None:
    """Deletes the vectors of passages that the catalog no longer has."""
    while stale := catalog.stale():
        vectors.delete(stale)
        catalog.forget_stale(stale)


def _failed(origin: str, error: DossierError) -> Outcome:
    return Outcome(origin, "failed", reason=str(error))
