"""Rankings of articles, measured by ir-measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.scorers.score import Asked, Score

MEASURES = {"ndcg@10": "nDCG@10", "recall@10": "R@10", "hit@1": "Success@1", "hit@10": "Success@10", "mrr": "RR"}
"""Our names, and those that ir-measures parses."""


def ranking_scores(asked: Sequence[Asked]) -> dict[str, dict[str, Score]]:
    """For each case with gold articles and a ranking, by id: its scores by name. A gold article that was not found
    counts, and so does a case for which nothing was."""
    import ir_measures

    ranked = [each for each in asked if each.gold_articles and each.outcome.ranking is not None]
    qrels = {each.case.id: dict.fromkeys(each.gold_articles, 1) for each in ranked}
    runs = {each.case.id: _descending(each.outcome.ranking or ()) for each in ranked}
    wanted = {ir_measures.parse_measure(measure): name for name, measure in MEASURES.items()}
    reasons = {each.case.id: _where(each) for each in ranked}
    scores = {name: dict.fromkeys(MEASURES, Score(0.0, reasons[name])) for name in qrels}
    if ranked:
        for metric in ir_measures.iter_calc(list(wanted), qrels, runs):
            scores[metric.query_id][wanted[metric.measure]] = Score(float(metric.value), reasons[metric.query_id])
    return scores


def _descending(ranking: Sequence[str]) -> Mapping[str, float]:
    return {article: -float(rank) for rank, article in enumerate(ranking)}


def _where(asked: Asked) -> str:
    places = {article: rank for rank, article in enumerate(asked.outcome.ranking or (), start=1)}
    ranks = sorted(places[article] for article in asked.gold_articles if article in places)
    missed = len(asked.gold_articles) - len(ranks)
    found = f"gold at rank {', '.join(map(str, ranks[:5]))}" if ranks else "no gold article found"
    return f"{found}; {missed} not found" if ranks and missed else found
