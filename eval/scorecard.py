"""All scores of a run, and what they come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.asking import Asking
from eval.cases import Case
from eval.runner import Lookup, Outcome, Run, run
from eval.scorers import SCORERS, Score, Scorer
from eval.shelf import Shelf
from eval.stats import Interval, interval, mean
from ingest.article import digest
from service.answerer import Answerer

DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Scored:
    """One outcome with its scores by name."""

    outcome: Outcome
    scores: Mapping[str, Score]

    @property
    def losses(self) -> Mapping[str, float]:
        """How much was lost on each measure that could have been better."""
        losses = {scorer.name: scorer.loss(self.scores[scorer.name]) for scorer in SCORERS}
        return {name: loss for name, loss in losses.items() if loss}

    @property
    def cluster(self) -> str:
        """Cases about one article stand or fall together; a case about none stands alone."""
        articles = sorted(gold.article for gold in self.outcome.case.gold)
        return articles[0] if articles else f"case:{self.outcome.case.id}"


@dataclass(frozen=True, slots=True)
class Metric:
    """The mean of one measure over the `n` cases it applies to; `unscored` counts the others."""

    scorer: Scorer
    value: float | None
    n: int
    unscored: int
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A run with its scores. `dataset` is a hash of the cases and the articles they were asked over."""

    dataset: str
    mode: Asking
    scored: Sequence[Scored]
    metrics: Sequence[Metric]
    names: Mapping[str, str]
    """Article names by id."""

    @property
    def errors(self) -> Sequence[Outcome]:
        """Outcomes without an answer."""
        return [scored.outcome for scored in self.scored if scored.outcome.error is not None]

    @property
    def models(self) -> Mapping[str, Sequence[str | None]]:
        """What produced the answers, each value once."""
        answers = [scored.outcome.answer for scored in self.scored if scored.outcome.answer]
        found: dict[str, set[str | None]] = {}
        for answer in answers:
            for role, name in answer.models:
                found.setdefault(role, set()).add(name)
        return {role: sorted(names, key=str) for role, names in sorted(found.items())}

    def summary(self) -> dict[str, Any]:
        """What a machine reads; the same for equal answers, whenever and however fast they came."""
        return {
            "dataset": self.dataset,
            "mode": self.mode,
            "cases": len(self.scored),
            "errors": len(self.errors),
            "models": self.models,
            "metrics": {metric.scorer.name: _summary(metric) for metric in self.metrics},
        }


def scorecard(
    cases: Sequence[Case],
    shelf: Shelf,
    answerer: Answerer,
    lookup: Lookup,
    mode: Asking = "quoted",
    progress: Callable[[int], None] | None = None,
) -> Scorecard:
    """Asks the cases and scores what comes back. Raises: RunError as `run` does."""
    return score(run(cases, answerer, lookup, shelf, mode, progress), shelf)


def score(done: Run, shelf: Shelf) -> Scorecard:
    """Scores a run over the articles of `shelf`."""
    scored = tuple(
        Scored(outcome, {scorer.name: scorer.score(outcome) for scorer in SCORERS}) for outcome in done.outcomes
    )
    return Scorecard(
        dataset=_dataset([outcome.case for outcome in done.outcomes], shelf),
        mode=done.mode,
        scored=scored,
        metrics=tuple(_metric(scorer, scored) for scorer in SCORERS),
        names={article.id: name for name, article in shelf.articles.items()},
    )


def _metric(scorer: Scorer, scored: Sequence[Scored]) -> Metric:
    pairs = [(each.scores[scorer.name].value, each.cluster) for each in scored]
    values = [value for value, _ in pairs if value is not None]
    clusters = [cluster for value, cluster in pairs if value is not None]
    return Metric(scorer, mean(values), len(values), len(pairs) - len(values), interval(values, clusters))


def _summary(metric: Metric) -> dict[str, Any]:
    return {
        "value": None if metric.value is None else round(metric.value, DECIMALS),
        "interval": None if metric.interval is None else [round(end, DECIMALS) for end in metric.interval],
        "n": metric.n,
        "unscored": metric.unscored,
        "better": metric.scorer.better,
    }


def _dataset(cases: Sequence[Case], shelf: Shelf) -> str:
    articles = [part for name in sorted(shelf.articles) for part in (name, shelf.articles[name].content_hash)]
    return digest(*(case.model_dump_json() for case in cases), *articles)[:16]
