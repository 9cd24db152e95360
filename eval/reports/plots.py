"""Plots as SVG for a page: equal input gives equal bytes, and the page's style sheet gives the colours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from typing import TYPE_CHECKING, Any, NamedTuple

from eval.reports import wording
from eval.reports.curve import Curve, Point
from eval.reports.rows import Row
from eval.results import Threshold

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, MUTED, GRID, ACCENT, BAD, BASE = (f"#00000{digit}" for digit in range(1, 7))
"""Stand-ins for the style sheet's colours: matplotlib wants figures."""

_VARIABLES = {INK: "ink", MUTED: "muted", GRID: "line", ACCENT: "accent", BAD: "bad", BASE: "base"}
_DPI = 72
_WIDTH = 380
_ROW = 22
_SIZE = 11
_CHARACTER = 6.6
_LEGEND = 24
_TICKS = 22
_LABEL = 18
_MOST_POINTS = 300
_NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))


class Room(NamedTuple):
    """Points of space around the axes."""

    left: float
    right: float
    top: float
    bottom: float


def intervals(rows: Sequence[Row]) -> str:
    """Each scored metric with its interval, and the baseline's value where there is one."""
    scored = [row for row in rows if row.metric and row.metric.value is not None]
    compared = any(row.before is not None for row in scored)

    def draw(axes: Axes) -> None:
        _rows_axis(axes, [row.name for row in scored], [row.value for row in scored])
        lowest = min([0.0, *(ends[0] for row in scored if (ends := _ends(row)))])
        axes.set_xlim(lowest - 0.02, max([1.0, *(ends[1] for row in scored if (ends := _ends(row)))]) + 0.02)
        for place, row in enumerate(scored):
            _interval(axes, place, row)
        if compared:
            axes.plot([], [], "D", color=BASE, fillstyle="none", markersize=6, label="baseline")
            axes.plot([], [], "o-", color=ACCENT, markersize=5, label="this run, 95 % interval")
            _legend(axes)

    room = Room(_beside([row.name for row in scored]), 48, _LEGEND if compared else 4, _TICKS)
    return _svg("intervals", "Metrics with their intervals", draw, _ROW * len(scored), room)


def risk_coverage(curve: Curve, threshold: Threshold | None) -> str:
    """The curve, with the threshold in use and the one that the set implies."""

    def draw(axes: Axes) -> None:
        points = _thinned(curve.points)
        coverage = [point.coverage for point in points]
        axes.plot(coverage, [point.risk for point in points], color=ACCENT, linewidth=1.6)
        axes.fill_between(coverage, [point.risk for point in points], color=ACCENT, alpha=0.12, linewidth=0)
        if threshold:
            _threshold(axes, curve, threshold.best, "D", BASE, "implied by this set")
            if threshold.used is not None:
                _threshold(axes, curve, threshold.used, "o", BAD, "in use")
            _legend(axes)
        axes.set_xlim(0, 1.02)
        axes.set_ylim(0, max(0.1, *(point.risk for point in curve.points)) * 1.1)
        axes.set_xlabel("coverage: share answered")
        axes.set_ylabel("risk: share wrong of the answered")
        axes.locator_params(axis="y", nbins=5)
        axes.grid(color=GRID, linewidth=0.7)

    room = Room(52, 16, _LEGEND if threshold else 4, _TICKS + _LABEL)
    return _svg("coverage", "Risk by coverage", draw, 200, room)


def latency(stages: Mapping[str, Mapping[str, float]]) -> str:
    """Median and 95th percentile of the milliseconds by stage."""
    known = {stage: times for stage, times in stages.items() if {"p50", "p95"} <= times.keys()}

    def draw(axes: Axes) -> None:
        labels = [
            f"{wording.milliseconds(each['p50'])} / {wording.milliseconds(each['p95'])}" for each in known.values()
        ]
        _rows_axis(axes, list(known), labels)
        for place, times in enumerate(known.values()):
            axes.plot([times["p50"], times["p95"]], [place, place], color=ACCENT, linewidth=2, zorder=2)
            axes.plot(times["p50"], place, "o", color=ACCENT, markersize=6, zorder=3)
            axes.plot(times["p95"], place, "|", color=ACCENT, markersize=10, markeredgewidth=2, zorder=3)
        axes.set_xlim(0, max([1.0, *(times["p95"] for times in known.values())]) * 1.04)
        axes.set_xlabel("milliseconds: median ● to 95th percentile |")

    room = Room(_beside(list(known)), 84, 4, _TICKS + _LABEL)
    return _svg("latency", "Latency by stage", draw, _ROW * len(known), room)


