"""What a person or a machine reads of an evaluation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from eval.errors import RunError
from eval.gate import Gate
from eval.scorecard import DECIMALS, Metric, Scorecard, Scored
from eval.scorers import Score

WORST = 10
_COLOURS = {"pass": "green", "worse": "red", "broken": "red"}


def show(card: Scorecard, gate: Gate | None, console: Console) -> None:
    """The metrics as a table (with bounds and verdicts when there is a gate), then the worst cases and why."""
    console.print(_table(card, gate))
    console.print(Text(f"{len(card.scored)} cases, {len(card.errors)} failed, mode {card.mode}, data {card.dataset}"))
    worst = sorted((each for each in card.scored if _trouble(each)), key=lambda each: -_trouble(each))
    for each in worst[:WORST]:
        _show_case(each, console)
    if len(worst) > WORST:
        console.print(Text(f"and {len(worst) - WORST} more that lost a score; --out keeps them all", style="dim"))
    if gate:
        for fault in gate.faults[:WORST]:
            console.print(Text(f"fault: {fault}", style="red"))
        console.print(Text(f"gate: {gate.verdict}", style=f"bold {_COLOURS[gate.verdict]}"))


def as_json(card: Scorecard, gate: Gate | None) -> str:
    """The summary, with the verdict when there is a gate."""
    return _dumped(card.summary() | ({"gate": gate.summary()} if gate else {}), indent=2)


def write(card: Scorecard, folder: Path) -> None:
    """Writes `metrics.json` and `cases.jsonl` (one line a case, in order): equal answers give equal bytes.

    Raises: RunError when the folder cannot be written.
    """
    files = {
        "metrics.json": as_json(card, None) + "\n",
        "cases.jsonl": "".join(_dumped(_case(each, card)) + "\n" for each in card.scored),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_text(content, encoding="utf-8", newline="\n")
    except OSError as error:
        raise RunError(f"{folder} cannot be written ({error.strerror}).", "Give another folder as --out.") from error


def _table(card: Scorecard, gate: Gate | None) -> Table:
    table = Table()
    for heading in ("metric", "value", "95 % interval", "n"):
        table.add_column(heading, justify="left" if heading == "metric" else "right")
    if gate:
        table.add_column("bound", justify="right")
        table.add_column("verdict")
        for row in gate.rows:
            verdict = Text(row.verdict, style=_COLOURS[row.verdict]) if row.verdict else Text("")
            table.add_row(*_cells(row.metric), str(row.bound or ""), verdict)
        return table
    table.add_column("meaning")
    for metric in card.metrics:
        table.add_row(*_cells(metric), metric.scorer.meaning)
    return table


def _cells(metric: Metric) -> tuple[str, str, str, str]:
    value = "unscored" if metric.value is None else f"{metric.value:.3f}"
    interval = f"{metric.interval.low:.3f} – {metric.interval.high:.3f}" if metric.interval else "–"
    return metric.scorer.name, value, interval, str(metric.n)


def _trouble(scored: Scored) -> float:
    """How badly a case went: failures first, then inexact quotes, then by what the scores lost."""
    if scored.outcome.error is not None:
        return 1000.0
    return 100.0 * ("exactness" in scored.losses) + sum(scored.losses.values())


def _show_case(scored: Scored, console: Console) -> None:
    case = scored.outcome.case
    console.print()
    console.print(Text(f"{case.id}: ", style="bold") + Text(case.question, style="not bold"))
    for why, names in _reasons(scored):
        console.print(Text("  ") + Text(", ".join(names), style="red") + Text(f": {why}"))
    for gold in case.gold[:2]:
        console.print(Text(f"  gold, {gold.article}: {gold.quote}", style="dim"))


def _reasons(scored: Scored) -> Iterator[tuple[str, Sequence[str]]]:
    """Each reason once, with the measures it explains."""
    if scored.outcome.error is not None:
        yield scored.outcome.error, ["failed"]
    grouped: dict[str, list[str]] = {}
    for name in scored.losses:
        grouped.setdefault(scored.scores[name].why, []).append(name)
    yield from grouped.items()


def _case(scored: Scored, card: Scorecard) -> dict[str, Any]:
    outcome = scored.outcome
    answer = outcome.answer
    return {
        "id": outcome.case.id,
        "question": outcome.case.question,
        "expected": outcome.case.expected,
        "status": answer.status if answer else None,
        "error": outcome.error,
        "confidence": round(answer.confidence, DECIMALS) if answer else None,
        "statements": [statement.text for statement in answer.statements] if answer else [],
        "citations": [
            {
                "article": card.names.get(citation.article_id, citation.article_id),
                "start": citation.start,
                "end": citation.end,
                "quote": citation.quote,
            }
            for citation in (answer.citations if answer else ())
        ],
        "scores": {name: _score(score) for name, score in scored.scores.items()},
    }


def _score(score: Score) -> dict[str, Any]:
    return {"value": None if score.value is None else round(score.value, DECIMALS), "why": score.why}


def _dumped(content: Any, indent: int | None = None) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=indent)
