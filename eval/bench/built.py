"""A corpus that a measurement asks, and what it asks."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.errors import RunError
from ingest.article import Span
from ingest.corpus import Corpus
from ingest.documents import Document, Failure
from ingest.sentences import sentences
from ingest.settings import IngestSettings, read_settings
from ingest.wiring import open_corpus

_WORDS = 9


@dataclass(frozen=True, slots=True)
class Built:
    """How much there is to ask about, and the questions."""

    articles: int
    passages: int
    questions: Sequence[str]


def build(folder: Path, documents: Iterable[Document | Failure], what: str, count: int | None = None) -> Built:
    """Ingests the documents into `folder` and draws `count` questions about them, or all there are.

    `what` names the command.

    Raises: what `corpus_questions` and `open_corpus` raise.
    """
    with open_corpus(read_settings(IngestSettings).within(folder), what) as corpus:
        passages = corpus.ingest(documents).passages
        return Built(corpus.count(), passages, corpus_questions(corpus, count))


def corpus_questions(corpus: Corpus, count: int | None = None, seed: int = 1, among: int | None = None) -> list[str]:
    """Questions in the corpus's own words: the beginnings of sentences drawn at random, of all of them where no count
    is given. No two are the same, so that none can be answered by what was kept from another. Only `among` so many
    articles are read, of all where that is None.

    Raises: RunError when the corpus has too few sentences.
    """
    records = corpus.articles(0, among or corpus.count())
    openings = list(dict.fromkeys(opening for record in records for opening in _openings(corpus, record.id)))
    if not openings:
        raise RunError("There is nothing to ask about.", "Give a file or folder of articles.")
    if len(openings) < (count or 0):
        raise RunError(f"The articles do not hold {count} different sentences.", "Give more articles, or ask less.")
    drawn = random.Random(seed).sample(openings, count or len(openings))  # noqa: S311 - reproducible, not secret
    return [f"What is known about {opening}?" for opening in drawn]


def _openings(corpus: Corpus, article_id: str) -> Sequence[str]:
    """The first words of each of an article's sentences."""
    article = corpus.text_of(article_id)
    text = article.text if article else ""
    said = [span.of(text) for span in sentences(text, Span(0, len(text)))] or [text]
    return [" ".join(each.split()[:_WORDS]).rstrip(".,;:!?")[:300] for each in said]
