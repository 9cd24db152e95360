"""Dossier beside its peers: the same articles, the same embedding weights, one machine, rounds in turns."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np

from eval.bench.peers.peer import Index, Peer
from eval.cases import Case
from eval.dataset import Dataset
from eval.errors import RunError
from eval.outcomes import CaseOutcome
from eval.scorers.ranking import ranking_scores
from eval.scorers.score import Asked
from eval.shelf import Shelf
from ingest.article import digest
from ingest.embedder import Embedder

ROUNDS = 3
INGEST_TARGET = 2.5
RETRIEVAL_TARGET = 3.0
READ_TOKENS = 254
"""What all-MiniLM-L6-v2 reads of a text, beside two tokens of its own."""
MOST_UNREAD = 0.1
"""A peer of whose text more is lost is shown, and not the one to beat."""
OURS = "Dossier"


@dataclass(slots=True)
class Measured:
    """What one way took. `ingest` are seconds a round over all articles, `retrieval` and `answers` seconds a question;
    `ndcg` is by case; `unread` the share of tokens given to the embedding model that it does not read."""

    passages: int = 0
    unread: float = 0.0
    ingest: list[float] = field(default_factory=list)
    retrieval: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    cited: list[bool] = field(default_factory=list)
    ndcg: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What each way took, this project's among them."""

    set: str
    articles: int
    characters: int
    ways: Mapping[str, Measured]

    def summary(self) -> dict[str, Any]:
        """What a machine reads. Ratios are of rounds or questions that met the same machine, their median."""
        peers = {name: way for name, way in self.ways.items() if name != OURS}
        whole = {name: way for name, way in peers.items() if way.unread <= MOST_UNREAD}
        best = min(whole or peers, key=lambda name: median(peers[name].ingest))
        ours = self.ways[OURS]
        rival = next((name for name in peers if name.startswith("LangChain")), best)
        return {
            "set": self.set,
            "articles": self.articles,
            "characters": self.characters,
            "ways": {name: self._way(way) for name, way in self.ways.items()},
            "best_peer": best,
            "ingest_ratio": _ratio(peers[best].ingest, ours.ingest),
            "ingest_target": INGEST_TARGET,
            "retrieval_rival": rival,
            "retrieval_ratio": _ratio(peers[rival].retrieval, ours.retrieval),
            "retrieval_target": RETRIEVAL_TARGET,
            "ndcg_differences": {name: _difference(ours.ndcg, way.ndcg) for name, way in peers.items()},
        }

    def _way(self, way: Measured) -> dict[str, Any]:
        took = median(way.ingest)
        return {
            "passages": way.passages,
            "unread": way.unread,
            "articles_per_second": self.articles / took,
            "characters_per_second": self.characters / took,
            "passages_per_second": way.passages / took,
            "retrieval_p50": median(way.retrieval),
            "retrieval_p95": float(np.percentile(way.retrieval, 95)),
            "ndcg@10": fmean(way.ndcg.values()),
            "answer_p50": median(way.answers) if way.answers else None,
            "answers": len(way.answers),
            "cited": fmean(way.cited) if way.cited else None,
        }


def cases_over(dataset: Dataset, limit: int | None, seed: str = "") -> tuple[Shelf, list[Case]]:
    """The articles to search, and the cases to ask: those that stand alone, whose question is asked over all articles
    and which name an article that answers. With a `limit`, so many articles, among them those that answer the cases.

    Raises: RunError when there is no such case.
    """
    cases = [
        case
        for case in dataset.cases
        if case.named_gold and not case.over and not case.conversation and case.filters == type(case.filters)()
    ]
    shelf = dataset.shelf
    if limit is not None and limit < len(shelf.articles):
        kept = set(sorted(shelf.articles, key=lambda name: digest(seed, name))[:limit])
        cases = [case for case in cases if case.named_gold <= kept]
        shelf = shelf.narrowed(kept)
    if not cases:
        raise RunError("The set has no question to search these articles with.", "Give another set, or more articles.")
    return shelf, cases


