"""A run for CI servers, as JUnit"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from eval.records import Record
from eval.reports import wording
from eval.reports.changes import Changed, changed, subject
from eval.reports.losses import worst
from eval.results import Result
from eval.verdicts import GateResult, MetricVerdict

RIGHT = ("right", "support_right")
"""The scores that say whether a case, or a claim, came out right."""

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(result: Result, gate: GateResult | None) -> str:
    """One suite for the gate's bounded metrics, one for the records.

    A record fails that got worse against the baseline or, where there is no gate, that came out wrong. An error is
    what kept it from being scored; what could not be scored otherwise is skipped.
    """
    suites = [_gate(result, gate)] if gate else []
    suites.append(_cases(result, gate))
    root = Element("testsuites", {"name": _clean(result.stamp.dataset_name), **_totals(suites)})
    root.extend(suites)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _gate(result: Result, gate: GateResult) -> Element:
    cases = [_metric(result, metric) for metric in gate.metrics if metric.bounds]
    if gate.faults:
        cases.append(_case("gate", "faults"))
        _add(cases[-1], "error", wording.plural(len(gate.faults), "fault"), "\n".join(gate.faults))
    return _suite("gate", cases)


def _metric(result: Result, verdict: MetricVerdict) -> Element:
    case = _case("gate", verdict.name)
    metric = result.metric(verdict.name)
    value = metric.value if metric else None
    message = f"{verdict.name} is {wording.number(value) if value is not None else 'unscored'}, bounds {verdict.bounds}"
    if verdict.verdict != "pass":
        kind = "failure" if verdict.verdict == "worse" else "error"
        _add(case, kind, message, "\n".join(verdict.reasons))
    _print(case, message)
    return case


def _cases(result: Result, gate: GateResult | None) -> Element:
    groups = {each.id: each for each in changed(result, gate)} if gate else {}
    reasons = {lost.record.id: [f"{', '.join(names)}: {why}" for why, names in lost.reasons] for lost in worst(result)}
    cases = [
        _record(record, gate is not None, groups.get(record.id), reasons.get(record.id, ()))
        for record in result.records
    ]
    return _suite("cases", cases)


def _record(record: Record, gated: bool, change: Changed | None, reasons: Sequence[str]) -> Element:
    case = _case("cases", record.id)
    if record.error is not None:
        _add(case, "error", wording.line(record.error), record.error)
    elif gated:
        _compare(case, change)
    else:
        _judge(case, record)
    _print(case, "\n".join([subject(record), *reasons]))
    return case


def _compare(case: Element, change: Changed | None) -> None:
    if change and change.worse:
        what = "; ".join(map(wording.change, change.telling))
        _add(case, "failure", f"worse than the baseline: {what}", "\n".join(change.reasons))


def _judge(case: Element, record: Record) -> None:
    score = next((record.scores[name] for name in RIGHT if name in record.scores), None)
    if score is None or score.value is None:
        _add(case, "skipped", f"unscored: {score.why if score else 'nothing says whether it is right'}")
    elif score.value == 0:
        _add(case, "failure", wording.line(score.why), score.why)


def _suite(name: str, cases: Sequence[Element]) -> Element:
    suite = Element("testsuite", {"name": name, "tests": str(len(cases)), **_counts(cases)})
    suite.extend(cases)
    return suite


def _counts(cases: Sequence[Element]) -> dict[str, str]:
    kinds = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    return {plural: str(sum(case.find(kind) is not None for case in cases)) for plural, kind in kinds.items()}


def _totals(suites: Sequence[Element]) -> dict[str, str]:
    return {key: str(sum(int(suite.attrib[key]) for suite in suites)) for key in ("tests", "failures", "errors")}


def _case(suite: str, name: str) -> Element:
    return Element("testcase", {"classname": f"eval.{suite}", "name": _clean(name)})


def _add(case: Element, kind: str, message: str, text: str = "") -> None:
    attributes = {"message": _clean(message)} | ({} if kind == "skipped" else {"type": kind})
    SubElement(case, kind, attributes).text = _clean(text) or None


def _print(case: Element, text: str) -> None:
    SubElement(case, "system-out").text = _clean(text)


def _clean(text: str) -> str:
    """The text with the characters that XML forbids written as escapes."""
    return _FORBIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
