"""Proves that catalog, full text and vectors agree, and mends what does not. The catalog is the truth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ingest.catalog import Catalog
from ingest.embedder import Embedder
from ingest.filters import Filters
from ingest.passages import embedding_text
from ingest.pipeline import Pipeline, sweep
from ingest.rows import Stored
from ingest.vectors import VectorIndex

SAMPLE = 32
SAME_VECTOR = 0.98
"""Least cosine of a stored vector to a new encoding of its passage; numeric variants of one model stay above it."""
ARTICLES_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that does not agree, and whether `repair` can mend it."""

    what: str
    repairable: bool = True


@dataclass(frozen=True, slots=True)
class Health:
    """What a check found. `articles` and `passages` are the live ones."""

    articles: int
    passages: int
    problems: Sequence[Problem]


def check(catalog: Catalog, vectors: VectorIndex, embedder: Embedder) -> Health:
    """Compares everything that should agree; changes nothing."""
    live = catalog.live_ids()
    articles = catalog.live_articles()
    problems = [
        *(Problem(f"catalog: {line}", repairable=False) for line in catalog.database.integrity()),
        *_counted("catalog: {} admitted but not yet searchable", catalog.pending(), "article"),
        *_counted("vectors: {} of removed or replaced passages still to delete", catalog.stale(), "vector"),
        *_altered(catalog, articles),
        *_full_text_problems(catalog),
        *_vector_problems(catalog, vectors, embedder, live),
    ]
    return Health(len(articles), len(live), problems)


def repair(catalog: Catalog, vectors: VectorIndex, embedder: Embedder) -> None:
    """Mends full text and vectors from the catalog, and finishes what was admitted."""
    live = catalog.live_ids()
    there = set(vectors.ids())
    if any(catalog.full_text_gaps()):
        catalog.reindex()
    sweep(catalog, vectors)
    extra = there.difference(live, _pending_passages(catalog))
    vectors.delete(sorted(extra))
    wrong = _wrong_vectors(catalog, vectors, embedder, [found for found in live if found in there])
    # One wrong vector in the sample means that any of the others may be wrong too.
    missing = live if wrong else [passage_id for passage_id in live if passage_id not in there]
    for start in range(0, len(missing), ARTICLES_AT_ONCE):
        found = list(catalog.live(missing[start : start + ARTICLES_AT_ONCE]).values())
        encoded = embedder.encode([embedding_text(stored.article, stored.passage) for stored in found])
        vectors.upsert([(stored.passage.id, stored.article) for stored in found], encoded)
    Pipeline(catalog, vectors, embedder).run([])


def _altered(catalog: Catalog, articles: Sequence[str]) -> Iterable[Problem]:
    for start in range(0, len(articles), ARTICLES_AT_ONCE):
        chunk = articles[start : start + ARTICLES_AT_ONCE]
        found = catalog.of_articles(chunk)
        seen: set[str] = set()
        for stored in found:
            article_id = stored.passage.article_id
            if article_id in seen:
                continue
            seen.add(article_id)
            if stored.article.id != article_id:
                yield Problem(f"catalog: article {article_id} was altered; remove it and ingest it again", False)
        yield from (
            Problem(f"catalog: article {article_id} has no passage; remove it and ingest it again", False)
            for article_id in chunk
            if article_id not in seen
        )
        yield from _misplaced(found)


def _misplaced(found: Iterable[Stored]) -> Iterable[Problem]:
    for stored in found:
        text, span, place = stored.article.text, stored.passage.span, stored.passage.span.start
        for sentence in stored.passage.sentences:
            if not place <= sentence.start < sentence.end <= span.end or text[place : sentence.start].strip():
                yield Problem(f"catalog: passage {stored.passage.id} does not fit its article", False)
                break
            place = sentence.end


def _full_text_problems(catalog: Catalog) -> Iterable[Problem]:
    missing, extra, differing = catalog.full_text_gaps()
    if missing:
        yield Problem(f"full text: {_plural(missing, 'passage')} missing")
    if extra:
        yield Problem(f"full text: {_plural(extra, 'passage')} too many")
    if differing:
        yield Problem(f"full text: {_plural(differing, 'passage')} not as in the article")


def _vector_problems(
    catalog: Catalog, vectors: VectorIndex, embedder: Embedder, live: Sequence[str]
) -> Iterable[Problem]:
    there = set(vectors.ids())
    yield from _counted("vectors: {} missing", [found for found in live if found not in there], "passage")
    extra = there.difference(live, _pending_passages(catalog), catalog.stale(limit=10**9))
    yield from _counted("vectors: {} too many", sorted(extra), "passage")
    wrong = _wrong_vectors(catalog, vectors, embedder, [found for found in live if found in there])
    yield from _counted("vectors: {} of a sample differ from their text", wrong, "vector")


def _pending_passages(catalog: Catalog) -> set[str]:
    return {stored.passage.id for stored in catalog.of_articles(catalog.pending())}


def _wrong_vectors(catalog: Catalog, vectors: VectorIndex, embedder: Embedder, passage_ids: Sequence[str]) -> list[str]:
    """Ids whose stored vector is not what the embedder gives, in a sample spread evenly over the index."""
    sample = passage_ids[:: max(1, len(passage_ids) // SAMPLE)]
    stored = catalog.live(sample)
    if not stored:
        return []
    expected = embedder.encode([embedding_text(found.article, found.passage) for found in stored.values()])
    vectors.search(expected[0], Filters(), limit=1)  # a damaged graph shows itself only when it is searched
    kept = vectors.get(list(stored))
    cosines = {
        passage_id: float(np.dot(kept[passage_id], vector)) if passage_id in kept else 0.0
        for passage_id, vector in zip(stored, expected, strict=True)
    }
    return [passage_id for passage_id, cosine in cosines.items() if cosine < SAME_VECTOR]


def _counted(sentence: str, found: Sequence[str], noun: str) -> Iterable[Problem]:
    if found:
        yield Problem(sentence.format(_plural(len(found), noun)))


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
