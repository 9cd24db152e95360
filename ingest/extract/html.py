"""HTML through trafilatura."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

import trafilatura
from lxml import etree
from lxml import html as lxml_html
from trafilatura.settings import Document as Page

from ingest.documents import Document, Hints
from ingest.errors import ExtractError
from ingest.extract import metadata
from ingest.extract.blocks import Block, Parsed
from ingest.text import LEAST_LETTERS, decode, one_line

_HEAD_BYTES = 4096
_CHARSET = re.compile(
    rb"<meta[^<>]+charset\s*+=\s*+[\"']?\s*+([\w.:-]+)|<\?xml[^<>]+encoding=[\"']([\w.:-]+)", re.IGNORECASE
)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_BREAK = "\u2028"
"""A line end that a tree may hold: control characters may not."""

_EXTRACTIONS: Sequence[dict[str, Any]] = (
    {"favor_precision": True},
    {},
    {"favor_recall": True, "include_tables": True},
)
"""From the cleanest to the most inclusive; the next is tried where one finds next to nothing."""


def parse(document: Document) -> Parsed:
    """The article of a page with what the page states about itself. Raises ExtractError where there is no article."""
    declared = _CHARSET.search(document.data[:_HEAD_BYTES])
    charset = (declared[1] or declared[2]).decode("ascii") if declared else None
    text, notes = decode(document.data, charset)
    tree = _tree(text)
    fetched = document.fallbacks.url
    page = _page(tree, fetched)
    published, updated = metadata.dates(tree)
    found = Hints(
        title=_line(page.title),
        url=metadata.address(tree, fetched),
        source=_line(page.sitename) if page.sitename != page.hostname else None,
        author=_author(page.author),
        published=published,
        updated=updated,
    )
    return Parsed(list(_blocks(page.body)), found, notes)


def blocks_of(markup: str) -> Sequence[Block]:
    """The blocks of a piece of HTML. Raises ExtractError where there is no text in it."""
    return list(_blocks(_page(_tree(markup), None).body))


def _tree(text: str) -> Any:
    try:
        return lxml_html.document_fromstring(_DECLARATION.sub("", text))
    except (etree.ParserError, ValueError) as error:
        raise ExtractError("There is no text in it.", "Check that the page holds an article.") from error


def _page(tree: Any, address: str | None) -> Page:
    best: Page | None = None
    for options in _EXTRACTIONS:
        page = trafilatura.bare_extraction(
            deepcopy(tree),
            url=address,
            include_comments=False,
            **{"include_tables": False, **options},
            with_metadata=True,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
        if isinstance(page, Page) and page.body is not None:
            if len(page.text or "") >= 10 * LEAST_LETTERS:
                return page
            best = max(best or page, page, key=lambda one: len(one.text or ""))
    if best is None:
        raise ExtractError("No article was found in the page.", "Save its text and give the file.")
    return best


def _blocks(body: Any) -> Iterator[Block]:
    for element in body:
        if element.tag == "head":
            yield Block(_inline(element), "heading")
        elif element.tag == "list":
            yield Block("\n".join(f"- {_inline(item)}" for item in element.iter("item")))
        elif element.tag == "table":
            yield Block("\n".join(_row(row) for row in element.iter("row")))
        elif element.tag == "quote" and len(element):
            if element.text and element.text.strip():
                yield Block(one_line(element.text))
            yield from _blocks(element)
        elif element.tag not in ("graphic", "lb"):
            yield Block(_inline(element))
        if element.tail and element.tail.strip():
            yield Block(one_line(element.tail))


def _row(row: Any) -> str:
    return " | ".join(filter(None, (_inline(cell) for cell in row)))


def _inline(element: Any) -> str:
    for mark in element.iter("lb"):
        mark.tail = f"{_BREAK}{mark.tail or ''}"
    lines = "".join(element.itertext()).split(_BREAK)
    return "\n".join(filter(None, map(one_line, lines)))


def _line(value: str | None) -> str | None:
    return one_line(value or "") or None


def _author(value: str | None) -> str | None:
    line = _line(value)
    return line.replace("; ", ", ") if line else None
