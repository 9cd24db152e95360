"""Blocks: the stretches of a text that no sentence crosses, known from its layout alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ingest.abbreviations import NUMBERED
from ingest.article import Span

_BULLET = re.compile(r"\s*(?:(?P<strong>[•▪▫◦‣⁃●○■□►▶➤✓✔*])|(?P<weak>[-–—]|\(?\d{1,3}[.)]|\(?[a-z]\)))(?=\s)")
_INLINE_BULLET = re.compile(r"(?<=\s)[•▪●◦‣](?=\s)")
_PAGE_ENDS = ("\x0c", "\u2029")
_CLOSED = re.compile(r"[.?!…:;][\"”’'»)\]]*\s*$")
_HANGING = re.compile(
    r"\b(?:an?|and|as|at|but|by|for|from|in|into|nor|of|on|or|over|than|that|the|their|this|to|under|was|were|with)$",
    re.I,
)
_RAGGED = 0.85
"""Wrapped lines of a document set in a proportional font differ in length by about this much."""
_HEADLINE = 140


def blocks(text: str, span: Span) -> Iterator[Span]:
    """Paragraphs, list items and headline-like lines inside `span`, in order, as absolute spans.

    Blocks may begin or end with white space; between two blocks lies nothing but white space.
    """
    for paragraph in _paragraphs(text[span.start : span.end], span.start):
        for start, end in _parts(text, paragraph):
            marks = [mark.start() for mark in _INLINE_BULLET.finditer(text, start, end)]
            edges = [start, *marks, end]
            yield from (Span(left, right) for left, right in pairwise(edges) if left < right)


def _paragraphs(stretch: str, offset: int) -> Iterator[list[Span]]:
    """The non-blank lines between two blank ones, line by line."""
    lines: list[Span] = []
    for line in stretch.splitlines(keepends=True):
        blank = line.isspace()
        if not blank:
            lines.append(Span(offset, offset + len(line)))
        offset += len(line)
        if lines and (blank or line.endswith(_PAGE_ENDS)):
            yield lines
            lines = []
    if lines:
        yield lines


def _parts(text: str, lines: list[Span]) -> Iterator[tuple[int, int]]:
    if len(lines) == 1:
        yield lines[0]
        return
    words = [line.of(text).rstrip() for line in lines]
    width = max(map(len, words))
    start = lines[0].start
    for index in range(1, len(lines)):
        if _item_begins(words, index) or _line_stands_alone(words, index, width):
            yield start, lines[index].start
            start = lines[index].start
    yield start, lines[-1].end


def _item_begins(lines: list[str], index: int) -> bool:
    """Whether line `index` opens a list item. A dash or a number must not be a wrapped line's first word."""
    marker = _BULLET.match(lines[index])
    if marker is None:
        return False
    dated = lines[index - 1].rpartition(" ")[2].rstrip(".").casefold() in NUMBERED
    if marker["strong"] or (_CLOSED.search(lines[index - 1][-8:]) and not dated):
        return True
    neighbours = lines[max(0, index - 1) : index] + lines[index + 1 : index + 2]
    return any(other is not None and other["weak"] for other in map(_BULLET.match, neighbours))


def _line_stands_alone(lines: list[str], index: int, width: int) -> bool:
    """Whether the line before `index` was ended on purpose, as a headline or by-line is, and not wrapped."""
    line, following = lines[index - 1], lines[index].lstrip()
    if len(line) > _HEADLINE or line.endswith((",", "-", "—", "–")) or _CLOSED.search(line[-8:]):
        return False
    first = following.split(None, 1)[0]
    opening = first.lstrip("“\"‘'([«")[:1]
    if not (opening.isupper() or opening.isdigit()) or _HANGING.search(line[-8:]):
        return False
    return len(line) + 1 + len(first) <= _RAGGED * width or (index == 1 and _is_title_case(line))


def _is_title_case(line: str) -> bool:
    if ", " in line or ": " in line:
        return False
    long_words = [word for word in line.split() if len(word) > 3 and word[0].isalpha()]
    return len(long_words) >= 3 and all(word[0].isupper() for word in long_words)
