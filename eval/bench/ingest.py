"""How much of the embedder's bare speed the ingest pipeline keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from eval.errors import RunError
from ingest.corpus import Corpus
from ingest.documents import Document, Failure
from ingest.embedder import Embedder
from ingest.errors import SourceError
from ingest.extract import extract
from ingest.passages import embedding_text, passages
from ingest.settings import IngestSettings, read_settings
from ingest.wiring import open_corpus

ROUNDS = 3
TARGET = 0.9
WARM_UP = 64

Documents = Callable[[], Iterable[Document | Failure]]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Round:
    """Passages a second of one round: the pipeline into a fresh folder, and the bare loop beside it."""

    pipeline: float
    bare: float

    @property
    def ratio(self) -> float:
        """1 when the pipeline costs nothing beside the embedding."""
        return self.pipeline / self.bare


@dataclass(frozen=True, slots=True)
class IngestSpeed:
    """Rounds over the same passages, the two sides taking turns at going first."""

    articles: int
    passages: int
    embedder: str
    variant: str
    rounds: Sequence[Round]

    @property
    def pipeline(self) -> float:
        """Passages a second, median of the rounds."""
        return median(each.pipeline for each in self.rounds)

    @property
    def bare(self) -> float:
        """Passages a second, median of the rounds."""
        return median(each.bare for each in self.rounds)

    @property
    def ratio(self) -> float:
        """Median of the rounds' ratios: the two sides of a round met the same machine."""
        return median(each.ratio for each in self.rounds)

    def summary(self) -> dict[str, Any]:
        """What a machine reads."""
        return asdict(self) | {
            "pipeline": self.pipeline,
            "bare": self.bare,
            "ratio": self.ratio,
            "target": TARGET,
        }


def measure_ingest(documents: Documents, rounds: int = ROUNDS, progress: Progress | None = None) -> IngestSpeed:
    """Times both sides over all of `documents`, which the pipeline reads anew each round.

    Raises: RunError when nothing can be ingested, and what `open_corpus` raises.
    """
    done: list[Round] = []
    texts: list[str] = []
    with _fresh_corpus() as corpus:  # what is loaded at first use
        corpus.ingest(islice(documents(), 2))
    for number in range(rounds):
        with _fresh_corpus() as corpus:
            embedder = corpus.embedder
            texts = texts or embedded_texts(documents(), embedder)
            embedder.encode(texts[:WARM_UP])
            done.append(_round(corpus, documents, texts, bare_first=number % 2 == 1))
            articles = corpus.count()
        if progress:
            progress(1)
    variant = embedder.variant
    return IngestSpeed(articles, len(texts), str(embedder.stamp), variant, tuple(done))


def embedded_texts(documents: Iterable[Document | Failure], embedder: Embedder) -> list[str]:
    """What the pipeline embeds of the documents: each article once. Raises: RunError when that is nothing."""
    articles: dict[str, list[str]] = {}
    for document in documents:
        if isinstance(document, Failure):
            continue
        try:
            extracted = extract(document)
        except SourceError:
            continue
        article = extracted.article
        found = passages(article, extracted.sections, embedder.count_tokens)
        articles[article.id] = [embedding_text(article, passage) for passage in found]
    texts = [text for article in articles.values() for text in article]
    if not texts:
        raise RunError("There is nothing to ingest.", "Give a file or folder of articles.")
    return texts


@contextmanager
def _fresh_corpus() -> Iterator[Corpus]:
    with (
        TemporaryDirectory(prefix="dossier-bench-") as folder,
        open_corpus(read_settings(IngestSettings).within(Path(folder)), "dossier bench ingest") as corpus,
    ):
        yield corpus


def _round(corpus: Corpus, documents: Documents, texts: Sequence[str], bare_first: bool) -> Round:
    if bare_first:
        bare = _bare(corpus.embedder, texts)
        return Round(_pipeline(corpus, documents), bare)
    return Round(_pipeline(corpus, documents), _bare(corpus.embedder, texts))


def _pipeline(corpus: Corpus, documents: Documents) -> float:
    """Passages a second from the unread documents to the last searchable passage."""
    began = perf_counter()
    return corpus.ingest(documents()).passages / (perf_counter() - began)


def _bare(embedder: Embedder, texts: Sequence[str]) -> float:
    """Passages a second of the embedder alone, over everything at once, so that batches sort best."""
    began = perf_counter()
    embedder.encode(texts)
    return len(texts) / (perf_counter() - began)