def _ends(row: Row) -> tuple[float, float] | None:
    if row.metric is None or row.metric.value is None:
        return None
    return row.metric.interval or (row.metric.value, row.metric.value)


def _interval(axes: Axes, place: int, row: Row) -> None:
    ends = _ends(row)
    if ends is None or row.metric is None or row.metric.value is None:
        return
    colour = BAD if row.judged in {"worse", "broken"} else ACCENT
    axes.plot(ends, [place, place], color=colour, linewidth=2, solid_capstyle="butt", zorder=2)
    axes.plot(row.metric.value, place, "o", color=colour, markersize=5.5, zorder=3)
    if row.before is not None:
        axes.plot(row.before, place, "D", color=BASE, fillstyle="none", markersize=7, zorder=4)


def _threshold(axes: Axes, curve: Curve, value: float, marker: str, colour: str, what: str) -> None:
    point = curve.at(value) or Point(value, 0.0, 0.0)
    hollow = "none" if marker == "D" else "full"
    label = f"{value:.2f}, {what}"
    axes.plot(point.coverage, point.risk, marker, color=colour, fillstyle=hollow, markersize=8, label=label, zorder=4)


def _thinned(points: Sequence[Point]) -> Sequence[Point]:
    if len(points) <= _MOST_POINTS:
        return points
    return [points[place * (len(points) - 1) // (_MOST_POINTS - 1)] for place in range(_MOST_POINTS)]


def _rows_axis(axes: Axes, names: Sequence[str], values: Sequence[str]) -> None:
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_yticks(range(len(names)), names, color=INK)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=GRID, linewidth=0.7)
    for place, value in enumerate(values):
        axes.text(1.02, place, value, transform=axes.get_yaxis_transform(), va="center", color=INK)


def _legend(axes: Axes) -> None:
    axes.legend(
        loc="lower center",
        bbox_to_anchor=(0.5, 1.0),
        ncols=2,
        frameon=False,
        labelcolor=INK,
        borderaxespad=0.2,
        handletextpad=0.5,
        columnspacing=1.2,
    )


def _svg(name: str, title: str, draw: Callable[[Axes], None], height: float, room: Room) -> str:
    import matplotlib
    from matplotlib.figure import Figure

    width, whole = _WIDTH, height + room.top + room.bottom
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_style(name))
        figure = Figure(figsize=(width / _DPI, whole / _DPI))
        figure.subplots_adjust(
            left=room.left / width, right=1 - room.right / width, bottom=room.bottom / whole, top=1 - room.top / whole
        )
        axes = figure.subplots()
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.set_axisbelow(True)
        draw(axes)
        drawn = StringIO()
        figure.savefig(drawn, format="svg", metadata=_NO_METADATA, transparent=True)
    return _inlined(drawn.getvalue(), name, title)


def _beside(names: Sequence[str]) -> float:
    return 14 + _CHARACTER * max(map(len, names), default=0)


def _style(salt: str) -> dict[Any, Any]:
    colours = {"xtick.color": MUTED, "ytick.color": MUTED, "axes.edgecolor": GRID, "axes.labelcolor": MUTED}
    return {"svg.hashsalt": salt, "svg.fonttype": "none", "text.parse_math": False, "font.size": _SIZE, **colours}


def _inlined(svg: str, name: str, title: str) -> str:
    """The `<svg>` element alone, with ids of its own, the page's colours and font, and a name for a screen reader."""
    body = svg[svg.index("<svg") :].rstrip()
    body = re.sub(r"\s*<defs>\s*<style.*?</style>\s*</defs>", "", body, count=1, flags=re.DOTALL)
    body = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", body)
    body = re.sub(r"#00000[1-6]", lambda found: f"var(--{_VARIABLES[found[0]]})", body)
    body = re.sub(
        r"font(-family)?: [^;\"]*'[^;\"]*", lambda found: f"font-size: {_SIZE}px" if not found[1] else "", body
    )
    body = re.sub(r'<svg ([^>]*?)width="[^"]*"', rf'<svg role="img" aria-label="{title}" \1', body, count=1)
    return re.sub(r'(<svg [^>]*?) height="[^"]*"', r"\1", body, count=1)
