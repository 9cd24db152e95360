"""What a file or an answer is, told by its name, its bytes and its media type."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Literal, get_args

from ingest.documents import Kind
from ingest.fetch import Fetched

Type = Literal["text", "markdown", "html", "pdf", "docx", "json", "jsonl", "xml", "gz", "zip"]
"""A document's kind, or a container: json and jsonl hold records, xml a feed or sitemap."""

BY_SUFFIX: dict[str, Type] = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".xml": "xml",
    ".rss": "xml",
    ".atom": "xml",
    ".gz": "gz",
    ".zip": "zip",
}
_BY_MEDIA: dict[str, Type] = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/plain": "text",
    "text/markdown": "markdown",
    "application/pdf": "pdf",
    "application/json": "json",
    "application/feed+json": "json",
    "application/x-ndjson": "jsonl",
    "application/jsonl": "jsonl",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}
_DOCUMENTS: dict[str, Kind] = {kind: kind for kind in get_args(Kind) if kind != "record"}
_HEAD = 2000
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_XML = re.compile(rb"<(?:rss|rdf:RDF|(?:\w+:)?feed|(?:\w+:)?urlset|(?:\w+:)?sitemapindex)\b")


def type_of_name(name: str) -> Type | None:
    """By the ending of a file name; None when it is not a type that is read."""
    return BY_SUFFIX.get(PurePosixPath(name).suffix.lower())


def document_kind(type_: Type) -> Kind | None:
    """The kind of a type that is one document; None for a container."""
    return _DOCUMENTS.get(type_)


def holds_addresses(data: bytes) -> bool:
    """Whether XML looks like a feed or a sitemap."""
    return _XML.search(data[:_HEAD]) is not None


def type_of_answer(fetched: Fetched) -> Type | None:
    """By the first bytes, then the media type, then the ending of the address; None when it is not read."""
    data = fetched.data[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"\x1f\x8b"):
        return "gz"
    if _XML.search(data) and not _HTML.match(data):
        return "xml"
    if _HTML.search(data):
        return "html"
    named = type_of_name(fetched.address.partition("?")[0])
    if fetched.media_type == "text/plain" and named in ("markdown", "json", "jsonl"):
        return named
    return _BY_MEDIA.get(fetched.media_type) or (named if named != "zip" else None)
