"""Numbers and verdicts in words, the same in every report."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eval.reports.changes import changed
from eval.results import Result, Speed, Threshold
from eval.verdicts import Change, GateResult

NONE = "–"
"""Stands where there is no number."""

_NAMED = 4
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def number(value: float | None) -> str:
    """Three decimals, as for shares."""
    return NONE if value is None else f"{value:.3f}"


def percent(value: float) -> str:
    """A share with one decimal."""
    return f"{100 * value:.1f} %"


def signed(value: float | None) -> str:
    """A difference, with its sign unless it rounds to nothing."""
    if value is None:
        return NONE
    return f"{value:+.3f}".replace("-", "−") if abs(value) >= 0.0005 else "0.000"


def interval(ends: tuple[float, float] | None) -> str:
    """Both ends of an interval of values."""
    return NONE if ends is None else f"{ends[0]:.3f} – {ends[1]:.3f}"


def signed_interval(ends: tuple[float, float] | None) -> str:
    """Both ends of an interval of differences."""
    return NONE if ends is None else f"{signed(ends[0])} … {signed(ends[1])}"


def milliseconds(value: float) -> str:
    """As exact as it is of use."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def plural(count: int, what: str) -> str:
    """A count with its noun."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def listed(names: Sequence[str]) -> str:
    """Names in a sentence; the first few of many."""
    shown = list(names[:_NAMED])
    if len(names) > _NAMED:
        shown.append(f"{len(names) - _NAMED} more")
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else "".join(shown)


def line(text: str, most: int | None = None) -> str:
    """The text in one line without control characters, cut after `most` characters."""
    plain = " ".join(_CONTROLS.sub(" ", text).split())
    return plain if most is None or len(plain) <= most else f"{plain[: most - 1].rstrip()}…"


def noun(result: Result) -> str:
    """What the records are."""
    return "claim" if result.stamp.claims and not result.stamp.cases else "case"


def extent(result: Result) -> str:
    """How much was asked, how, and what failed."""
    stamp = result.stamp
    kinds = [plural(count, what) for count, what in ((stamp.cases, "case"), (stamp.claims, "claim")) if count]
    failed = sum(record.error is not None for record in result.records)
    return f"{listed(kinds) or 'nothing'}, mode {stamp.mode}, {failed:,} failed"


def what_ran(result: Result) -> str:
    """What was asked how much of what, and how."""
    return f"{result.stamp.system} on {result.stamp.dataset_name}: {extent(result)}"


def verdict(gate: GateResult) -> str:
    """The verdict in a sentence."""
    bounded = [metric for metric in gate.metrics if metric.bounds]
    failed = [metric.name for metric in bounded if metric.verdict == gate.verdict]
    if gate.verdict == "pass":
        return f"Pass: {plural(len(bounded), 'bounded metric')} held."
    if gate.verdict == "worse":
        return f"Worse: {len(failed)} of {plural(len(bounded), 'bounded metric')} failed: {listed(failed)}."
    found = [plural(len(gate.faults), "fault")] if gate.faults else []
    return f"Broken: the run cannot be judged: {listed([*found, *failed]) or 'no reason is given'}."


def comparison(result: Result, gate: GateResult) -> str:
    """How many records changed against what."""
    if gate.baseline is None:
        return "There is no baseline to compare with."
    groups = changed(result, gate)
    worse = sum(each.worse for each in groups)
    if not groups:
        return f"No {noun(result)} changed against {gate.baseline}."
    return f"{plural(worse, noun(result))} got worse and {len(groups) - worse:,} better against {gate.baseline}."


def change(one: Change) -> str:
    """What a metric of a record was and is."""
    return f"{one.metric} {_short(one.before)} → {_short(one.after)}"


def threshold(implied: Threshold) -> str:
    """The threshold in use, and the one that the set would choose."""
    best = f"{implied.best:.3f} would get {percent(implied.best_right)} right on this very set."
    if implied.used is None:
        return f"The threshold in use is not known; {best}"
    right = f" gets {percent(implied.used_right)} right" if implied.used_right is not None else " is in use"
    return f"The threshold {implied.used:.3f}{right}; {best}"


def speed(measured: Speed) -> list[str]:
    """What is known of the speed, a phrase a fact."""
    facts = []
    if measured.items_per_second is not None:
        facts.append(f"{measured.items_per_second:,.1f} a second")
    stages = {stage: times for stage, times in measured.stages.items() if {"p50", "p95"} <= times.keys()}
    if stages:
        each = (f"{name} {milliseconds(at['p50'])} / {milliseconds(at['p95'])}" for name, at in stages.items())
        facts.append(f"p50 / p95 in ms: {', '.join(each)}")
    facts.extend(f"{count:,} {kind} tokens" for kind, count in sorted((measured.tokens or {}).items()))
    if measured.peak_memory_mb is not None:
        facts.append(f"peak memory {measured.peak_memory_mb:,.0f} MB")
    return facts


def notes(result: Result) -> list[str]:
    """What a reader of the figures must know, each note once."""
    return list(dict.fromkeys(filter(None, (result.stamp.dataset_note, *result.notes))))


def code(result: Result) -> str:
    """The revision, and whether the tree held more than it."""
    stamp = result.stamp
    if stamp.revision is None:
        return f"no revision, code {stamp.code[:12]}"
    state = {True: " with uncommitted changes", False: "", None: " (cleanness unknown)"}[stamp.dirty]
    return f"{stamp.revision[:12]}{state}"


def _short(value: float | None) -> str:
    return "unscored" if value is None else f"{value:.3g}"
