"""Word documents through python-docx."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import docx
from docx.document import Document as WordDocument
from docx.opc.exceptions import OpcError
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import etree

from ingest.documents import Document, Hints
from ingest.errors import ExtractError
from ingest.extract import masthead
from ingest.extract.blocks import Block, Parsed
from ingest.extract.prose import is_headline
from ingest.text import one_line

_MOST_UNPACKED = 200_000_000
_BROKEN = (OpcError, zipfile.BadZipFile, etree.XMLSyntaxError, KeyError, ValueError, NotImplementedError, EOFError)
_NOBODY = re.compile(r"python-docx|(?:microsoft )?(?:office )?user|admin(?:istrator)?|author|unknown", re.IGNORECASE)
_HEADING = re.compile(r"heading\b", re.IGNORECASE)
_LIST = re.compile(r"list\b", re.IGNORECASE)


def parse(document: Document) -> Parsed:
    """Paragraphs by style; tables only where they hold the text. Raises ExtractError for a broken file."""
    _refuse_bomb(document.data)
    try:
        word = docx.Document(io.BytesIO(document.data))
        blocks = list(_merged(_paragraphs(word))) or list(_tables(word))
        facts = _properties(word)
    except _BROKEN as error:
        raise _broken() from error
    title = blocks[0].text if blocks and blocks[0].role != "body" and is_headline(blocks[0].text) else None
    blocks, header = masthead.read(blocks)
    return Parsed(blocks, Hints(title=facts.title or title).over(header).over(facts))


def _broken() -> ExtractError:
    return ExtractError("It is a broken Word document.", "Open it in a word processor and save it again as .docx.")


def _refuse_bomb(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(info.file_size for info in archive.infolist())
    except _BROKEN as error:
        raise _broken() from error
    if size > _MOST_UNPACKED:
        raise ExtractError("The Word document unpacks to more than 200 MB.", "Save its text alone and give that file.")


def _properties(word: WordDocument) -> Hints:
    """Title and author. The dates of the properties are of the file, not of publication."""
    title, author = one_line(word.core_properties.title), one_line(word.core_properties.author)
    return Hints(title=title or None, author=None if _NOBODY.fullmatch(author) else author or None)


def _paragraphs(word: WordDocument) -> Iterator[Block]:
    for paragraph in word.paragraphs:
        if paragraph.text.strip():
            yield _block(paragraph)


def _block(paragraph: Paragraph) -> Block:
    style = (paragraph.style.name if paragraph.style else None) or ""
    if style in ("Title", "Subtitle", "Caption"):
        return Block(paragraph.text, "aside")
    if _HEADING.match(style):
        return Block(paragraph.text, "heading")
    return Block(f"- {one_line(paragraph.text)}" if _LIST.match(style) else paragraph.text)


def _merged(blocks: Iterator[Block]) -> Iterator[Block]:
    """The items of one list as lines of one block."""
    items: list[str] = []
    for block in blocks:
        if block.role == "body" and block.text.startswith("- "):
            items.append(block.text)
            continue
        if items:
            yield Block("\n".join(items))
            items = []
        yield block
    if items:
        yield Block("\n".join(items))


def _tables(word: WordDocument) -> Iterator[Block]:
    for table in (part for part in word.iter_inner_content() if isinstance(part, Table)):
        for row in table.rows:
            cells = dict.fromkeys(one_line(cell.text) for cell in row.cells)
            yield Block(" | ".join(filter(None, cells)))
