"""An answer for a reader in a terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding

from ingest.console import escape
from service.answer import Answer, Citation, Closest, Side, Time

QUOTE_INDENT = 4
_SPACE = re.compile(r"\s+")


def print_answer(console: Console, answer: Answer) -> None:
    """The answer, its numbered quotes with source and date, or what was not found and what is nearest."""
    if answer.standalone_question != answer.question:
        console.print(f"Understood as: {escape(answer.standalone_question)}", style="dim")
    if answer.time:
        console.print(_time(answer.time), style="dim")
    if answer.status == "answered":
        _print_statements(console, answer)
    else:
        _print_abstention(console, answer)


def _time(time: Time) -> str:
    if not time.kept:
        return f"No article of “{escape(time.phrase)}” answers; articles of any time were asked."
    ends = [f"from {time.since}" if time.since else "", f"to {time.until}" if time.until else ""]
    return f"Published {' '.join(filter(None, ends))} (“{escape(time.phrase)}” seen from {time.asked_on})"


def _print_statements(console: Console, answer: Answer) -> None:
    for statement in answer.statements:
        marks = "".join(f"[{number}]" for number in statement.citations)
        console.print(f"{escape(statement.text)} [cyan]{escape(marks)}[/]")
    for disagreement in answer.disagreements:
        console.print(f"[yellow]The sources disagree:[/] {' · '.join(map(_side, disagreement.sides))}")
    console.print()
    for citation in answer.citations:
        console.print(f"[cyan]{escape(f'[{citation.number}]')}[/] {_named(citation)}", soft_wrap=True)
        _print_quote(console, *_parts(citation))
    as_of = f" · as of {answer.as_of}" if answer.as_of else ""
    worded = f"worded by {answer.models.llm}" if answer.mode == "composed" else "in the articles' own words"
    console.print(f"confidence {answer.confidence:.2f}{as_of} · {escape(worded)}", style="dim")


def _side(side: Side) -> str:
    marks = "".join(f"[{number}]" for number in side.citations)
    return f"{escape(side.value)} [cyan]{escape(marks)}[/] ({side.published or 'date unknown'})"


def _print_abstention(console: Console, answer: Answer) -> None:
    console.print(f"[yellow]{escape(answer.reason or '')}[/]")
    if answer.closest:
        console.print("\nNearest passages, not an answer:", style="dim")
        _print_nearest(console, answer.closest)
    console.print(f"confidence {answer.confidence:.2f}", style="dim")


def _print_nearest(console: Console, closest: Sequence[Closest]) -> None:
    for near in closest:
        console.print(f"- {_named(near)}", style="dim", soft_wrap=True)
        _print_quote(console, near.quote, "", "")


def _print_quote(console: Console, before: str, short: str, after: str) -> None:
    """The quote on one line, its short answer underlined."""
    plain = (escape(_SPACE.sub(" ", part)) for part in (before, short, after))
    text = "“{}[underline]{}[/]{}”".format(*plain)
    console.print(Padding(text, (0, 0, 0, QUOTE_INDENT), expand=False), style="italic")


def _parts(citation: Citation) -> tuple[str, str, str]:
    """The quote before its short answer, that answer, and the rest."""
    if citation.short is None:
        return citation.quote, "", ""
    start, end = citation.short.start - citation.start, citation.short.end - citation.start
    return citation.quote[:start], citation.quote[start:end], citation.quote[end:]


def _named(cited: Citation | Closest) -> str:
    date = str(cited.published) if cited.published else "date unknown"
    facts = [f"[bold]{escape(cited.title or 'untitled')}[/]", escape(cited.source or ""), date, escape(cited.url or "")]
    return " · ".join(fact for fact in facts if fact)
