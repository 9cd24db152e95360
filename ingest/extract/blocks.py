"""Blocks of a document, and the text and sections they make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.article import Section, Span
from ingest.documents import NO_HINTS, Hints
from ingest.text import normalise, one_line

Role = Literal["body", "heading", "aside"]
"""Only body can be quoted. A heading names the body after it; an aside (title, byline, caption) is text and no more."""

GAP = "\n\n"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list, heading or aside."""

    text: str
    role: Role = "body"


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one kind of document yields: blocks in reading order, the facts it states, and notes for the user."""

    blocks: Sequence[Block]
    found: Hints = NO_HINTS
    notes: Sequence[str] = ()


def assemble(blocks: Iterable[Block], title: str = "") -> tuple[str, Sequence[Section]]:
    """Normalised text, and one section for each run of body blocks.

    Sections are in order, do not overlap, and cover exactly the body. A heading that repeats the title names nothing.
    """
    clean = [block for block in _normalised(blocks) if block.text]
    sections: list[Section] = []
    heading: str | None = None
    start = end = 0
    open_section = False
    for offset, block in _placed(clean):
        if block.role == "body":
            start = start if open_section else offset
            end, open_section = offset + len(block.text), True
            continue
        if open_section:
            sections.append(Section(Span(start, end), heading))
            open_section = False
        if block.role == "heading":
            heading = _heading(block.text, title)
    if open_section:
        sections.append(Section(Span(start, end), heading))
    return GAP.join(block.text for block in clean), sections


def _normalised(blocks: Iterable[Block]) -> Iterator[Block]:
    return (Block(normalise(block.text), block.role) for block in blocks)


def _placed(blocks: Iterable[Block]) -> Iterator[tuple[int, Block]]:
    offset = 0
    for block in blocks:
        yield offset, block
        offset += len(block.text) + len(GAP)


def _heading(text: str, title: str) -> str | None:
    line = one_line(text)
    return None if line.casefold() == title.casefold() else line
