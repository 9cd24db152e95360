"""JSON records."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ingest.documents import Document
from ingest.errors import ExtractError
from ingest.extract import html, masthead
from ingest.extract.blocks import Parsed
from ingest.extract.prose import classified, paragraphs
from ingest.text import normalise, repair

_MARKUP = re.compile(r"</?(?:p|div|br|h[1-6]|article|section|ul|li)\b[^<>]*>", re.IGNORECASE)


def parse(document: Document) -> Parsed:
    """The text field as paragraphs, or as HTML where it is marked up. Raises ExtractError where there is none."""
    record: Mapping[str, Any] = json.loads(document.data)
    text, notes = repair(_text(document, record))
    facts, more = document.fields.hints(record)
    if len(_MARKUP.findall(text)) > 1:
        blocks = html.blocks_of(f"<html><body><article>{text}</article></body></html>")
        return Parsed(blocks, facts, (*notes, *more))
    plain, header = masthead.read(classified(paragraphs(normalise(text))))
    return Parsed(plain, facts.over(header), (*notes, *more))


def _text(document: Document, record: Mapping[str, Any]) -> str:
    value = document.fields.value(record, "text")
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        return "\n\n".join(value)
    names = ", ".join(sorted(record)[:12]) or "none"
    wanted = " or ".join(document.fields.text)
    raise ExtractError(f"The record has no text under {wanted}.", f"Name its field with text=...; it has: {names}.")
