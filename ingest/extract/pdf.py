"""PDF through pypdf."""

from __future__ import annotations

import io
import logging
import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pypdf
from pypdf.errors import DependencyError, PyPdfError

from ingest.documents import NO_HINTS, Document, Hints
from ingest.errors import ExtractError
from ingest.extract import layout, masthead
from ingest.extract.blocks import Block, Parsed
from ingest.extract.layout import Line
from ingest.text import one_line, repair

# pypdf raises whatever its parsing of a malformed file runs into
_BROKEN = (
    *(PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, AssertionError, ArithmeticError),
    *(RecursionError, NotImplementedError, zlib.error, struct.error, EOFError, OSError),
)
_JUNK_TITLE = re.compile(
    r"^(?:microsoft word|untitled|document\d*|slide 1|powerpoint)|\.(?:docx?|pdf|indd|qxd|tex)$", re.I
)
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_SEPARATOR = "\f"


def parse(document: Document) -> Parsed:
    """Paragraphs joined from lines. Raises ExtractError for what is encrypted, broken, or only pictures of pages."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(io.BytesIO(document.data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise _encrypted()
        pages = [list(_lines(page)) for page in reader.pages]
        facts = _properties(reader.metadata)
    except DependencyError as error:
        raise _encrypted() from error
    except _BROKEN as error:
        raise ExtractError("It is a broken PDF.", "Fetch it again, or print it to a new PDF.") from error
    if not any(pages):
        raise ExtractError("The PDF holds pictures of pages, no text.", "Run it through text recognition (OCR) first.")
    repaired, notes = _repaired(layout.blocks(pages))
    blocks, header = masthead.read_titled(repaired)
    return Parsed(blocks, Hints(title=facts.title).over(header).over(facts), notes)


def _lines(page: pypdf.PageObject) -> Iterator[Line]:
    """The page's lines; the size and height of a line are those of its first piece."""
    pieces: list[tuple[str, float, float]] = []

    def visit(text: str, outer: Sequence[float], inner: Sequence[float], _font: Any, size: float) -> None:
        scaled = abs(size * inner[3] * outer[3]) or size
        pieces.append((text, round(scaled, 1), outer[3] * inner[5] + outer[5]))

    page.extract_text(visitor_text=visit)
    current: Line | None = None
    for text, size, height in pieces:
        for part in text.splitlines(keepends=True):
            current = Line(part, size, height) if current is None else replace(current, text=current.text + part)
            if part.endswith("\n") or not current.text.strip():
                yield from _cleaned(current)
                current = None
    if current is not None:
        yield from _cleaned(current)


def _cleaned(line: Line) -> Iterator[Line]:
    text = one_line(line.text.translate(_LIGATURES))
    if text:
        yield replace(line, text=text)


def _repaired(blocks: Sequence[Block]) -> tuple[list[Block], Sequence[str]]:
    text, notes = repair(_SEPARATOR.join(block.text for block in blocks))
    return [replace(block, text=part) for block, part in zip(blocks, text.split(_SEPARATOR), strict=True)], notes


def _encrypted() -> ExtractError:
    return ExtractError("The PDF is encrypted.", "Save a copy without a password.")


def _properties(metadata: pypdf.DocumentInformation | None) -> Hints:
    """Title and author. The dates of the properties are of the file, not of publication."""
    if metadata is None:
        return NO_HINTS
    title, author = one_line(str(metadata.title or "")), one_line(str(metadata.author or ""))
    return Hints(title=None if _JUNK_TITLE.search(title) else title or None, author=author or None)
