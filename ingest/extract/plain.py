"""Plain text."""

from __future__ import annotations

from ingest.documents import Document
from ingest.extract import frontmatter, masthead
from ingest.extract.blocks import Parsed
from ingest.extract.prose import paragraphs
from ingest.text import decode, normalise


def parse(document: Document) -> Parsed:
    """Paragraphs, with a first line that reads as a headline as the title. Raises ExtractError for binary data."""
    text, notes = decode(document.data)
    text, facts, more = frontmatter.split(text)
    blocks, header = masthead.read_titled(paragraphs(normalise(text)))
    return Parsed(blocks, facts.over(header), (*notes, *more))
