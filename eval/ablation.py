"""What each part of the product is worth: the same set asked without it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import get_args

from eval.asking import Asking
from eval.corpora import house_over
from eval.dataset import Dataset
from eval.evaluation import Evaluation
from eval.measured.ablated import Part, without
from eval.measured.house import HouseSystem
from eval.reports.figures import cell, told
from eval.results import Result
from eval.terminal import advancing, announce
from service.verify import RuleVerifier

WHOLE = "whole"
Row = tuple[str, Result]


def ablate(dataset: Dataset, mode: Asking, jobs: int) -> list[Row]:
    """The whole product first, then without each part. In quoted mode every statement is a quote and the verifier has
    nothing to refuse, so it is taken out only where an LLM words the statements."""
    parts = [part for part in get_args(Part) if mode == "auto" or part != "verifier"]
    with house_over(dataset, mode, announce) as house:
        rows = [(WHOLE, house), *((f"without {part}", without(house, part)) for part in parts)]
        return [(name, _measured(name, HouseSystem(each, dataset.shelf), dataset, mode, jobs)) for name, each in rows]


def _measured(name: str, system: HouseSystem, dataset: Dataset, mode: Asking, jobs: int) -> Result:
    evaluation = Evaluation(dataset, system, RuleVerifier(), mode, jobs=jobs)
    with advancing(f"{dataset.name}, {name}", len(dataset.cases) + len(dataset.claims)) as progress:
        return evaluation.result(progress)


def table(rows: Sequence[Row]) -> str:
    """Markdown: a row a metric, a column a variant."""
    return "\n".join(_lines(rows)) + "\n"


def _lines(rows: Sequence[Row]) -> Iterator[str]:
    yield "| metric | " + " | ".join(name for name, _ in rows) + " |"
    yield "|---|" + "---:|" * len(rows)
    for label, found in told([result for _, result in rows]):
        yield f"| {label} | " + " | ".join(map(cell, found)) + " |"
