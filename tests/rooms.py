"""What tests of the corpus room are made of: articles to order, and a corpus with its parts laid open."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from ingest.catalog import Catalog
from ingest.corpus import Corpus
from ingest.documents import Document
from ingest.embedder import Embedder, Stamp, Vectors
from ingest.filters import Filters
from ingest.health import Health, check
from ingest.hints import Hints
from ingest.rebuild import open_vectors
from ingest.settings import IngestSettings
from ingest.vectors import VectorIndex
from ingest.wiring import catalog_of, indexes_of

_WORDS = (
    *("minister", "treaty", "border", "river", "harvest", "price", "ballot", "army", "railway", "mine", "court"),
    *("strike", "budget", "harbour", "flood", "drought", "school", "union", "bank", "loan", "embargo", "pipeline"),
    *("summit", "envoy", "village", "capital", "province", "market", "winter", "bridge", "vaccine", "senate"),
    *("reform", "protest", "airport", "refinery", "tariff", "currency", "census", "satellite", "forest", "reactor"),
    *("convoy", "archive", "festival", "glacier"),
)
_VERBS = (
    *("signed", "delayed", "praised", "rejected", "closed", "inspected", "repaired", "visited", "funded"),
    *("measured", "questioned", "reopened"),
)


def telling(seed: int, sentences: int = 6) -> str:
    """News of no meaning: the same for one seed, unlike any other seed's."""
    chance = random.Random(seed)
    return " ".join(_sentence(chance) for _ in range(sentences))


def _sentence(chance: random.Random) -> str:
    subject, *others = chance.sample(_WORDS, 6)
    number = chance.randint(2, 999)
    return (
        f"The {subject} {chance.choice(_VERBS)} the {others[0]} near the {others[1]} after {number} days, "
        f"while the {others[2]} {chance.choice(_VERBS)} the {others[3]} and the {others[4]}."
    )


def document(
    text: str,
    origin: str = "/articles/a.txt",
    *,
    title: str = "A plain title",
    url: str | None = None,
    source: str | None = None,
    author: str | None = None,
    published: date | None = None,
) -> Document:
    """A plain-text document as a source hands it over."""
    return Document(origin, "text", text.encode(), Hints(title, url, source, author, published))


def documents(count: int, sentences: int = 6, first: int = 0) -> list[Document]:
    """So many different articles, each with an origin and a title of its own."""
    return [
        document(telling(seed, sentences), f"/articles/{seed}.txt", title=f"Report number {seed}")
        for seed in range(first, first + count)
    ]


class WordEmbedder:
    """A quick embedder of no weights: a text is the sum of one fixed random vector a word."""

    variant = "words"

    def __init__(self, dimension: int = 24, seed: int = 0) -> None:
        self.stamp = Stamp(f"words-{seed}", "1", dimension, f"{seed:064d}")
        self._seed = seed
        self._words: dict[str, Vectors] = {}

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        vectors = np.stack([self.encode_query(text) for text in texts])
        if progress:
            progress(len(texts))
        return vectors

    def encode_query(self, text: str) -> Vectors:
        vector = np.sum([self._word(word) for word in ["", *text.casefold().split()]], axis=0)
        unit: Vectors = vector / np.linalg.norm(vector)
        return unit

    def _word(self, word: str) -> Vectors:
        if word not in self._words:
            chance = np.random.default_rng([self._seed, zlib.crc32(word.encode("utf-8", "surrogatepass"))])
            self._words[word] = chance.standard_normal(self.stamp.dimension).astype(np.float32)
        return self._words[word]


class CountingEmbedder:
    """An embedder that counts the texts it encodes; `before` is called ahead of every batch."""

    variant = "counting"

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self.encoded = 0
        self.before: Callable[[], None] = lambda: None

    @property
    def stamp(self) -> Stamp:
        return self._inner.stamp

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._inner.count_tokens(texts)

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        self.before()
        self.encoded += len(texts)
        return self._inner.encode(texts, progress)

    def encode_query(self, text: str) -> Vectors:
        return self._inner.encode_query(text)


@dataclass(frozen=True, slots=True)
class Room:
    """The parts of one open data folder, or of what servers keep in its place."""

    path: Path
    catalog: Catalog
    vectors: VectorIndex
    corpus: Corpus
    embedder: CountingEmbedder

    def statuses(self, *given: Document) -> list[str]:
        """What became of each document."""
        return [outcome.status for outcome in self.corpus.add(given)]

    def add(self, given: Document) -> str:
        """Ingests one document; the id of its article."""
        (outcome,) = self.corpus.add([given])
        assert outcome.article_id is not None, outcome
        return outcome.article_id

    def found(self, question: str, filters: Filters | None = None) -> tuple[set[str], set[str]]:
        """The articles that text search and vector search find, each up to 50 passages."""
        wanted = filters or Filters()
        by_text = self.corpus.search_text(question, wanted, 50)
        by_vector = self.corpus.search_vectors(self.embedder.encode_query(question), wanted, 50)
        return (_articles(by_text), _articles(by_vector))

    def check(self) -> Health:
        """What `dossier check` would find."""
        return check(self.catalog, self.vectors, self.embedder)


@contextmanager
def open_room(place: Path | IngestSettings, embedder: Embedder) -> Iterator[Room]:
    """The parts of the data folder at a path, which is made when it is missing, or of what the settings name."""
    settings = IngestSettings(data=place) if isinstance(place, Path) else place
    settings.data.mkdir(parents=True, exist_ok=True)
    catalog = catalog_of(settings)
    counting = CountingEmbedder(embedder)
    try:
        with closing(indexes_of(settings, catalog)) as indexes:
            vectors = open_vectors(indexes, catalog, embedder.stamp)
            try:
                yield Room(settings.data, catalog, vectors, Corpus(catalog, vectors, counting), counting)
            finally:
                vectors.close()
    finally:
        catalog.close()


def _articles(hits: Sequence[tuple[str, float]]) -> set[str]:
    return {passage_id.partition(":")[0] for passage_id, _ in hits}
