"""Markdown through markdown-it-py."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from ingest.documents import Document, Hints
from ingest.extract import frontmatter, masthead
from ingest.extract.blocks import Block, Parsed
from ingest.extract.prose import is_headline
from ingest.text import decode, normalise

_DROPPED = frozenset({"html_inline", "html_block", "hr", "image"})


def parse(document: Document) -> Parsed:
    """Blocks without markup: links keep their text, raw HTML goes. Raises ExtractError for binary data."""
    text, notes = decode(document.data)
    text, facts, more = frontmatter.split(text)
    tree = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(normalise(text)))
    blocks = [block for block in _blocks(tree.children) if block.text.strip()]
    title = _title(blocks)
    blocks, header = masthead.read(blocks)
    return Parsed(blocks, facts.over(header).over(Hints(title=title)), (*notes, *more))


def _title(blocks: Sequence[Block]) -> str | None:
    return blocks[0].text if blocks and blocks[0].role == "heading" and is_headline(blocks[0].text) else None


def _blocks(nodes: Sequence[SyntaxTreeNode]) -> Iterator[Block]:
    for node in nodes:
        if node.type in _DROPPED:
            continue
        if node.type == "heading":
            yield Block(_inline(node), "heading")
        elif node.type in ("bullet_list", "ordered_list"):
            yield Block("\n".join(_items(node)))
        elif node.type == "table":
            yield Block("\n".join(_rows(node)))
        elif node.type in ("fence", "code_block"):
            yield Block(node.content)
        elif node.type == "blockquote":
            yield from _blocks(node.children)
        else:
            yield Block(_inline(node))


def _items(node: SyntaxTreeNode) -> Iterator[str]:
    """One line an item; the lists inside it follow as lines of their own."""
    for item in node.children:
        own = [child for child in item.children if child.type not in ("bullet_list", "ordered_list")]
        text = " ".join(block.text.replace("\n", " ") for block in _blocks(own))
        if text.strip():
            yield f"- {text.strip()}"
        for child in item.children:
            if child not in own:
                yield from _items(child)


def _rows(node: SyntaxTreeNode) -> Iterator[str]:
    for row in (one for one in node.walk() if one.type == "tr"):
        yield " | ".join(filter(None, (_inline(cell) for cell in row.children)))


def _inline(node: SyntaxTreeNode) -> str:
    if node.type in _DROPPED:
        return ""
    if node.type == "softbreak":
        return " "
    if node.type == "hardbreak":
        return "\n"
    if node.children:
        return "".join(map(_inline, node.children))
    return node.content
