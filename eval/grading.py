"""A judge's grades on the records of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from eval.adapters import read_dataset
from eval.calibration import Calibration, calibrate, notes
from eval.errors import RunError
from eval.judge import Grade, Judge, why_not
from eval.records import Record, ScoreRecord
from eval.terminal import advancing
from ingest.settings import read_settings
from service.errors import ModelError
from service.models import build_model
from service.settings import ServiceSettings

CALIBRATED_ON = 100
"""Claims that a judge is held against people on: enough for a kappa that says something, few enough to pay for."""


class Grading:
    """Implements `eval.evaluation.Grader`."""

    def __init__(self, judge: Judge, calibration: Calibration | None) -> None:
        self._judge = judge
        self._calibration = calibration

    def grade(self, records: Sequence[Record], models: Mapping[str, str]) -> tuple[list[Record], list[str]]:
        """See `Grader`."""
        with (
            advancing("grading", len(records)) as progress,
            ThreadPoolExecutor(self._judge.workers, thread_name_prefix="dossier-judge") as pool,
        ):
            graded = []
            for record in pool.map(self._graded, records):
                graded.append(record)
                progress(1)
        return graded, notes(self._judge, self._calibration, models)

    def _graded(self, record: Record) -> Record:
        if record.kind == "case":
            grade = Grade(None, None, reason) if (reason := why_not(record)) else self._judge.grade_answer(record)
            return _with(record, "judge_answer", grade)
        quotes = [quote.quote for quote in record.citations]
        return _with(record, "judge_support", self._judge.grade_support(record.statements[0].text, quotes))


def grading(name: str, calibrated_on: str | None) -> Grading:
    """The judge of that name, held against people's labels on the set at the address `calibrated_on`.

    Raises: ModelError for a model that cannot be had, RunError for a set without claims, CaseError for one unreadable.
    """
    settings = read_settings(ServiceSettings, llm=name)
    model = build_model(settings.llm, settings.llm_base_url, settings.llm_api_key, settings.llm_timeout)
    if model is None:
        raise ModelError("A judge is a language model.", "Name one as --judge, such as openai:gpt-4o.")
    judge = Judge(model)
    return Grading(judge, _calibrated(judge, calibrated_on) if calibrated_on else None)


def _calibrated(judge: Judge, address: str) -> Calibration:
    claims = read_dataset(address).limited(CALIBRATED_ON).claims
    if not claims:
        raise RunError(f"{address} holds no claims with labels.", "Calibrate on qags, wice or climate-fever.")
    with advancing("calibrating", len(claims)) as progress:
        return calibrate(judge, claims, progress)


def _with(record: Record, name: str, grade: Grade) -> Record:
    told = f"{grade.grade}: {grade.reasons}" if grade.grade else grade.reasons
    score = ScoreRecord(value=grade.value, why=told)
    return record.model_copy(update={"scores": {**record.scores, name: score}})
