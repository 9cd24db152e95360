"""A run as one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.records import Record
from eval.reports import plots, wording
from eval.reports.changes import Changed, changed, subject
from eval.reports.curve import Curve, curve
from eval.reports.losses import Lost, worst
from eval.reports.rows import Row, by_family, main, rows, unscored
from eval.results import Better, Result
from eval.verdicts import GateResult

if TYPE_CHECKING:
    from jinja2 import Environment

WORST = 30
CHANGED = 100
GOLD = 2
_HERE = Path(__file__).parent
_SCRIPT = "page.js"
_BLANK_LINES = re.compile(r"\n\s*\n")


def page(result: Result, gate: GateResult | None) -> str:
    """The verdict, the plots, the metrics, the cases that changed, the worst cases and what produced them.

    The file asks for nothing from anywhere and can be read without its script. All text is escaped.
    """
    environment = _environment()
    every = rows(result, gate)
    risk = curve(result.records)
    lost = worst(result)
    groups = changed(result, gate) if gate else []
    also_worse = _also_worse(groups, lost)
    text = environment.get_template("page.html").render(
        result=result,
        stamp=result.stamp,
        gate=gate,
        main=main(every),
        families=by_family(every),
        unscored=unscored(every),
        plots=_plots(result, every, risk),
        curve=risk,
        tags=_tags(result),
        lost=lost[:WORST],
        lost_metrics=sorted({name for each in lost[:WORST] for name in each.losses}),
        lost_count=len(lost),
        also_worse=also_worse,
        keys=_keys(w=lost[:WORST], c=also_worse),
        worse=[each for each in groups if each.worse],
        worse_ids={each.id for each in groups if each.worse},
        better=[each for each in groups if not each.worse],
        most=CHANGED,
        noun=wording.noun(result),
        gold=GOLD,
        script_hash=_script_hash(environment),
    )
    return text.lstrip() + "\n"


@cache
def _environment() -> Environment:
    """Made once: it keeps its templates compiled."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(wording=wording, subject=subject, scored=_scored, cited=_cited, below=_below)
    environment.filters["close"] = lambda text: _BLANK_LINES.sub("\n", text)
    environment.filters["json"] = lambda content: json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True)
    return environment


def _script_hash(environment: Environment) -> str:
    """What the page's content security policy knows the script by."""
    script = environment.get_template(_SCRIPT).render()
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _plots(result: Result, every: Sequence[Row], risk: Curve | None) -> dict[str, Any]:
    from markupsafe import Markup

    drawn = {}
    if any(row.metric and row.metric.value is not None for row in every):
        drawn["intervals"] = plots.intervals(every)
    if risk:
        drawn["coverage"] = plots.risk_coverage(risk, result.threshold)
    if any({"p50", "p95"} <= times.keys() for times in result.speed.stages.values()):
        drawn["latency"] = plots.latency(result.speed.stages)
    return {name: Markup(svg) for name, svg in drawn.items()}  # noqa: S704 - matplotlib escapes its text


def _tags(result: Result) -> Sequence[str]:
    """The metrics that any tag has, in the order of the result."""
    found = {name for metrics in result.by_tag.values() for name in metrics}
    return [metric.name for metric in result.metrics if metric.name in found]


def _below(result: Result, name: str, value: float) -> bool:
    """Whether a tag's value lies beyond the bad end of the whole set's interval."""
    metric = result.metric(name)
    if metric is None or metric.interval is None:
        return False
    return value < metric.interval[0] if metric.better == "higher" else value > metric.interval[1]


def _also_worse(groups: Sequence[Changed], lost: Sequence[Lost]) -> list[Lost]:
    """The cases that got worse and are not among the worst ones that are told in full."""
    told = {each.record.id for each in lost[:WORST]}
    worse = {each.id for each in groups if each.worse} - told
    return [each for each in lost if each.record.id in worse][:WORST]


def _keys(**sections: Sequence[Lost]) -> Mapping[str, str]:
    """Where on the page each case is told in full, by its id."""
    return {
        each.record.id: f"{prefix}{place}"
        for prefix, told in sections.items()
        for place, each in enumerate(told, start=1)
    }


def _scored(record: Record, result: Result) -> Mapping[str, tuple[Better, float | None, str]]:
    """The scores of a record, in the order of the metrics."""
    found = {}
    for metric in result.metrics:
        if score := record.scores.get(metric.name):
            found[metric.name] = (metric.better, score.value, score.why)
    return found


def _cited(record: Record) -> frozenset[int | None]:
    """The numbers that the page can link to."""
    return frozenset(quote.number for quote in record.citations)
