"""A run on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from eval.reports import wording
from eval.reports.changes import Changed, changed, subject
from eval.reports.losses import Lost, worst
from eval.reports.rows import Row, rows, shown, unscored
from eval.results import Result
from eval.verdicts import GateResult
from ingest.console import escape

WORST = 10
FAULTS = 10
GOLD = 2
TOLD = 300
_COLOURS = {"pass": "green", "worse": "red", "broken": "red", "": "default"}


def show(result: Result, gate: GateResult | None, console: Console) -> None:
    """The metrics, the speed, the notes, the cases that changed, the worst ones with why each lost, the verdict."""
    every = rows(result, gate)
    console.print(_gated(every, gate.baseline is not None) if gate else _plain(every))
    for why, names in unscored(every).items():
        console.print(f"unscored: {escape(', '.join(names))} ({escape(wording.line(why))})", style="dim")
    _print_facts(result, console)
    if gate:
        _print_changes(changed(result, gate), console)
    _print_worst(worst(result), console)
    if gate:
        _print_verdict(result, gate, console)


def _plain(every: Sequence[Row]) -> Table:
    table = _table("metric", "value", "95 % interval", "n")
    table.add_column("meaning")
    for row in shown(every):
        meaning = row.metric.meaning if row.metric else ""
        table.add_row(*_cells(row), escape(meaning))
    return table


def _gated(every: Sequence[Row], compared: bool) -> Table:
    table = _table("metric", "value", "95 % interval", "n", *(["against baseline"] if compared else []), "bounds")
    table.add_column("verdict")
    for row in shown(every):
        judged = f"[{_COLOURS[row.judged]}]{row.judged}[/]"
        table.add_row(*_cells(row), *([row.difference] if compared else []), escape(row.bounds), judged)
    return table


def _table(*headings: str) -> Table:
    table = Table()
    for heading in headings:
        table.add_column(
            heading, justify="left" if heading == "metric" else "right", no_wrap=heading in {"metric", "value"}
        )
    return table


def _cells(row: Row) -> tuple[str, str, str, str]:
    return escape(row.name), row.value, row.interval, row.n


def _print_facts(result: Result, console: Console) -> None:
    console.print(escape(wording.what_ran(result)))
    if facts := wording.speed(result.speed):
        console.print(f"speed: {escape('; '.join(facts))}")
    if result.threshold:
        console.print(escape(wording.threshold(result.threshold)))
    for note in wording.notes(result):
        console.print(f"note: {escape(wording.line(note))}")


def _print_changes(groups: Sequence[Changed], console: Console) -> None:
    for title, colour, worse in (("got worse", "red", True), ("got better", "green", False)):
        of_kind = [each for each in groups if each.worse == worse]
        if of_kind:
            console.print(f"\n[bold {colour}]{title}: {len(of_kind)}[/]")
        for each in of_kind[:WORST]:
            console.print(f"[bold]{escape(each.id)}[/]: {escape(wording.line(each.subject))}")
            _print_indented(escape("; ".join(map(wording.change, each.telling))), console)
            for why in each.reasons:
                _print_indented(escape(wording.line(why, TOLD)), console)
        _print_rest(len(of_kind), f"that {title}", console)


def _print_worst(lost: Sequence[Lost], console: Console) -> None:
    if lost:
        console.print(f"\n[bold]the worst of {len(lost)} that failed or lost a score[/]")
    for each in lost[:WORST]:
        record = each.record
        console.print(f"[bold]{escape(record.id)}[/]: {escape(wording.line(subject(record)))}")
        for why, names in each.reasons:
            _print_indented(f"[red]{escape(', '.join(names))}[/]: {escape(wording.line(why, TOLD))}", console)
        for gold in record.gold[:GOLD]:
            _print_indented(f"[dim]gold, {escape(gold.article)}: {escape(wording.line(gold.quote, TOLD))}[/]", console)
    _print_rest(len(lost), "that lost a score", console)


def _print_rest(count: int, what: str, console: Console) -> None:
    if count > WORST:
        console.print(f"and {count - WORST} more {what}; --out keeps them all", style="dim")


def _print_indented(markup: str, console: Console) -> None:
    console.print(Padding(markup, (0, 0, 0, 2), expand=False))


def _print_verdict(result: Result, gate: GateResult, console: Console) -> None:
    console.print()
    for fault in gate.faults[:FAULTS]:
        console.print(f"[red]fault: {escape(wording.line(fault))}[/]")
    if len(gate.faults) > FAULTS:
        console.print(f"and {len(gate.faults) - FAULTS} more faults", style="dim")
    for metric in gate.metrics:
        for reason in metric.reasons if metric.verdict != "pass" else ():
            console.print(f"[red]{escape(metric.name)}: {escape(wording.line(reason))}[/]")
    console.print(escape(wording.comparison(result, gate)))
    console.print(f"[bold {_COLOURS[gate.verdict]}]{escape(wording.verdict(gate))}[/]")
