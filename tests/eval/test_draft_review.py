"""A person's walk through the drafts: what each key does, and that nothing accepted is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import StringIO

from rich.console import Console

from eval.cases import Case, Gold
from eval.draft_review import Reviewed, review
from tests.eval.drafting.shelves import shelf

SHELF = shelf()
QUOTE = "Denmark paid 40 million dollars for the cranes in Marwa."
CASE = Case(
    id="cranes",
    question="How much did Denmark pay for the cranes in Marwa?",
    expected="answered",
    gold=(Gold(article="port.md", quote=QUOTE),),
    answers=("40 million dollars",),
    tags=("draft", "how-many"),
)
MISS = Case(id="miss", question="When was the port of Bergen sold?", expected="abstained", tags=("draft", "near-miss"))


def typing(*lines: str | BaseException) -> Callable[[str], str]:
    """Somebody who types these lines, or breaks off."""
    left: Iterator[str | BaseException] = iter(lines)

    def ask(prompt: str) -> str:
        line = next(left)
        if isinstance(line, BaseException):
            raise line
        return line

    return ask


def reviewed(*lines: str | BaseException, cases: tuple[Case, ...] = (CASE,)) -> tuple[Reviewed, list[Case], str]:
    """The outcome, what was kept, and what was shown."""
    kept: list[Case] = []
    console = Console(file=StringIO(), width=200, color_system=None)
    outcome = review(cases, console, SHELF, kept.append, typing(*lines))
    assert isinstance(console.file, StringIO)
    return outcome, kept, console.file.getvalue()


def test_shows_the_quote_in_its_context_and_keeps_what_is_accepted_without_the_tag() -> None:
    outcome, kept, shown = reviewed("a")
    assert kept == [CASE.model_copy(update={"tags": ("how-many",)})]
    assert (outcome.accepted, outcome.skipped, outcome.stopped) == (1, 0, False)
    for text in ("A new owner for Marwa", "port.md", QUOTE, "About 1,200 workers", CASE.question, "40 million dollars"):
        assert text in shown


def test_edits_the_question_and_the_answers() -> None:
    _, (case,), shown = reviewed("e", "What did  Denmark pay for cranes?", "w", "40 million | $40m", "what?", "a")
    assert case.question == "What did Denmark pay for cranes?"
    assert case.answers == ("40 million", "$40m")
    assert "Not in the quote: $40m" in shown
    _, (case,), _ = reviewed("e", "", "w", "", "w", "-", "a")
    assert (case.question, case.answers) == (CASE.question, ())


def test_a_question_nobody_could_ask_is_not_taken() -> None:
    _, (case,), shown = reviewed("e", "x" * 5000, "a")
    assert case.question == CASE.question
    assert "Not changed" in shown


def test_skips_and_quits() -> None:
    outcome, kept, _ = reviewed("s", "a", "q", cases=(CASE, MISS, CASE))
    assert [case.id for case in kept] == ["miss"]
    assert outcome == Reviewed(accepted=1, skipped=1, stopped=True)


def test_breaking_off_loses_nothing() -> None:
    for end in (EOFError(), KeyboardInterrupt()):
        outcome, kept, _ = reviewed("a", end, cases=(CASE, MISS))
        assert [case.id for case in kept] == ["cranes"]
        assert outcome.stopped


def test_a_near_miss_is_shown_with_what_is_nearest_and_has_no_answers() -> None:
    _, (case,), shown = reviewed("w", "a", cases=(MISS,))
    assert case.answers == ()
    assert "should not answer this" in shown
    assert "The port of Bergen was closed in April 2010." in shown
    assert "has no answers" in shown


def test_an_article_cannot_write_to_the_terminal() -> None:
    text = "# Bad [red]news[/]\n\nPresident Anna Lind opened the \x1b[31m[bold]terminal[/bold] in Oslo on 9 May 2012.\n"
    odd = shelf(odd=text)
    article = odd.articles["odd.md"]
    quote = article.text[article.text.index("President") :].strip()
    case = CASE.model_copy(update={"gold": (Gold(article="odd.md", quote=quote),)})
    console = Console(file=StringIO(), width=200, color_system=None)
    review([case], console, odd, lambda kept: None, typing("s"))
    assert isinstance(console.file, StringIO)
    shown = console.file.getvalue()
    assert "[bold]terminal[/bold]" in shown
    assert "\x1b" not in shown
