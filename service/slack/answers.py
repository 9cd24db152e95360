"""An answer as Slack shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from service.answer import Answer, Citation, Closest, Disagreement, Statement
from service.slack import layout, wording
from service.slack.feedback import answer_buttons
from service.slack.layout import Block, Element, Page
from service.slack.links import Links

CLOSEST_SHOWN = 3
CLOSEST_CHARACTERS = 400
ABOUT = {"date": "the date", "amount": "the amount", "name": "the name"}


class AnswerView:
    """Lays answers out, with links to the characters that prove them."""

    def __init__(self, links: Links) -> None:
        self._links = links

    def pages(self, answer: Answer, *, streamed: bool = False, private: bool = False) -> list[Page]:
        """The whole answer. What was `streamed` is not said twice, nor a statement in the very words of its quote; a
        `private` answer can be shared."""
        blocks = list(self._blocks(answer, streamed))
        blocks.append(layout.note(wording.certainty(answer)))
        blocks.append(answer_buttons(answer, private))
        return layout.pages(blocks, fallback=answer.text or answer.reason or "")

    def streamed(self, statement: Statement) -> str:
        """A statement in Markdown, as it is streamed."""
        return f"{layout.markdown(statement.text)} {layout.markdown(''.join(statement.marks))}\n\n"

    def source(self, citation: Citation) -> list[Block]:
        """A numbered quote with where it is from."""
        heading = layout.paragraph(
            layout.text(f"[{citation.number}] ", bold=True),
            layout.link(self._links.of(citation), citation.title or "Untitled", bold=True),
            *_origin(citation),
        )
        return [heading, *layout.quotation(*_quoted(citation))]

    def _blocks(self, answer: Answer, streamed: bool) -> Iterator[Block]:
        read_as = answer.standalone_question != answer.question and f"Read as: {answer.standalone_question}"
        time = wording.period(answer.time) if answer.time else ""
        if read_as or time:
            yield layout.note(read_as or "", time)
        if answer.status == "abstained":
            yield from self._abstention(answer)
            return
        said = streamed or all(_verbatim(statement, answer.citations) for statement in answer.statements)
        for statement in () if said else answer.statements:
            yield from layout.prose(layout.text(statement.text), *self._marks(statement, answer.citations))
        for disagreement in answer.disagreements:
            yield from self._disagreement(disagreement)
        if streamed or answer.disagreements or not said:
            yield layout.divider()
        for citation in answer.citations:
            yield from self.source(citation)

    def _marks(self, statement: Statement, citations: Sequence[Citation]) -> Iterator[Element]:
        for citation in citations:
            if citation.number in statement.citations:
                yield layout.text(" ")
                yield layout.link(self._links.of(citation), f"[{citation.number}]")

    def _disagreement(self, disagreement: Disagreement) -> Iterator[Block]:
        yield layout.paragraph(layout.text(f"The articles disagree about {ABOUT[disagreement.about]}:", bold=True))
        yield layout.columns(wording.side(side) for side in disagreement.sides)

    def _abstention(self, answer: Answer) -> Iterator[Block]:
        yield from layout.prose(layout.text(answer.reason or "The articles do not say.", bold=True))
        if answer.clarification:
            yield from layout.prose(*(layout.text(f"• {option}\n") for option in answer.clarification.options))
            return
        if answer.closest:
            yield layout.note(wording.NEAREST)
        for near in answer.closest[:CLOSEST_SHOWN]:
            yield self._near(near)

    def _near(self, near: Closest) -> Block:
        where = layout.link(self._links.of(near), near.title or "Untitled")
        passage = layout.clipped(" ".join(near.quote.split()), CLOSEST_CHARACTERS)
        return layout.paragraph(where, *_origin(near), layout.text(f"\n{passage}", italic=True))


def _verbatim(statement: Statement, citations: Sequence[Citation]) -> bool:
    """Whether the statement says what its one quote says, word for word."""
    return [each.quote for each in citations if each.number in statement.citations] == [statement.text]


def _origin(cited: Citation | Closest) -> list[Element]:
    origin = wording.origin(cited)
    return [layout.text(f" · {origin}")] if origin else []


def _quoted(citation: Citation) -> list[Element]:
    """The exact characters, with the short answer in bold."""
    quote, short = citation.quote, citation.short
    if short is None:
        return [layout.text(quote)]
    start, end = short.start - citation.start, short.end - citation.start
    parts = (layout.text(quote[:start]), layout.text(quote[start:end], bold=True), layout.text(quote[end:]))
    return [part for part in parts if part["text"]]
