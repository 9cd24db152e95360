"""Two runs side by side, and many runs of the same, on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from eval.constancy import MOST_FLIPS, Constancy
from eval.verdicts import Change, MetricChange
from ingest.console import escape

MOST = 30
ENOUGH = 299
"""Runs without a flip that show, with 95 % confidence, that fewer than 1 % flip."""


def show_changes(metrics: Sequence[MetricChange], records: Sequence[Change], console: Console) -> None:
    """The metrics with the interval of their change, then the records that changed, the worse first."""
    table = Table()
    for heading in ("metric", "before", "after", "change", "95 % interval", "pairs"):
        table.add_column(heading, justify="left" if heading == "metric" else "right")
    for each in metrics:
        ends = f"{each.interval[0]:+.3f} – {each.interval[1]:+.3f}" if each.interval else "–"
        table.add_row(each.name, _value(each.before), _value(each.after), _signed(each.difference), ends, str(each.n))
    console.print(table)
    for change in records[:MOST]:
        colour = "red" if change.worse else "green"
        moved = f"{_value(change.before)} → {_value(change.after)}"
        console.print(f"[{colour}]{escape(change.metric)} {moved}[/] {escape(change.id)}: {escape(change.why)}")
    if len(records) > MOST:
        console.print(f"and {len(records) - MOST} more; --json has them all", style="dim")
    if not records:
        console.print("No case changed.")


def show_constancy(found: Constancy, console: Console) -> None:
    """How often the gate changed its mind, and about which cases."""
    times = len(found.verdicts)
    console.print(
        f"{times - found.flips} of {times} runs of identical input got the verdict of the first ({found.reference}); "
        f"{found.flips} flipped. With 95 % confidence the gate flips in at most {found.at_most:.1%} of runs."
    )
    if found.deterministic:
        console.print("Every metric came out the same each time.")
    else:
        ids = sorted({change.id for change in found.changes})
        console.print(f"Answers differed in {len(ids)} cases: {escape(', '.join(ids[:MOST]))}")
    if found.flips == 0 and found.at_most > MOST_FLIPS:
        console.print(f"To show that at most {MOST_FLIPS:.0%} flip takes {ENOUGH} runs.", style="dim")


def constancy_json(found: Constancy) -> dict[str, Any]:
    """What a machine reads."""
    return {
        "reference": found.reference,
        "times": len(found.verdicts),
        "flips": found.flips,
        "rate": found.rate,
        "rate_at_most": found.at_most,
        "deterministic": found.deterministic,
        "changed": sorted({change.id for change in found.changes}),
    }


def _value(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+.3f}"
