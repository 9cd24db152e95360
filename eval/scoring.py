"""From what came back to records with scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain

from eval.cases import Case
from eval.claims import Claim
from eval.dataset import Dataset
from eval.metrics import METRICS
from eval.outcomes import CaseOutcome, ClaimOutcome
from eval.records import QuoteRecord, Record, ScoreRecord, StatementRecord
from eval.results import DECIMALS
from eval.scorers import dispute, proof, sentences, status, wording
from eval.scorers.ranking import MEASURES, ranking_scores
from eval.scorers.score import Asked, Measured, Score, placed
from eval.shelf import Place
from eval.systems import System
from ingest.article import Article, Span
from service.answer import Answer, Citation
from service.reading import Verifier

CONTEXT = 240
"""Characters of the article that a report shows before and after a quote."""

OF_ANSWERS: Mapping[str, Measured] = {
    "exactness": proof.exactness,
    "right": status.right,
    "status": status.status,
    "gold_hit": sentences.gold_hit,
    "gold_first": sentences.gold_first,
    "citation_precision": sentences.citation_precision,
    "citation_recall": sentences.citation_recall,
    "answer_recall": wording.answer_recall,
    "squad_em": wording.squad_em,
    "squad_f1": wording.squad_f1,
    "short_f1": wording.short_f1,
    "rouge_l": wording.rouge_l,
    "refusal_precision": status.refusal_precision,
    "refusal_recall": status.refusal_recall,
    "wrong_refusal": status.wrong_refusal,
    "both_told": dispute.both_told,
    "false_dispute": dispute.false_dispute,
    "asked_back": status.asked_back,
    "wrongly_asked_back": status.wrongly_asked_back,
}
OF_READING: Mapping[str, Callable[[Asked], Score]] = {"top1": sentences.top1, "read_mrr": sentences.read_mrr}


class CaseScorer:
    """Scores the cases of a set as one system answered them; `verifier` judges the support of its statements."""

    def __init__(self, dataset: Dataset, system: System, verifier: Verifier) -> None:
        self._dataset = dataset
        self._system = system
        self._verifier = verifier
        self._names = {
            known: name
            for name, article in dataset.shelf.articles.items()
            if (known := system.known_as(article)) is not None
        }
        self._ids = {name: known for known, name in self._names.items()}
        self._known = {dataset.shelf.articles[name].id: known for known, name in self._names.items()}
        self._wanted = {metric.name for metric in METRICS if not metric.measures or metric.measures & dataset.measures}

    def records(self, outcomes: Sequence[tuple[Case, CaseOutcome]]) -> list[Record]:
        """One record a case, in order."""
        asked = [self._asked(case, outcome) for case, outcome in outcomes]
        ranked = ranking_scores(asked) if self._wanted & set(MEASURES) else {}
        return [self._record(each, ranked.get(each.case.id, {})) for each in asked]

    def _asked(self, case: Case, outcome: CaseOutcome) -> Asked:
        answers = [answer for answer in (outcome.answer, outcome.insisted) if answer]
        quoted = {
            piece.article_id
            for answer in answers
            for piece in chain[Citation](answer.citations, answer.closest)  # type: ignore[arg-type]
        }
        return Asked(
            case,
            outcome,
            gold=[self._known_place(place) for place in case.places(self._dataset.shelf)],
            gold_articles=frozenset(self._ids.get(name, f"missing:{name}") for name in case.named_gold),
            articles={article_id: self._system.article(article_id) for article_id in sorted(quoted)},
        )

    def _known_place(self, place: Place) -> Place:
        return Place(self._known.get(place.article_id, place.article_id), place.span)

    def _record(self, asked: Asked, ranked: Mapping[str, Score]) -> Record:
        scores = {name: score for name, score in self._scores(asked, ranked).items() if name in self._wanted}
        case, answer = asked.case, asked.outcome.answer
        told = Record(
            kind="case",
            id=case.id,
            cluster=case.cluster,
            tags=case.tags,
            question=case.question,
            expected=case.expected,
            gold=tuple(self._quote(place, None, gold=True) for place in asked.gold),
            answers=case.answers,
            reference=case.reference,
            error=asked.outcome.error,
            scores={name: _rounded(score) for name, score in scores.items()},
            signals={name: each for name, each in signals(asked).items() if name != "hit" or "right" in self._wanted},
        )
        return told.model_copy(update=self._answered(asked, answer)) if answer else told

    def _scores(self, asked: Asked, ranked: Mapping[str, Score]) -> dict[str, Score]:
        if asked.outcome.error is not None:
            return {name: Score(None, f"failed: {asked.outcome.error}") for name in (*OF_ANSWERS, *OF_READING)}
        scores = dict(ranked)
        answer = asked.outcome.answer
        if answer is None:
            return scores
        support = proof.Support(self._verifier, asked, answer)
        scores |= {name: measure(asked, answer) for name, measure in OF_ANSWERS.items() if name in self._wanted}
        scores |= {name: measure(asked) for name, measure in OF_READING.items() if name in self._wanted}
        return scores | {"support_recall": support.recall(), "support_precision": support.precision()}

    def _answered(self, asked: Asked, answer: Answer) -> dict[str, object]:
        return {
            "standalone_question": answer.standalone_question,
            "status": answer.status,
            "mode": answer.mode,
            "confidence": answer.confidence,
            "reason": answer.reason,
            "statements": tuple(
                StatementRecord(text=each.text, citations=each.citations, verdict=each.verdict, support=each.support)
                for each in answer.statements
            ),
            "citations": tuple(
                self._quote(placed(each), each.number, asked.is_gold(each), each) for each in answer.citations
            ),
        }

    def _quote(self, place: Place, number: int | None, gold: bool, citation: Citation | None = None) -> QuoteRecord:
        """Shown from the article itself; a citation that does not hold shows its own words."""
        article = self._system.article(place.article_id)
        before, after = _around(article, place.span)
        return QuoteRecord(
            number=number,
            article=self._names.get(place.article_id, place.article_id),
            title=article.title if article else "",
            source=article.source if article else None,
            published=article.published if article else None,
            start=place.span.start,
            end=place.span.end,
            before=before,
            quote=citation.quote if citation else place.span.of(article.text) if article else "",
            after=after,
            gold=gold,
        )


def claim_record(claim: Claim, outcome: ClaimOutcome) -> Record:
    """The record of a claim."""
    passed = outcome.verdict in ("supported", "quoted")
    verdict, label = outcome.verdict or "no verdict", "supported" if claim.supported else "not supported"
    quotes = outcome.quotes
    failed = outcome.error is not None
    why = f"failed: {outcome.error}" if failed else f"{verdict}, and it is {label}" + _because(outcome.reasons)
    return Record(
        kind="claim",
        id=claim.id,
        cluster=claim.group,
        tags=tuple(claim.tags),
        expected=label,
        statements=(
            StatementRecord(
                text=claim.statement,
                citations=tuple(range(1, len(quotes) + 1)),
                verdict=verdict,
                support=outcome.support,
            ),
        ),
        citations=tuple(
            QuoteRecord(number=number, article=claim.group, start=0, end=len(quote), quote=quote)
            for number, quote in enumerate(quotes, start=1)
        ),
        reason="; ".join(outcome.reasons) or None,
        error=outcome.error,
        scores={"support_right": ScoreRecord(value=None if failed else float(passed == claim.supported), why=why)},
        signals={}
        if failed
        else {
            "support": round(outcome.support or 0.0, DECIMALS),
            "passed": float(passed),
            "supported": float(claim.supported),
        },
    )


def signals(asked: Asked) -> dict[str, float]:
    """What statistics of whole sets are computed from; nothing where the case failed or both statuses are right."""
    answer, expected = asked.outcome.answer, asked.case.expected
    if answer is None or expected is None:
        return {}
    refused, unanswerable = float(answer.status == "abstained"), float(expected == "abstained")
    found = {
        "confidence": answer.confidence,
        "answerable": 1 - unanswerable,
        "refused_twice": 2 * refused * unanswerable,
        "refused_or_unanswerable": refused + unanswerable,
    }
    if asked.outcome.insisted is None and expected == "answered":
        return found | {"untold": 1.0}
    hit = _hit(asked)
    return found if hit is None else found | {"hit": hit}


def _hit(asked: Asked) -> float | None:
    """Whether the answer that it would give, had it to, is right; None where that is not known."""
    if asked.case.expected == "abstained":
        return 0.0
    insisted = asked.outcome.insisted
    return status.answers(asked, insisted).value if insisted else None


def _around(article: Article | None, span: Span) -> tuple[str, str]:
    if article is None:
        return "", ""
    return article.text[max(0, span.start - CONTEXT) : span.start], article.text[span.end : span.end + CONTEXT]


def _because(reasons: Sequence[str]) -> str:
    return f": {'; '.join(reasons)}" if reasons else ""


def _rounded(score: Score) -> ScoreRecord:
    return ScoreRecord(value=None if score.value is None else round(score.value, DECIMALS), why=score.why)
