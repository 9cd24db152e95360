"""Sentences of a text, as exact spans."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentencex import get_sentence_boundaries

from ingest.article import Sentence, Span
from ingest.blocks import blocks
from ingest.stops import CLOSERS, sentence_end

LONGEST = 1200
"""Characters after which text without stops is parted at a clause."""
_WINDOW = 4_000
"""Characters given to the splitter at once: its time grows faster than its input."""
_CANDIDATE = re.compile(r"(?<![.!?…‽])[.!?…‽]++[\"”’'»)\]]*+(?:\[\w{1,3}\])*+(?=\s|[A-Z“‘«\"(])")
_CLOSING = re.compile(rf"[{re.escape(CLOSERS)}]{{0,8}}")
_SOLID = re.compile(r"\S")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SEAMS = tuple(map(re.compile, (r"(?<=;)\s", r"[\n\r]", r"(?<=[:—–.!?])\s|\s(?=[—–(])", r"(?<=,)\s", r"\s")))
"""Where long text may be parted, the best first."""


def sentences(text: str, span: Span) -> list[Sentence]:
    """The sentences of `text` inside `span`, in order, without overlap and without white space at either end.

    Nothing but white space lies between and around them, so sentences and gaps joined give the stretch back.
    Works on any string; never raises.
    """
    return [
        sentence
        for block in blocks(text, span)
        for start, end in _split(block.of(text))
        for sentence in _shorten(text, _trim(text, block.start + start, block.start + end))
    ]


def _split(block: str) -> Iterator[tuple[int, int]]:
    proposed = _proposed(block)
    candidates = proposed.union(match.end() for match in _CANDIDATE.finditer(block))
    start = 0
    for candidate in sorted(candidates):
        if candidate <= start:
            continue
        end = sentence_end(block, start, candidate, candidate in proposed)
        if end is not None:
            yield start, end
            start = end
    yield start, len(block)


def _proposed(block: str) -> set[int]:
    """Ends of sentences as sentencex sees them once quotation marks are out of its way."""
    plain = block
    for mark in '“”"«»„\n\r':
        plain = plain.replace(mark, " ")
    ends: set[int] = set()
    start = 0
    while start < len(plain):
        window = plain[start : start + _WINDOW]
        begins = [begin for begin in _begins(window) if begin]
        for begin in begins:
            stop = start + begin
            while stop > start and plain[stop - 1].isspace():
                stop -= 1
            closing = _CLOSING.match(block, stop)
            ends.add(closing.end() if closing else stop)
        start += begins[-1] if begins and start + _WINDOW < len(plain) else len(window)
    return ends


def _begins(window: str) -> list[int]:
    try:
        found = get_sentence_boundaries("en", window)
    except UnicodeEncodeError:
        found = get_sentence_boundaries("en", _SURROGATE.sub("x", window))
    return [boundary["start_index"] for boundary in found]


def _trim(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return Span(start, start + len(piece.strip()))


def _shorten(text: str, sentence: Span) -> Iterator[Span]:
    """The sentence itself, or its clauses when it is longer than `LONGEST`."""
    start, end = sentence
    while end - start > LONGEST:
        piece = _trim(text, start, _seam(text, start, end))
        yield piece
        solid = _SOLID.search(text, piece.end, end)
        start = solid.start() if solid else end
    if start < end:
        yield Span(start, end)


def _seam(text: str, start: int, end: int) -> int:
    high = start + min(LONGEST, (end - start) * 2 // 3)
    low = start + LONGEST // 3
    for seam in _SEAMS:
        places = [match.start() for match in seam.finditer(text, low, high)]
        if places:
            return places[-1]
    return high
