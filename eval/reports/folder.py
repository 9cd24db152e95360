"""A run in a folder: for people, for CI servers, and to be read back."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from eval.atomic import encoded
from eval.errors import RunError
from eval.records import Record
from eval.reports.junit import junit
from eval.reports.markdown import markdown
from eval.reports.page import page
from eval.results import DECIMALS, MetricResult, Result
from eval.verdicts import GateResult

METRICS = "metrics.json"
CASES = "cases.jsonl"
RUN = "run.json"
GATE = "gate.json"
REPORT = "report.html"
JUNIT = "junit.xml"
SUMMARY = "summary.md"

_MEASURED = ("value", "interval", "n", "unscored", "better")
_DESCRIBED = ("name", "family", "meaning", "why")
_HELP = "Run the evaluation again, or give the folder of a run."

_VALUES = TypeAdapter(dict[str, dict[str, Any]])
_DESCRIPTIONS = TypeAdapter(list[dict[str, str]])

T = TypeVar("T")


def write(result: Result, gate: GateResult | None, folder: Path) -> None:
    """Writes the run: `metrics.json` (equal to the byte for equal answers), `cases.jsonl` (a line a record),
    `run.json` (what differs between equal runs), `gate.json`, `report.html`, `junit.xml` and `summary.md`.

    A file is replaced whole or not at all, and none is before all could be written.
    Raises: RunError when the folder cannot be written.
    """
    contents = _contents(result, gate)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _replace(folder, contents)
        if gate is None:
            (folder / GATE).unlink(missing_ok=True)
    except OSError as error:
        raise RunError(f"{folder} cannot be written ({error.strerror}).", "Give another folder as --out.") from error


def require_place(folder: Path, articles: Path) -> None:
    """Raises RunError for a folder that a run would do harm in: among articles, or over files that no run wrote."""
    place = folder.expanduser().resolve()
    if place.is_relative_to(articles.expanduser().resolve()):
        raise RunError(f"{folder} lies among the articles.", "Give --out a place outside of their folder.")
    own = (place / "outcomes.jsonl").exists() or (place / RUN).exists()
    taken = [name for name in (METRICS, CASES, RUN, GATE, REPORT, JUNIT, SUMMARY) if (place / name).exists()]
    if taken and not own:
        raise RunError(f"{folder} holds a {taken[0]} that no run wrote.", "Give another folder as --out.")


def read(folder: Path) -> tuple[Result, GateResult | None]:
    """The run that was written to the folder, and its gate where it had one.

    Raises: RunError, naming the file, for what is missing or damaged.
    """
    measured, run = _json(folder / METRICS), _json(folder / RUN)
    records = read_cases(folder / CASES)
    if _counts(records) != {kind: measured.get(kind) for kind in ("cases", "claims")}:
        raise _damaged(folder / CASES, f"it holds {len(records)} records, and {METRICS} counts others")
    fields = {
        "stamp": run.get("stamp"),
        "metrics": _metrics(measured, run, folder),
        "records": records,
        "threshold": measured.get("threshold"),
        **{name: run.get(name) for name in ("speed", "by_tag", "notes")},
    }
    result = _valid(Result.model_validate, fields, folder / RUN)
    gate = folder / GATE
    return result, _valid(GateResult.model_validate, _json(gate), gate) if gate.exists() else None


def metrics_json(result: Result) -> str:
    """What `metrics.json` holds: nothing that differs between equal runs."""
    stamp = result.stamp
    content = {
        "dataset": {"name": stamp.dataset_name, "hash": stamp.dataset},
        "system": stamp.system,
        "mode": stamp.mode,
        **_counts(result.records),
        "models": dict(stamp.models),
        "metrics": {metric.name: metric.model_dump(mode="json", include=set(_MEASURED)) for metric in result.metrics},
        "threshold": result.threshold.model_dump(mode="json") if result.threshold else None,
    }
    return _dumped(content, indent=2)


def cases_jsonl(records: Sequence[Record]) -> str:
    """What `cases.jsonl` holds: a line a record, in their order."""
    return "".join(_dumped(record.model_dump(mode="json")) for record in records)


def read_cases(path: Path) -> list[Record]:
    """The records of a `cases.jsonl`. Raises: RunError, naming file and line, for what is missing or damaged."""
    found: dict[str, Record] = {}
    for number, line in enumerate(_text(path).split("\n"), start=1):
        if line:
            record = _valid(Record.model_validate, _parsed(line, f"{path}:{number}"), f"{path}:{number}")
            if record.id in found:
                raise _damaged(f"{path}:{number}", f"{record.id!r} stands there twice")
            found[record.id] = record
    return list(found.values())


def _contents(result: Result, gate: GateResult | None) -> dict[str, str]:
    run = result.model_dump(mode="json", include={"stamp", "speed", "notes", "by_tag"})
    run["metrics"] = [metric.model_dump(mode="json", include=set(_DESCRIBED)) for metric in result.metrics]
    contents = {
        CASES: cases_jsonl(result.records),
        METRICS: metrics_json(result),
        REPORT: page(result, gate),
        JUNIT: junit(result, gate),
        SUMMARY: markdown(result, gate),
        RUN: _dumped(run, indent=2),
    }
    return contents | ({GATE: _dumped(gate.model_dump(mode="json"), indent=2)} if gate else {})


def _counts(records: Sequence[Record]) -> dict[str, int]:
    kinds = [record.kind for record in records]
    return {"cases": kinds.count("case"), "claims": kinds.count("claim")}


def _replace(folder: Path, contents: Mapping[str, str]) -> None:
    staged = {folder / f".{name}.new": folder / name for name in contents}
    try:
        for scratch, final in staged.items():
            scratch.write_bytes(encoded(contents[final.name]))
        for scratch, final in staged.items():
            os.replace(scratch, final)  # noqa: PTH105 - one atomic step: a reader sees the old file or the new one
    finally:
        for scratch in staged:
            scratch.unlink(missing_ok=True)


def _dumped(content: Any, indent: int | None = None) -> str:
    rounded = _rounded(content)
    return json.dumps(rounded, ensure_ascii=False, sort_keys=True, indent=indent, allow_nan=False) + "\n"


def _rounded(content: Any) -> Any:
    if isinstance(content, float):
        return round(content, DECIMALS) + 0.0  # no negative zero
    if isinstance(content, dict):
        return {key: _rounded(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_rounded(value) for value in content]
    return content


def _metrics(measured: Mapping[str, Any], run: Mapping[str, Any], folder: Path) -> list[MetricResult]:
    values = _valid(_VALUES.validate_python, measured.get("metrics"), folder / METRICS)
    described = _valid(_DESCRIPTIONS.validate_python, run.get("metrics"), folder / RUN)
    if sorted(each.get("name", "") for each in described) != sorted(values):
        raise _damaged(folder / METRICS, f"it and {RUN} hold different metrics")
    return [_valid(MetricResult.model_validate, {**each, **values[each["name"]]}, folder / RUN) for each in described]


def _json(path: Path) -> dict[str, Any]:
    return _parsed(_text(path), path)


def _parsed(text: str, where: Path | str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except ValueError as error:
        raise _damaged(where, f"it is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise _damaged(where, "it is not an object")
    return content


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise RunError(f"{path} cannot be read ({error.strerror}).", _HELP) from error
    except UnicodeDecodeError as error:
        raise _damaged(path, f"byte {error.start} is not UTF-8") from error


def _valid(validate: Callable[[Any], T], content: Any, where: Path | str) -> T:
    try:
        return validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        raise _damaged(where, f"{'.'.join(map(str, first['loc'])) or 'all of it'}: {first['msg']}") from error


def _damaged(where: Path | str, how: str) -> RunError:
    return RunError(f"{where} is damaged: {how}.", _HELP)
