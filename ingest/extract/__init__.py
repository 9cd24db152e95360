"""From a document to an article with its sections."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

from ingest.article import Article
from ingest.dates import date_in_address
from ingest.documents import Document, Extracted, Kind
from ingest.extract.blocks import Block, Parsed, assemble
from ingest.text import one_line, require_text

__all__ = ["extract", "parser"]

_MODULES: dict[Kind, str] = {
    "text": "plain",
    "markdown": "markdown",
    "html": "html",
    "pdf": "pdf",
    "docx": "docx",
    "record": "record",
}
_TITLE_IS_AMONG = 3


def extract(document: Document) -> Extracted:
    """The article of a document. Facts come from its hints, then its own words, then its fallbacks.

    Raises ExtractError when no usable text comes out.
    """
    parsed = parser(document.kind)(document)
    facts = document.hints.over(parsed.found).over(document.fallbacks)
    title = one_line(facts.title or "")
    text, sections = assemble(_with_title_apart(parsed.blocks, title), title)
    require_text("".join(section.span.of(text) for section in sections))
    article = Article(
        text=text,
        title=title,
        url=facts.url,
        source=facts.source,
        author=facts.author,
        published=facts.published or date_in_address(facts.url or ""),
        updated=facts.updated,
        origin=document.origin,
    )
    return Extracted(article, sections, parsed.notes)


def parser(kind: Kind) -> Callable[[Document], Parsed]:
    """The parser of a kind, imported when it is first asked for: the parsers' libraries are slow to load."""
    parse: Callable[[Document], Parsed] = import_module(f"{__name__}.{_MODULES[kind]}").parse
    return parse


def _with_title_apart(blocks: Sequence[Block], title: str) -> list[Block]:
    """The title's own line among the first blocks is not body."""
    first = [
        Block(block.text, "aside") if block.role == "body" and _same(block.text, title) else block
        for block in blocks[:_TITLE_IS_AMONG]
    ]
    return [*first, *blocks[_TITLE_IS_AMONG:]]


def _same(text: str, title: str) -> bool:
    return bool(title) and len(text) < 2 * len(title) + 10 and one_line(text).casefold() == title.casefold()
