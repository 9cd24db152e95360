"""Asks every case and keeps what came back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from eval.asking import Asking
from eval.cases import Case
from eval.errors import RunError
from eval.shelf import Place, Shelf
from ingest.article import Article
from ingest.errors import DossierError
from service.answer import Answer
from service.answerer import Answerer

Lookup = Callable[[str], Article | None]
"""The stored article version of an id."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case: an answer, or the error that came instead.

    `gold` is where the gold sentences stand; `articles` are those the answer quotes, by id, None where the
    corpus does not know them.
    """

    case: Case
    gold: Sequence[Place]
    answer: Answer | None = None
    error: str | None = None
    articles: Mapping[str, Article | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """The outcomes of all cases, in their order."""

    outcomes: Sequence[Outcome]
    mode: Asking


def run(
    cases: Sequence[Case],
    answerer: Answerer,
    lookup: Lookup,
    shelf: Shelf,
    mode: Asking = "quoted",
    progress: Callable[[int], None] | None = None,
) -> Run:
    """Asks the cases one after another. `progress` is told 1 after each.

    A case that fails keeps its error and the run goes on.
    Raises: RunError when an article with a gold sentence is not in the corpus that is asked.
    """
    _require_gold(cases, lookup, shelf)
    outcomes = []
    for case in cases:
        outcomes.append(_ask(case, answerer, lookup, shelf, mode))
        if progress:
            progress(1)
    return Run(tuple(outcomes), mode)


def _require_gold(cases: Sequence[Case], lookup: Lookup, shelf: Shelf) -> None:
    for name in sorted({gold.article for case in cases for gold in case.gold}):
        article = shelf.articles[name]
        if lookup(article.id) != article:
            raise RunError(
                f"The corpus that is asked does not hold {name} as the cases know it.",
                "Build it from the folder given as --articles.",
            )


def _ask(case: Case, answerer: Answerer, lookup: Lookup, shelf: Shelf, mode: Asking) -> Outcome:
    gold = case.places(shelf)
    try:
        answer = answerer.answer(case.asked(mode))
    except DossierError as error:
        return Outcome(case, gold, error=str(error))
    except Exception as error:  # noqa: BLE001 - a crash on one case must neither hide the others nor pass as "worse"
        return Outcome(case, gold, error=f"{type(error).__name__}: {error}")
    quoted = {citation.article_id for citation in answer.citations} | {near.article_id for near in answer.closest}
    return Outcome(case, gold, answer, articles={name: lookup(name) for name in sorted(quoted)})
