"""The metrics: what each means, what a set must hold for it, and how it is had from records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from eval.dataset import Measure
from eval.results import Better
from eval.stats import Statistic, aurc, auroc, balanced_accuracy, mean, ratio

Kind = Literal["case", "claim"]
Family = Literal[
    "proof", "retrieval", "answer", "sentences", "long", "abstention", "dispute", "asking back", "support", "judge"
]


@dataclass(frozen=True, slots=True)
class Metric:
    """A statistic over records. It is measured where the set supports one of `measures`; empty: everywhere.

    `score` is the score of single records that it is the mean of, None for statistics of whole sets.
    """

    name: str
    family: Family
    better: Better
    meaning: str
    statistic: Statistic
    measures: frozenset[Measure] = frozenset()
    kind: Kind = "case"
    score: str | None = None


def _mean(name: str, family: Family, meaning: str, *measures: Measure, better: Better = "higher") -> Metric:
    return Metric(name, family, better, meaning, mean(name), frozenset(measures), score=name)


def _judged(name: str, kind: Kind, meaning: str) -> Metric:
    return Metric(name, "judge", "higher", meaning, mean(name), kind=kind, score=name)


_ABSTENTION: frozenset[Measure] = frozenset(["abstention"])
_SUPPORT: frozenset[Measure] = frozenset(["support"])

METRICS = (
    _mean("exactness", "proof", "quotes that are the article's characters"),
    _mean(
        "support_recall",
        "proof",
        "statements that their citations support, as judged by the verifier that the notes name",
    ),
    _mean("support_precision", "proof", "citations that their statements need, by the same verifier"),
    _mean("right", "answer", "abstained rightly, or answered with the answer", "answer", "sentences"),
    _mean("status", "abstention", "answered or abstained as it should", "abstention", "answer", "sentences"),
    _mean("gold_hit", "sentences", "answers that cite a gold sentence", "sentences"),
    _mean("gold_first", "sentences", "first statements that cite one", "sentences"),
    _mean("top1", "sentences", "first sentences that are gold, refusals overruled", "sentences"),
    _mean("read_mrr", "sentences", "one by the rank of the first passage read that holds one", "sentences"),
    _mean("citation_precision", "sentences", "citations that are gold sentences", "sentences"),
    _mean("citation_recall", "sentences", "gold sentences that are cited", "all-sentences"),
    _mean("answer_recall", "answer", "answers that say an acceptable answer", "answer"),
    _mean("squad_em", "answer", "answers that are an acceptable answer, word for word", "answer"),
    _mean("squad_f1", "answer", "overlap in words with an acceptable answer", "answer"),
    _mean("short_f1", "answer", "overlap of the short answers shown with an acceptable answer", "answer"),
    _mean("rouge_l", "long", "overlap in sequence with the reference answer", "long"),
    _mean("ndcg@10", "retrieval", "gold articles near the top of the first 10", "retrieval"),
    _mean("recall@10", "retrieval", "gold articles among the first 10", "retrieval"),
    _mean("hit@1", "retrieval", "a gold article first", "retrieval"),
    _mean("hit@10", "retrieval", "a gold article among the first 10", "retrieval"),
    _mean("mrr", "retrieval", "one by the rank of the first gold article", "retrieval"),
    _mean("refusal_precision", "abstention", "refusals of questions that have no answer", "abstention"),
    _mean("refusal_recall", "abstention", "unanswerable questions refused", "abstention"),
    Metric(
        "refusal_f1",
        "abstention",
        "higher",
        "harmonic mean of the two",
        ratio("refused_twice", "refused_or_unanswerable"),
        _ABSTENTION,
    ),
    _mean("wrong_refusal", "abstention", "answerable questions refused", "abstention", better="lower"),
    Metric(
        "answerable_auroc",
        "abstention",
        "higher",
        "an answerable question is more confident than one that is not",
        auroc("confidence", "answerable"),
        _ABSTENTION,
    ),
    Metric(
        "aurc",
        "abstention",
        "lower",
        "area under the risk-coverage curve",
        aurc("confidence", "hit"),
        frozenset(["answer", "sentences"]),
    ),
    _mean("both_told", "dispute", "contradicting articles whose sides are both told", "dispute"),
    _mean("false_dispute", "dispute", "agreeing articles told as if they did not", "dispute", better="lower"),
    _mean("asked_back", "asking back", "questions asked back that nobody could understand", "asking back"),
    _mean("wrongly_asked_back", "asking back", "clear questions asked back", "asking back", better="lower"),
    Metric(
        "support_auroc",
        "support",
        "higher",
        "a supported statement scores above one that is not",
        auroc("support", "supported"),
        _SUPPORT,
        "claim",
    ),
    Metric(
        "support_ba",
        "support",
        "higher",
        "verdicts that are right, supported and not counting alike",
        balanced_accuracy("passed", "supported"),
        _SUPPORT,
        "claim",
    ),
    Metric(
        "support_right",
        "support",
        "higher",
        "verdicts that are right",
        mean("support_right"),
        _SUPPORT,
        "claim",
        "support_right",
    ),
    _judged("judge_answer", "case", "grade of the answer by the judge that the notes name"),
    _judged("judge_support", "claim", "grade of the support by the same judge"),
)

BY_NAME = {metric.name: metric for metric in METRICS}