def compare(
    dataset: Dataset,
    peers: Sequence[Peer],
    embedder: Embedder,
    rounds: int = ROUNDS,
    limit: int | None = None,
    answers: int = 0,
) -> Iterator[Comparison | str]:
    """Yields what it does as it begins, and the comparison at last. `embedder` counts tokens, nothing else.

    Raises: RunError when the set has no case to ask, and what the peers raise.
    """
    shelf, cases = cases_over(dataset, limit)
    ways = {peer.name: Measured() for peer in peers}
    with ExitStack() as stack:
        indexes: dict[str, Index] = {}
        for number in range(rounds):
            for peer in _turned(peers, number):
                yield f"Round {number + 1} of {rounds}: {peer.name} takes in {len(shelf.articles)} articles ..."
                with ExitStack() as opened:
                    index = _opened(peer, opened)
                    began = perf_counter()
                    index.add(shelf)
                    ways[peer.name].ingest.append(perf_counter() - began)
                    if number == rounds - 1:
                        stack.enter_context(opened.pop_all())
                        indexes[peer.name] = index
        yield f"Each is asked {len(cases)} questions ..."
        _search(indexes, cases, shelf, ways)
        for name, index in indexes.items():
            pieces = index.pieces()
            ways[name].passages, ways[name].unread = len(pieces), _unread(embedder, pieces)
        for case in cases[:answers]:
            yield f"Each answers {case.question!r} ..."
            _answer(indexes, case, ways)
    characters = sum(len(article.text) for article in shelf.articles.values())
    yield Comparison(dataset.name, len(shelf.articles), characters, ways)


def _opened(peer: Peer, stack: ExitStack) -> Index:
    folder = stack.enter_context(TemporaryDirectory(prefix="dossier-bench-", ignore_cleanup_errors=True))
    return stack.enter_context(peer.opened(Path(folder).resolve()))


def _turned(peers: Sequence[Peer], by: int) -> Sequence[Peer]:
    first = by % len(peers)
    return [*peers[first:], *peers[:first]]


def _search(indexes: Mapping[str, Index], cases: Sequence[Case], shelf: Shelf, ways: Mapping[str, Measured]) -> None:
    names = list(indexes)
    ids = {name: article.id for name, article in shelf.articles.items()}
    asked: dict[str, list[Asked]] = {name: [] for name in names}
    for index in indexes.values():
        index.find(cases[0].question)
    for number, case in enumerate(random.Random(1).sample(cases, len(cases))):  # noqa: S311 - reproducible, not secret
        first = number % len(names)
        for name in (*names[first:], *names[:first]):
            began = perf_counter()
            indexes[name].find(case.question)
            ways[name].retrieval.append(perf_counter() - began)
            ranking = tuple(dict.fromkeys(indexes[name].rank(case.question)))
            outcome = CaseOutcome(id=case.id, ranking=ranking)
            asked[name].append(Asked(case, outcome, gold_articles=frozenset(ids[each] for each in case.named_gold)))
    for name in names:
        for case_id, scores in ranking_scores(asked[name]).items():
            ways[name].ndcg[case_id] = scores["ndcg@10"].value or 0.0


def _answer(indexes: Mapping[str, Index], case: Case, ways: Mapping[str, Measured]) -> None:
    for name, index in indexes.items():
        began = perf_counter()
        said = index.answer(case.question)
        if said:
            ways[name].answers.append(perf_counter() - began)
            ways[name].cited.append(said.cited)


def _unread(embedder: Embedder, pieces: Sequence[str]) -> float:
    counts = embedder.count_tokens(pieces)
    return sum(max(0, count - READ_TOKENS) for count in counts) / max(1, sum(counts))


def _ratio(theirs: Sequence[float], ours: Sequence[float]) -> float:
    return median(their / our for their, our in zip(theirs, ours, strict=True))


def _difference(ours: Mapping[str, float], theirs: Mapping[str, float]) -> dict[str, Any]:
    """Of the means, with a bootstrap's 95 % interval over the cases, which both were asked."""
    from scipy.stats import bootstrap

    differences = np.array([ours[case] - theirs[case] for case in ours])
    if len(differences) < 2 or not differences.any():
        interval = None
    else:
        found = bootstrap((differences,), np.mean, method="percentile", rng=np.random.default_rng(1))
        interval = tuple(map(float, found.confidence_interval))
    return {"mean": float(differences.mean()), "interval": interval}
