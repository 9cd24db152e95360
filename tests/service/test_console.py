"""What a terminal is sent: articles and errors are text of strangers, shown and never obeyed."""

from __future__ import annotations

import re
from datetime import date
from io import StringIO

import pytest
from rich.console import Console

from ingest.errors import DossierError
from service.answer import Answer, Citation, Closest, Models, Short, Statement
from service.cli import print_error
from service.console import print_answer

HOSTILE = "\x1b]0;owned\x07\x1b[31m[bold]x[/bold] [/x]\x9b2J"
SHOWN = "\\x1b]0;owned\\x07\\x1b[31m[bold]x[/bold] [/x]\\x9b2J"
LONG = "https://example.org/" + "a" * 120


def answer(answered: bool) -> Answer:
    place = {"article_id": "1", "title": HOSTILE, "url": LONG, "source": HOSTILE, "published": date(2012, 6, 30)}
    return Answer(
        id="1",
        question="Why?",
        standalone_question=HOSTILE,
        status="answered" if answered else "abstained",
        mode="composed",
        text=HOSTILE,
        statements=(Statement(text=HOSTILE, citations=(1,), verdict="supported", support=1.0),) if answered else (),
        citations=(Citation(number=1, start=0, end=1, quote=HOSTILE, **place),) if answered else (),
        closest=() if answered else (Closest(start=0, end=1, quote=HOSTILE, **place),),
        reason=None if answered else HOSTILE,
        confidence=0.5,
        models=Models(embedder="e", reader="r", verifier="v", llm=HOSTILE, prompts=""),
    )


def printed(answered: bool) -> str:
    written = StringIO()
    print_answer(Console(file=written, width=80, highlight=False), answer(answered))
    return written.getvalue()


@pytest.mark.parametrize("answered", [True, False])
def test_control_characters_and_markup_are_shown_and_not_obeyed(answered: bool) -> None:
    text = printed(answered)
    assert text.count(SHOWN) >= 4
    assert not set(text) & set("\x1b\x07\x9b")


@pytest.mark.parametrize("answered", [True, False])
def test_an_address_is_never_broken(answered: bool) -> None:
    assert LONG in printed(answered)


def test_the_short_answer_is_underlined_in_its_quote() -> None:
    quote = "It was closed on 3 May\n2012 after a storm."
    short = Short(start=117, end=127, text="3 May\n2012")
    place = {"article_id": "1", "title": "Storm", "start": 100, "end": 100 + len(quote), "quote": quote}
    told = answer(answered=True).model_copy(update={"citations": (Citation(number=1, short=short, **place),)})
    written = StringIO()
    print_answer(Console(file=written, width=80, highlight=False, force_terminal=True, color_system="standard"), told)
    assert re.search(r"on \x1b\[0m\x1b\[3;4m3 May 2012\x1b\[0m\x1b\[3m after", written.getvalue())


def test_lines_do_not_end_in_blanks() -> None:
    assert [line for line in printed(answered=True).splitlines() if line != line.rstrip()] == []


def test_an_error_is_shown_and_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    print_error(DossierError(HOSTILE, HOSTILE))
    assert capsys.readouterr().err.splitlines() == [SHOWN, SHOWN]
