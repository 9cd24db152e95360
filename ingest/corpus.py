"""All articles, and the way to search them: the one door to this room for the answer's side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from ingest.article import Article
from ingest.catalog import Catalog
from ingest.documents import Document, Failure
from ingest.embedder import Embedder, Vectors
from ingest.extract import extract
from ingest.filters import Filters
from ingest.pipeline import OnOutcome, OnProgress, Pipeline, Report, sweep
from ingest.records import ArticleRecord, Outcome, Outline
from ingest.rows import Stored
from ingest.vectors import VectorIndex
from ingest.workers import Extract, Workers

Hits = list[tuple[str, float]]


class Corpus:
    """The corpus in one data folder. Safe to use from several threads; it is a `Library` too."""

    def __init__(self, catalog: Catalog, vectors: VectorIndex, embedder: Embedder, extract: Extract = extract) -> None:
        self._catalog = catalog
        self._vectors = vectors
        self._pipeline = Pipeline(catalog, vectors, embedder, extract)
        self.embedder = embedder

    # Searching

    def search_text(self, question: str, filters: Filters, limit: int) -> Hits:
        """Passages by bm25 over title, heading and text: (id, score), greatest first."""
        return self._catalog.search(question, self._catalog.resolve(filters), limit)

    def search_vectors(self, vector: Vectors, filters: Filters, limit: int) -> Hits:
        """Passages by cosine to a unit vector: (id, similarity), greatest first. Some may not be live any more."""
        return self._vectors.search(vector, self._catalog.resolve(filters), limit)

    def published(self, passage_ids: Sequence[str]) -> Mapping[str, date | None]:
        """See `Shelf.published`."""
        return self._catalog.published(passage_ids)

    def live(self, passage_ids: Sequence[str]) -> Mapping[str, Stored]:
        """Those of the passages that may be shown, by id."""
        return self._catalog.live(passage_ids)

    def text_of(self, article_id: str) -> Article | None:
        """Any kept version of an article, old ones too."""
        return self._catalog.article(article_id)

    def passages(self) -> int:
        """How many there are to answer from."""
        return self._catalog.passage_count("live")

    def outline(self) -> Outline:
        """Of what sources and what time the articles are that may answer."""
        return self._catalog.outline()

    def reach(self) -> None:
        """Raises: StorageError when it cannot be searched now, such as when a server is away."""
        self._catalog.generation()
        self._vectors.reach()

    def generation(self) -> str:
        """Another one whenever what may answer has changed."""
        return self._catalog.generation()

    # The library

    def articles(self, offset: int, limit: int, query: str | None = None) -> list[ArticleRecord]:
        """See `Library`."""
        return self._catalog.records(offset, limit, query)

    def count(self) -> int:
        """See `Library`."""
        return self._catalog.count()

    def article(self, article_id: str) -> ArticleRecord | None:
        """See `Library`."""
        return self._catalog.record(article_id)

    def versions(self, article_id: str) -> list[ArticleRecord]:
        """See `Library`."""
        return self._catalog.versions(article_id)

    def remove(self, article_id: str) -> bool:
        """See `Library`."""
        removed = self._catalog.remove(article_id)
        with self._catalog.alone(wait=False) as mine:
            if mine:  # whoever else is at it sweeps in the end
                sweep(self._catalog, self._vectors)
        return removed

    def add(self, documents: Sequence[Document | Failure]) -> list[Outcome]:
        """See `Library`."""
        outcomes: list[Outcome] = []
        self._pipeline.run(documents, on_outcome=outcomes.append)
        return outcomes

    def ingest(
        self,
        documents: Iterable[Document | Failure],
        progress: OnProgress | None = None,
        outcome: OnOutcome | None = None,
        workers: Workers | None = None,
    ) -> Report:
        """Ingests any number of documents; see `Pipeline.run`."""
        return self._pipeline.run(documents, progress, outcome, workers)
