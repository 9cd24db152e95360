"""Walks a person through drafted cases on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pydantic import ValidationError
from rich.console import Console

from eval.casefile import DRAFT
from eval.cases import Case
from eval.drafting.misses import nearest
from eval.shelf import Shelf
from ingest.console import escape
from ingest.errors import DossierError

CONTEXT = 240
"""Characters of the article shown on either side of a quote."""
KEYS = (
    "[bold]a[/] accept · [bold]e[/] edit the question · [bold]w[/] edit the answers · [bold]s[/] skip · [bold]q[/] quit"
)
BETWEEN_ANSWERS = "|"

Ask = Callable[[str], str]
Keep = Callable[[Case], None]


@dataclass(slots=True)
class Reviewed:
    """How many cases were accepted and skipped, and whether the person stopped before the last."""

    accepted: int = 0
    skipped: int = 0
    stopped: bool = False


def review(proposals: Iterable[Case], console: Console, shelf: Shelf, keep: Keep, ask: Ask | None = None) -> Reviewed:
    """Shows each case and does as it is told. `keep` gets an accepted case, without its draft tag, before the next is
    shown, so that nothing is lost when the person stops or the process is killed.

    `ask` prints a prompt and reads a line, from the console unless given; EOFError and Ctrl-C stop the review.
    """
    reviewed = Reviewed()
    asking = ask or console.input
    try:
        for number, case in enumerate(proposals, start=1):
            decided = _decide(case, number, console, shelf, asking)
            if decided is None:
                reviewed.skipped += 1
                continue
            keep(decided)
            reviewed.accepted += 1
    except (EOFError, KeyboardInterrupt, _Stopped):
        reviewed.stopped = True
    return reviewed


class _Stopped(Exception):
    """The person has had enough."""


def _decide(case: Case, number: int, console: Console, shelf: Shelf, ask: Ask) -> Case | None:
    """The case as accepted, None when it is skipped."""
    _show(case, number, console, shelf)
    while True:
        key = ask(f"{KEYS}: ").strip().casefold()
        if key in ("q", "quit"):
            raise _Stopped
        if key in ("s", "skip"):
            return None
        if key in ("a", "accept"):
            return _changed(case, console, tags=tuple(tag for tag in case.tags if tag != DRAFT))
        if key in ("e", "edit"):
            case = _edit_question(case, console, ask)
        elif key in ("w", "answers"):
            case = _edit_answers(case, console, ask)


def _edit_question(case: Case, console: Console, ask: Ask) -> Case:
    text = " ".join(ask("New question (empty keeps it): ").split())
    return _changed(case, console, question=text) if text else case


def _edit_answers(case: Case, console: Console, ask: Ask) -> Case:
    if case.expected == "abstained":
        console.print("A question that the articles do not answer has no answers.", style="yellow")
        return case
    line = ask(f"New answers, parted by {BETWEEN_ANSWERS} (- for none, empty keeps them): ")
    if not line.strip():
        return case
    answers = tuple(text for part in line.split(BETWEEN_ANSWERS) if (text := " ".join(part.split())) and text != "-")
    missing = [answer for answer in answers if not any(answer in gold.quote for gold in case.gold)]
    if missing:
        console.print(f"Not in the quote: {escape('; '.join(missing))}. Kept as you wrote it.", style="yellow")
    return _changed(case, console, answers=answers)


def _changed(case: Case, console: Console, **fields: object) -> Case:
    """The case with other fields, as it was where nobody could ask it so."""
    try:
        changed = Case.model_validate(case.model_dump() | fields)
        changed.asked("quoted")
    except (ValidationError, DossierError) as error:
        reason = error.message if isinstance(error, DossierError) else error.errors()[0]["msg"]
        console.print(f"Not changed: {escape(reason)}", style="yellow")
        return case
    if fields.keys() & {"question", "answers"}:
        _print_asked(changed, console)
    return changed


def _show(case: Case, number: int, console: Console, shelf: Shelf) -> None:
    kinds = " · ".join(tag for tag in case.tags if tag != DRAFT)
    console.rule(f"{number} · {escape(kinds)}", align="left")
    if case.gold:
        _print_quote(case, console, shelf)
    _print_asked(case, console)
    if case.note:
        console.print(f"[dim]{escape(case.note)}[/]")
    if case.expected == "abstained":
        console.print("[yellow]The articles should not answer this.[/] Be sure before you accept. Nearest sentences:")
        for name, sentence in nearest(shelf, case.question):
            console.print(f"  {escape(sentence)} [dim]({escape(name)})[/]")


def _print_quote(case: Case, console: Console, shelf: Shelf) -> None:
    gold = case.gold[0]
    article = shelf.articles[gold.article]
    start = article.text.index(gold.quote)
    before = article.text[max(0, start - CONTEXT) : start]
    after = article.text[start + len(gold.quote) :][:CONTEXT]
    console.print(f"[bold]{escape(article.title or gold.article)}[/] [dim]({escape(gold.article)})[/]")
    console.print(f"[dim]{escape(before)}[/][reverse]{escape(gold.quote)}[/][dim]{escape(after)}[/]")
    others = ", ".join(other.article for other in case.gold[1:])
    if others:
        console.print(f"[dim]Also in {escape(others)}.[/]")


def _print_asked(case: Case, console: Console) -> None:
    console.print(f"Question: [bold]{escape(case.question)}[/]")
    if case.expected == "answered":
        console.print(f"Answers:  {escape(f' {BETWEEN_ANSWERS} '.join(case.answers)) or '[dim](none)[/]'}")
