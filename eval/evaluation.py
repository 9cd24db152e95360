"""A whole evaluation: asks, scores, and says what it came to."""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Protocol

import numpy as np

from eval import summary
from eval.asking import Asking
from eval.dataset import Dataset
from eval.log import NAME, OutcomeLog
from eval.outcomes import CaseOutcome
from eval.records import Record
from eval.results import Result, Speed, Stamp
from eval.runner import Progress, Run, run
from eval.scoring import CaseScorer, claim_record
from eval.stamp import stamp
from eval.systems import System
from service.reading import Verifier


class Grader(Protocol):
    """A judge beside the scores."""

    def grade(self, records: Sequence[Record], models: Mapping[str, str]) -> tuple[list[Record], list[str]]:
        """The records with the judge's grades, and what a reader of the grades must know. `models` made the answers."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How a set is asked and scored. `folder` keeps the outcomes, so that a killed run goes on there."""

    dataset: Dataset
    system: System
    verifier: Verifier
    mode: Asking = "quoted"
    limit: int | None = None
    jobs: int = 1
    folder: Path | None = None
    grader: Grader | None = None

    def result(self, progress: Progress | None = None) -> Result:
        """Raises: RunError as `eval.runner.run` and `OutcomeLog` do."""
        stamped = stamp(self.dataset, self.limit, self.system, self.mode)
        began = perf_counter()
        with TemporaryDirectory(prefix="dossier-eval-") as unkept:
            path = (self.folder or Path(unkept)) / NAME
            with OutcomeLog(path, stamped.key) as log:
                before = len(log.cases) + len(log.claims)
                done = run(self.dataset, self.system, self.mode, log, self.jobs, progress)
        seconds = perf_counter() - began
        asked = len(done.cases) + len(done.claims) - before
        return self.scored(done, stamped, asked / seconds if asked else None)

    def scored(self, done: Run, stamped: Stamp, items_per_second: float | None = None) -> Result:
        """The result of outcomes."""
        records = CaseScorer(self.dataset, self.system, self.verifier).records(done.cases)
        records += [claim_record(claim, outcome) for claim, outcome in done.claims]
        notes = list(_notes(self.dataset, self.verifier, stamped, done))
        models = {**_models(done), **stamped.models}
        if self.grader:
            records, told = self.grader.grade(records, models)
            notes += told
        return Result(
            stamp=stamped.model_copy(update={"models": models}),
            metrics=tuple(
                summary.measured(records, self.dataset.measures, self.system.abilities, self.grader is not None)
            ),
            records=tuple(records),
            speed=_speed(done, items_per_second),
            threshold=summary.threshold(records, self.system.threshold),
            by_tag=summary.by_tag(records),
            notes=tuple(notes),
        )


def _models(done: Run) -> dict[str, str]:
    """What the answers say produced them."""
    found: dict[str, set[str]] = {}
    for _, outcome in done.cases:
        for role, name in outcome.answer.models if outcome.answer else ():
            found.setdefault(role, set()).add(name or "none")
    return {role: ", ".join(sorted(names)) for role, names in found.items()}


def _speed(done: Run, items_per_second: float | None) -> Speed:
    answered = [outcome for _, outcome in done.cases if outcome.answer]
    stages = {stage: _percentiles(values) for stage, values in _stages(answered) if any(values)}
    seconds = [outcome.seconds for _, outcome in done.cases] + [outcome.seconds for _, outcome in done.claims]
    if seconds:
        stages["whole"] = _percentiles([1000 * each for each in seconds])
    return Speed(
        stages=stages,
        items_per_second=None if items_per_second is None else round(items_per_second, 2),
        tokens=_tokens(answered),
        peak_memory_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KB_A_MB, 1),
    )


_KB_A_MB = 1024 if sys.platform != "darwin" else 1024 * 1024


def _stages(answered: Sequence[CaseOutcome]) -> Iterator[tuple[str, list[float]]]:
    for stage in ("retrieve", "read", "compose", "verify"):
        yield stage, [getattr(outcome.answer.timings_ms, stage) for outcome in answered if outcome.answer]


def _percentiles(values: Sequence[float]) -> Mapping[str, float]:
    return {"p50": round(float(np.percentile(values, 50)), 2), "p95": round(float(np.percentile(values, 95)), 2)}


def _tokens(answered: Sequence[CaseOutcome]) -> Mapping[str, int] | None:
    told = [tokens for outcome in answered if outcome.answer and (tokens := outcome.answer.tokens)]
    if not told:
        return None
    return {"input": sum(each.input for each in told), "output": sum(each.output for each in told)}


def _notes(dataset: Dataset, verifier: Verifier, stamped: Stamp, done: Run) -> Iterator[str]:
    from eval.verifiers import accuracy

    if dataset.note:
        yield dataset.note
    if any(outcome.answer and outcome.answer.statements for _, outcome in done.cases):
        own = verifier.name in {stamped.models.get("verifier"), *_models(done).values()}
        said = "the same that let the statements out, so it cannot show its own mistakes" if own else "another one"
        yield f"Support was judged by {verifier.name}: {said}. {accuracy(verifier.name)}"
