"""What a person sees in a terminal: progress, summaries, lists. Progress goes to standard error."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape as without_markup
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from ingest.health import Health
from ingest.pipeline import Progress as Advance
from ingest.pipeline import Report
from ingest.records import ArticleRecord

STATUSES = ("new", "changed", "unchanged", "duplicate", "failed")
MOST_LISTED = 20
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LATE_CONTROLS = re.compile("[\x7f-\x9f]")


def out() -> Console:
    """Standard output; long addresses are never broken."""
    return Console(soft_wrap=True, highlight=False)


def err() -> Console:
    """Standard error."""
    return Console(stderr=True, highlight=False)


def escape(text: str) -> str:
    """The text as it is, whatever markup it holds; a terminal's control characters are shown, not obeyed."""
    return without_markup(_CONTROLS.sub(lambda found: f"\\x{ord(found[0]):02x}", text))


def announce(message: str) -> None:
    """Says what is being waited for."""
    err().print(escape(message), style="dim")


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json_for_terminal(json.dumps(value, indent=1, ensure_ascii=False, default=str)) + "\n")


def json_for_terminal(text: str) -> str:
    """JSON whose strings hold no character that a terminal takes for an order: JSON itself leaves some as they are."""
    return _LATE_CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


@contextmanager
def _bar(what: str, noun: str) -> Iterator[Progress]:
    columns = (
        TextColumn(what),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f} " + noun),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[more]}", style="dim"),
    )
    with Progress(*columns, console=err(), transient=True, disable=not err().is_terminal) as bar:
        yield bar


@contextmanager
def ingest_progress() -> Iterator[Callable[[Advance], None]]:
    """A bar over the passages known of, with the rate and the time left."""
    with _bar("Ingesting", "passages") as bar:
        task = bar.add_task("", total=0, rate="", more="")

        def show(advance: Advance) -> None:
            more = f"{advance.documents:,} documents read{' so far' if advance.reading else ''}"
            bar.update(task, total=advance.passages, completed=advance.done, rate=_rate(bar), more=more)

        yield show


@contextmanager
def count_progress(what: str, noun: str) -> Iterator[Callable[[int, int], None]]:
    """A bar that is told (done, total)."""
    with _bar(what, noun) as bar:
        task = bar.add_task("", total=0, rate="", more="")
        yield lambda done, total: bar.update(task, total=total, completed=done, rate=_rate(bar))


def _rate(bar: Progress) -> str:
    speed = bar.tasks[0].speed
    return f"{speed:,.0f}/s" if speed else ""


def report_json(report: Report) -> dict[str, Any]:
    """A report for machines."""
    return {
        **{status: report.counts[status] for status in STATUSES},
        "passages": report.passages,
        "seconds": round(report.seconds, 2),
        "failures": [{"origin": outcome.origin, "reason": outcome.reason} for outcome in report.failures],
        "notes": [{"origin": outcome.origin, "notes": list(outcome.notes)} for outcome in report.notes],
    }


def print_report(report: Report) -> None:
    """A report for a reader: counts, then what failed and why, then what was repaired or guessed."""
    console = out()
    counts = ", ".join(f"{report.counts[status]:,} {status}" for status in STATUSES)
    rate = f", {report.passages / report.seconds:,.0f}/s" if report.passages and report.seconds else ""
    console.print(
        f"{counts} ({report.passages:,} passage{'' if report.passages == 1 else 's'} in {report.seconds:,.1f} s{rate})"
    )
    if not sum(report.counts.values()):
        console.print(
            "Nothing to ingest was found. Supported: txt, md, html, pdf, docx, json, jsonl, gz, zip, http(s)."
        )
    for outcome in report.failures[:MOST_LISTED]:
        console.print(f"[red]failed[/] {escape(outcome.origin)}: {escape(outcome.reason or '')}")
    for outcome in report.notes[:MOST_LISTED]:
        console.print(f"[yellow]note[/] {escape(outcome.origin)}: {escape('; '.join(outcome.notes))}")
    hidden = max(0, len(report.failures) - MOST_LISTED) + max(0, len(report.notes) - MOST_LISTED)
    if hidden:
        console.print(f"... and {hidden:,} more; --json lists all.")


def print_articles(records: Sequence[ArticleRecord], total: int) -> None:
    """A table of articles."""
    table = Table(box=None, pad_edge=False)
    for column in ("id", "published", "source", "title"):
        table.add_column(column, overflow="fold" if column == "title" else "ellipsis", no_wrap=column != "title")
    for record in records:
        title = record.title or record.url or record.key
        state = "" if record.state == "live" else f" ({record.state})"
        table.add_row(record.id, str(record.published or "unknown"), escape(record.source or ""), escape(title) + state)
    console = Console(highlight=False)
    console.print(table)
    console.print(f"{len(records):,} of {total:,} articles", style="dim")


def print_article(record: ArticleRecord, versions: Sequence[ArticleRecord]) -> None:
    """One article with its text."""
    console = out()
    console.print(escape(record.title or "(no title)"), style="bold")
    facts = (record.source, record.author, f"published {record.published}" if record.published else None, record.url)
    console.print(escape(" · ".join(fact for fact in facts if fact)), style="dim")
    known = ", ".join(f"{version.id} (version {version.version}, {version.state})" for version in versions)
    console.print(f"{known}; story {record.story}", style="dim")
    console.print()
    console.print(escape(record.text or ""))


def print_health(health: Health) -> None:
    """What a check found."""
    console = out()
    for problem in health.problems:
        console.print(f"[red]problem[/] {escape(problem.what)}")
    if health.problems:
        if any(problem.repairable for problem in health.problems):
            console.print("Run `dossier check --repair` to mend this from the catalog.")
        return
    console.print(
        f"All well: catalog, full text and vectors agree on {health.articles:,} articles, {health.passages:,} passages."
    )


def health_json(health: Health) -> dict[str, Any]:
    """A check for machines."""
    return asdict(health)
