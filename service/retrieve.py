"""Hybrid retrieval: full text and vectors, fused by rank, at most a few passages a story."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import exp

from ingest.corpus import Corpus
from ingest.filters import Filters
from ingest.rows import Stored
from service.evidence import Evidence

RANK_CONSTANT = 60
"""k of reciprocal rank fusion, as in Cormack, Clarke and Büttcher (SIGIR 2009)."""
CANDIDATES = 60
PASSAGES = 10
PER_STORY = 3
AT_ONCE = 20
FRESH, FADING = 0.3, 30.0
"""What an article of today gains, and the days in which that falls to a third: an exponential prior on time (Li and
Croft, CIKM 2003). In an archive, where nothing is new, nothing is raised."""
RETOLD = 0.6
"""Share of common words from which two passages of one story say the same."""


@dataclass(frozen=True, slots=True)
class HybridRetriever:
    """Finds passages of a corpus, at most `limit`; `service.runnable` makes a LangChain retriever of it."""

    corpus: Corpus
    filters: Filters = field(default_factory=Filters)
    limit: int = PASSAGES
    per_story: int = PER_STORY

    def retrieve(self, question: str, filters: Filters | None = None, today: date | None = None) -> list[Evidence]:
        """The best passages for a question asked on a day, by default this one, best first; `filters` replace the
        retriever's own."""
        scores = self._scores(question, self.filters if filters is None else filters, today)
        chosen = _one_telling(self._loaded(_by_score(scores)), self.per_story, self.limit)
        return [Evidence(each.article, each.passage, each.story, scores[each.passage.id]) for each in chosen]

    def ranked(
        self, question: str, wanted: Filters, today: date | None = None
    ) -> tuple[list[Stored], Mapping[str, float]]:
        """Every candidate, best first, before tellings of one story are thinned; and the fused scores by passage id."""
        scores = self._scores(question, wanted, today)
        return list(self._loaded(_by_score(scores))), scores

    def by_words(self, question: str, wanted: Filters) -> list[str]:
        """Ids of passages, as full text ranks them."""
        return [passage_id for passage_id, _ in self.corpus.search_text(question, wanted, CANDIDATES)]

    def by_meaning(self, question: str, wanted: Filters) -> list[str]:
        """Ids of passages, as vectors rank them."""
        vector = self.corpus.embedder.encode_query(question)
        return [passage_id for passage_id, _ in self.corpus.search_vectors(vector, wanted, CANDIDATES)]

    def _scores(self, question: str, wanted: Filters, today: date | None) -> dict[str, float]:
        fused = fuse([self.by_words(question, wanted), self.by_meaning(question, wanted)])
        published = self.corpus.published(list(fused))
        return freshened({each: fused[each] for each in published}, published, today or date.today())

    def _loaded(self, passage_ids: Sequence[str]) -> Iterator[Stored]:
        """The passages, a few at a time: texts of articles are long, and the first passages are often enough."""
        for start in range(0, len(passage_ids), AT_ONCE):
            chunk = passage_ids[start : start + AT_ONCE]
            stored = self.corpus.live(chunk)
            yield from (stored[passage_id] for passage_id in chunk if passage_id in stored)


def fuse(rankings: Sequence[Sequence[str]]) -> dict[str, float]:
    """Reciprocal rank fusion: the sum over rankings of 1 / (k + rank)."""
    scores: defaultdict[str, float] = defaultdict(float)
    for ranking in rankings:
        for rank, passage_id in enumerate(ranking, start=1):
            scores[passage_id] += 1.0 / (RANK_CONSTANT + rank)
    return dict(scores)


def freshened(scores: Mapping[str, float], published: Mapping[str, date | None], today: date) -> dict[str, float]:
    """The scores, raised the more the newer a passage is; undated ones are not."""
    return {id: score * (1 + _freshness(published[id], today)) for id, score in scores.items()}


def _by_score(scores: Mapping[str, float]) -> list[str]:
    return sorted(scores, key=lambda passage_id: (-scores[passage_id], passage_id))


def _freshness(published: date | None, today: date) -> float:
    return FRESH * exp(-max(0, (today - published).days) / FADING) if published else 0.0


def _one_telling(ranked: Iterable[Stored], per_story: int, limit: int) -> list[Stored]:
    chosen: list[Stored] = []
    words: dict[str, list[frozenset[str]]] = {}
    for stored in ranked:
        told = words.setdefault(stored.story, [])
        mine = frozenset(stored.passage.span.of(stored.article.text).casefold().split())
        if len(told) < per_story and all(_overlap(mine, other) < RETOLD for other in told):
            told.append(mine)
            chosen.append(stored)
        if len(chosen) == limit:
            break
    return chosen


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))
