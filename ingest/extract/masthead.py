"""The lines above the body: title, byline, "Published: ...", and the dateline that opens the body."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import reduce

from ingest.dates import find_date, parse_date
from ingest.documents import NO_HINTS, Hints
from ingest.extract.blocks import Block
from ingest.extract.prose import classified, is_headline
from ingest.fields import ADDRESS
from ingest.text import one_line

_ROLES = {
    "publication": "source",
    "source": "source",
    "publisher": "source",
    "outlet": "source",
    "newspaper": "source",
    "author": "author",
    "authors": "author",
    "byline": "author",
    "written by": "author",
    "published": "published",
    "published on": "published",
    "publication date": "published",
    "date published": "published",
    "first published": "published",
    "posted": "published",
    "posted on": "published",
    "date": "published",
    "updated": "updated",
    "last updated": "updated",
    "updated on": "updated",
    "modified": "updated",
    "last modified": "updated",
    "url": "url",
    "link": "url",
    "title": "title",
    "headline": "title",
}
_WITHOUT_USE = ("volume", "vol.", "issue", "no.", "number", "page", "pages", "section", "place", "words", "language")
_LABELS = "|".join(sorted(map(re.escape, (*_ROLES, *_WITHOUT_USE)), key=len, reverse=True))
_LABEL = re.compile(rf"(?:^|(?<=\s))(?P<label>{_LABELS})\s*:\s*", re.IGNORECASE)
_DATED = re.compile(r"(?P<label>(?:first |last )?(?:published|updated|posted|modified))(?: on)?\s+", re.IGNORECASE)
_NAME = r"(?:(?:de|da|van|von|der|bin|al|el|la|le)[ -])*[^\W\d_a-z][\w’'-]*\.?"
_BYLINE = re.compile(rf"(?:by|By|BY) (?P<names>{_NAME}(?:(?: |, | and |, and | & ){_NAME}){{0,12}})")
_BAR = re.compile(r"(?<!\s)\s++[|•·]\s+")
_DATELINE = re.compile(
    r"(?P<place>[A-Z][A-Z.'’ -]+(?:, ?[A-Z][A-Za-z.' ]+)??), (?P<date>[^()\n—–]{8,30}?)"
    r"(?: \((?P<source>[A-Z][^()\n]{1,40})\))? ?(?:[—–]|--?)\s"
)
_DATE_START = re.compile(
    r"(?:\d{1,4}\b|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
    re.IGNORECASE,
)
_LONGEST_DATE = 40
_LONGEST_LINE = 200
_DEEPEST_BLOCK = 8
_BODY_LINE = 100


def read_titled(blocks: Sequence[Block]) -> tuple[list[Block], Hints]:
    """As `read`, for paragraphs that are not classified yet and whose first may be the title."""
    blocks = [*_with_title_apart(blocks[:1]), *blocks[1:]]
    first, rest = blocks[0], blocks[1:]
    if not rest or not is_headline(first.text) or _facts(first.text) is not None:
        return read(classified(blocks))
    titled, found = read([replace(first, role="aside"), *classified(rest)])
    return titled, found.over(Hints(title=first.text))


def read(blocks: Sequence[Block]) -> tuple[list[Block], Hints]:
    """The blocks with header lines turned into asides, and what those lines and the dateline state."""
    result: list[Block] = []
    found = NO_HINTS
    for position, block in enumerate(blocks):
        facts = None if position >= _DEEPEST_BLOCK else _all_facts(block.text)
        if facts is not None:
            found = found.over(facts)
            result.append(replace(block, role="aside"))
        elif block.role == "body":
            return [*result, *blocks[position:]], found.over(_dateline(block.text))
        else:
            result.append(block)
    return result, found


def _with_title_apart(blocks: Sequence[Block]) -> Iterator[Block]:
    """A headline with header lines, or a much longer line, directly under it becomes a block of its own."""
    for block in blocks:
        first, _, rest = block.text.partition("\n")
        under = rest.partition("\n")[0]
        if rest and is_headline(first) and (_all_facts(rest) or len(under) > max(_BODY_LINE, len(first))):
            yield replace(block, text=first)
            yield replace(block, text=rest)
        else:
            yield block


def _all_facts(text: str) -> Hints | None:
    """What a block states when every line of it is a header line."""
    found = NO_HINTS
    for line in text.split("\n"):
        facts = _facts(line)
        if facts is None:
            return None
        found = found.over(facts)
    return found


def _facts(line: str) -> Hints | None:
    """What a header line states; None when the line is not one."""
    line = line.strip()
    if not line or len(line) > _LONGEST_LINE:
        return None
    parts = [_labelled(part) or _dated(part) or _byline(part) or _bare_date(part) for part in _BAR.split(line)]
    known = [part for part in parts if part is not None]
    if len(known) != len(parts):
        return None
    return reduce(Hints.over, known)


def _labelled(line: str) -> Hints | None:
    matches = list(_LABEL.finditer(line))
    if not matches or matches[0].start():
        return None
    ends = [match.start() for match in matches[1:]] + [len(line)]
    facts = NO_HINTS
    for match, end in zip(matches, ends, strict=True):
        value = one_line(line[match.end() : end]).rstrip(",;|")
        if _is_sentence(value):
            return None
        facts = facts.over(_fact(match["label"].lower(), value))
    return facts


def _fact(label: str, value: str) -> Hints:
    role = _ROLES.get(label)
    if role == "published":
        return Hints(published=_date(value))
    if role == "updated":
        return Hints(updated=_date(value))
    if role == "url":
        return Hints(url=value) if ADDRESS.fullmatch(value) else NO_HINTS
    if role == "author":
        return Hints(author=value)
    if role == "source":
        return Hints(source=value)
    return Hints(title=value) if role == "title" else NO_HINTS


def _dated(line: str) -> Hints | None:
    match = _DATED.match(line)
    date = _date(line[match.end() :]) if match else None
    if match is None or date is None or _is_sentence(line):
        return None
    updated = match["label"].lower().endswith(("updated", "modified"))
    return Hints(updated=date) if updated else Hints(published=date)


def _byline(line: str) -> Hints | None:
    match = _BYLINE.fullmatch(line)
    return Hints(author=one_line(match["names"])) if match and not _is_sentence(line) else None


def _bare_date(line: str) -> Hints | None:
    date = find_date(line) if len(line) <= _LONGEST_DATE and _DATE_START.match(line) else None
    return Hints(published=date) if date else None


def _dateline(text: str) -> Hints:
    match = _DATELINE.match(text)
    date = parse_date(match["date"]) if match else None
    return Hints(published=date, source=match["source"]) if match and date else NO_HINTS


def _date(value: str) -> date | None:
    return parse_date(value) or find_date(value)


def _is_sentence(value: str) -> bool:
    return value.endswith((".", "!", "?")) and value.count(" ") > 7
