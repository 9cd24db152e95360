"""What a worker and its parent send each other: frames of bytes, each with its length before it.

What comes back is JSON that the parent checks: the worker has read a stranger's bytes.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict
from datetime import date
from typing import Any, BinaryIO, NoReturn

from ingest.article import Article, Section, Span
from ingest.documents import Document, Extracted
from ingest.errors import ExtractError

HEADER = 4
LONGEST = 200_000_000
"""Bytes of one reply: a document has 20 MB, so that more than this is a text that was made to grow."""

_LENGTH = struct.Struct(">I")
_FACTS = ("title", "url", "source", "author")
_DATES = ("published", "updated")


class Garbled(Exception):
    """A reply that no sound worker sends."""


def framed(data: bytes) -> bytes:
    """The data after its length."""
    return _LENGTH.pack(len(data)) + data


def length_of(header: bytes | bytearray) -> int:
    """The length that a frame's header states."""
    length: int = _LENGTH.unpack(header)[0]
    return length


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next frame's data, None at the end of the stream."""
    header = stream.read(HEADER)
    return stream.read(length_of(header)) if len(header) == HEADER else None


def packed(outcome: Extracted | ExtractError | MemoryError) -> bytes:
    """What came of a document, as the data of a frame."""
    if isinstance(outcome, MemoryError):
        return b'{"exhausted": true}'
    if isinstance(outcome, ExtractError):
        return _bytes({"failed": [outcome.message, outcome.help]})
    sections = [[*section.span, section.heading] for section in outcome.sections]
    return _bytes({"article": asdict(outcome.article), "sections": sections, "notes": list(outcome.notes)})


def unpacked(data: bytes, document: Document) -> Extracted:
    """What came of `document`. Raises ExtractError and MemoryError where that came of it; Garbled."""
    try:
        reply = json.loads(data.decode("utf-8", "surrogatepass"))
        if "failed" in reply:
            _fail(*reply["failed"])
        if "exhausted" in reply:
            raise MemoryError
        article = _article(reply["article"], document)
        return Extracted(article, _sections(reply["sections"], article.text), tuple(map(str, reply["notes"])))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Garbled("its answer makes no sense") from error


def _bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=date.isoformat).encode("utf-8", "surrogatepass")


def _fail(message: str, help: str) -> NoReturn:
    raise ExtractError(str(message), str(help))


def _article(value: dict[str, Any], document: Document) -> Article:
    facts: dict[str, Any] = {name: value[name] for name in _FACTS}
    if not isinstance(value["text"], str) or not all(fact is None or isinstance(fact, str) for fact in facts.values()):
        raise TypeError
    dates: dict[str, Any] = {name: value[name] and date.fromisoformat(value[name]) for name in _DATES}
    return Article(text=value["text"], origin=document.origin, **facts, **dates)


def _sections(value: list[Any], text: str) -> list[Section]:
    sections = [Section(Span(int(start), int(end)), heading and str(heading)) for start, end, heading in value]
    bounds = [bound for section in sections for bound in section.span]
    if bounds != sorted(bounds) or (bounds and not 0 <= bounds[0] <= bounds[-1] <= len(text)):
        raise ValueError
    return sections
