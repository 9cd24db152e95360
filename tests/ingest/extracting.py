"""Words to extract, and how to look at what came of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from ingest.documents import Document, Extracted, Kind
from ingest.extract import extract

DAY = date(2013, 4, 17)
FIRST = "Uzbekistan and Russia signed an agreement on security in Moscow on Monday, officials of both sides said."
SECOND = "The agreement covers intelligence and the training of officers, and it runs for five years from now on."


def text_of(extracted: Extracted) -> list[tuple[str | None, str]]:
    text = extracted.article.text
    return [(section.heading, section.span.of(text)) for section in extracted.sections]


def of(kind: Kind, data: str | bytes, **rest: Any) -> Extracted:
    return extract(Document("/a", kind, data if isinstance(data, bytes) else data.encode(), **rest))
