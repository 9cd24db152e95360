"""The baseline: what an accepted run came to, case by case, in a small file that is reviewed like code."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from eval.atomic import write_whole
from eval.casefile import DRAFT
from eval.errors import RunError
from eval.records import Record
from eval.results import Result
from eval.summary import values
from ingest.article import digest


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Point(_Kept):
    """What is kept of one record: a hash of what was asked, and its values by name, scores and signals alike."""

    kind: str
    asked: str
    cluster: str
    values: Mapping[str, float]


class Baseline(_Kept):
    """An accepted run. `who` and `why` say on whose word it became the baseline."""

    who: str
    why: str
    accepted: date
    dataset: str
    dataset_name: str
    system: str
    mode: str
    revision: str | None
    dirty: bool | None
    models: Mapping[str, str]
    points: Mapping[str, Point]

    @property
    def name(self) -> str:
        """How reports call it."""
        return f"the baseline of {self.accepted} ({self.why.rstrip('.')})"


def accepted(result: Result, who: str, why: str, when: date) -> Baseline:
    """A result as a baseline. Raises: RunError when a reason is missing or a record failed."""
    if not who.strip() or not why.strip():
        raise RunError("A baseline needs who accepts it and why.", "Give --who and --why.")
    failed = [record.id for record in result.records if record.error is not None]
    if failed:
        raise RunError(f"{len(failed)} cases failed, such as {failed[0]}.", "A baseline is a run in which none did.")
    drafts = [record.id for record in result.records if DRAFT in record.tags]
    if drafts:
        raise RunError(f"{len(drafts)} cases are drafts, such as {drafts[0]}.", "Check them, and run it again.")
    stamp = result.stamp
    return Baseline(
        who=_readable(who),
        why=_readable(why),
        accepted=when,
        dataset=stamp.dataset,
        dataset_name=stamp.dataset_name,
        system=stamp.system,
        mode=stamp.mode,
        revision=stamp.revision,
        dirty=stamp.dirty,
        models=stamp.models,
        points=points(result.records),
    )


def _readable(text: str) -> str:
    """A terminal may hand over bytes that are no text."""
    return text.strip().encode("utf-8", "replace").decode("utf-8")


def points(records: Sequence[Record]) -> dict[str, Point]:
    """The records by id, as a baseline keeps them."""
    return {
        record.id: Point(kind=record.kind, asked=_asked(record), cluster=record.cluster, values=values(record))
        for record in records
    }


def _asked(record: Record) -> str:
    """What must be the same for two records to be compared: question or statement, and what is expected."""
    statements = [each.text for each in record.statements] if record.kind == "claim" else []
    gold = [f"{each.article} {each.quote}" for each in record.gold]
    return digest(record.question, record.expected or "", record.reference or "", *record.answers, *gold, *statements)[
        :8
    ]


def write_baseline(baseline: Baseline, path: Path) -> None:
    """One line a record, so that a review shows what changed. Raises: RunError when it cannot be written, or is
    another kind of file."""
    content = baseline.model_dump(mode="json")
    lines = content.pop("points")
    head = json.dumps(content, ensure_ascii=False, indent=1)[1:-2]
    body = ",\n".join(f"  {json.dumps(name)}: {json.dumps(point, sort_keys=True)}" for name, point in lines.items())
    if path.exists():
        read_baseline(path)  # what is no baseline is not written over
    write_whole(path, f'{{{head},\n "points": {{\n{body}\n }}\n}}\n')


def read_baseline(path: Path) -> Baseline:
    """Raises: RunError when it cannot be read or is none."""
    try:
        return Baseline.model_validate_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RunError(
            f"The baseline {path} cannot be read ({error.strerror}).", "Accept a run: `dossier eval accept`."
        ) from error
    except (UnicodeDecodeError, ValidationError) as error:
        raise RunError(f"{path} is no baseline.", "Write one with `dossier eval accept`.") from error
