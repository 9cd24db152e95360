"""Lines as a page prints them, joined to paragraphs by their distance, size and length."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median, quantiles

from ingest.extract.blocks import Block

_HYPHEN_END = re.compile(r"[^\W\d_]-$")
_SENTENCE_END = re.compile(r"[.!?…:][\"'”’»)\]]*$")
_DIGITS = re.compile(r"\d+")
_SHORT = 0.75
_WIDE_GAP = 1.3
_BIG = 1.15
_LONGEST_HEADING = 200
_REPEATED = 0.6
_FEWEST_PAGES = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line: its text, its letters' size, and its height above the foot of the page, in points."""

    text: str
    size: float
    height: float


@dataclass(frozen=True, slots=True)
class _Usual:
    """What is usual in a document: characters of a full line, size of letters, distance of lines."""

    width: float
    size: float
    gap: float


def blocks(pages: Sequence[Sequence[Line]]) -> list[Block]:
    """Paragraphs as body, and those in bigger letters as headings. Page numbers and running lines are left out."""
    lines = [line for page in _without_running_lines(pages) for line in page]
    if not lines:
        return []
    usual = _measured(lines)
    result: list[Block] = []
    current = lines[0]
    for before, line in pairwise(lines):
        if _parted(before, line, usual):
            result.append(_block(current, usual))
            current = line
        else:
            current = replace(current, text=_joined(current.text, line.text))
    return [*result, _block(current, usual)]


def _measured(lines: Sequence[Line]) -> _Usual:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    size = sizes.most_common(1)[0][0]
    lengths = [len(line.text) for line in lines if line.size == size]
    gaps = [gap for before, line in pairwise(lines) if (gap := before.height - line.height) > 0]
    width = quantiles(lengths, n=10)[-1] if len(lengths) > 1 else lengths[0]
    return _Usual(width, size, median(gaps) if gaps else 0)


def _parted(before: Line, line: Line, usual: _Usual) -> bool:
    """Whether a new paragraph starts at `line`."""
    if not _alike(before.size, line.size):
        return True
    if before.height - line.height > usual.gap * _WIDE_GAP:
        return True
    if before.size > usual.size * _BIG or len(before.text) >= usual.width * _SHORT:
        return False
    return bool(_SENTENCE_END.search(before.text)) or not line.text[0].islower()


def _alike(one: float, other: float) -> bool:
    return max(one, other) < min(one, other) * _BIG


def _block(line: Line, usual: _Usual) -> Block:
    big = line.size > usual.size * _BIG and len(line.text) <= _LONGEST_HEADING
    return Block(line.text, "heading" if big else "body")


def _joined(before: str, line: str) -> str:
    if _HYPHEN_END.search(before) and line[0].islower():
        return before[:-1] + line
    return f"{before} {line}"


def _without_running_lines(pages: Sequence[Sequence[Line]]) -> Iterable[Sequence[Line]]:
    """The pages without their numbers and without the headers and footers that most of them repeat."""
    edges = Counter(_pattern(line) for page in pages for line in {*page[:1], *page[-1:]})
    most = max(len(pages) * _REPEATED, _FEWEST_PAGES)
    running = {pattern for pattern, count in edges.items() if count >= most} | {"#"}
    for page in pages:
        first = 1 if page and _pattern(page[0]) in running else 0
        last = len(page) - 1 if len(page) > first and _pattern(page[-1]) in running else len(page)
        yield page[first:last]


def _pattern(line: Line) -> str:
    return _DIGITS.sub("#", line.text)
