"""Slack's blocks, kept within Slack's limits.

What comes from articles or people stands in `rich_text` and `plain_text` only: Slack reads no markup, mention or emoji
in these, and shows the exact characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]
Element = dict[str, Any]

MOST_BLOCKS = 50
MOST_MODAL_BLOCKS = 100
LONGEST_TEXT = 2900
"""Of a block; Slack takes 3,000 characters."""
LONGEST_MESSAGE = 12_000
"""Characters that all blocks of a message hold together."""
LONGEST_FALLBACK = 3000
"""Characters of the text for notifications; Slack takes 4,000 in an edit."""

_MARKDOWN = re.compile(r"(?m:^([^\S\n]*+\d*+)(?=[-+#=.]))|(?=[\\`*_\[\]()~|!])|(?=:[\w+-]+:)")
"""What Markdown, or Slack's emoji, would read as a sign: anywhere, at the beginning of a line, or before a name."""


@dataclass(frozen=True, slots=True)
class Page:
    """What one message holds; `text` is for notifications and for screen readers."""

    text: str
    blocks: tuple[Block, ...]


def text(content: str, bold: bool = False, italic: bool = False) -> Element:
    """A stretch of text, character by character."""
    style = {name: True for name, wanted in (("bold", bold), ("italic", italic)) if wanted}
    return {"type": "text", "text": content, **({"style": style} if style else {})}


def link(url: str | None, label: str, bold: bool = False) -> Element:
    """A link, or its label where there is nowhere to go."""
    if url is None or len(url) > LONGEST_TEXT:
        return text(label, bold=bold)
    return {"type": "link", "url": url, "text": label, **({"style": {"bold": True}} if bold else {})}


def paragraph(*elements: Element) -> Block:
    """One paragraph."""
    return _rich("rich_text_section", elements)


def quotation(*elements: Element) -> list[Block]:
    """A quotation, in as many blocks as its length needs."""
    return [_rich("rich_text_quote", part) for part in _parts(elements)]


def prose(*elements: Element) -> list[Block]:
    """The same as paragraphs."""
    return [_rich("rich_text_section", part) for part in _parts(elements)]


def section(content: str) -> Block:
    """Words of the bot's own, or text that `escaped` made safe: Slack reads markup in it."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": clipped(content, LONGEST_TEXT)}}


def columns(cells: Iterable[str]) -> Block:
    """Cells side by side, two in a row, at most ten. Plain text."""
    fields = [_plain(clipped(cell, 1900)) for cell in cells]
    return {"type": "section", "fields": fields[:10]}


def note(*lines: str) -> Block:
    """Small print. Plain text."""
    elements = [_plain(clipped(line, 1900)) for line in lines if line]
    return {"type": "context", "elements": elements[:10]}


def divider() -> Block:
    """A line."""
    return {"type": "divider"}


def buttons(*elements: Element) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": list(elements)}


def button(action: str, label: str, value: str, style: str | None = None) -> Element:
    """A button; `value` comes back when it is pressed."""
    found = {"type": "button", "action_id": action, "text": _plain(clipped(label, 75)), "value": value}
    return {**found, **({"style": style} if style else {})}


def modal(title: str, blocks: Sequence[Block], **more: Any) -> Block:
    """A window over Slack's own; `more` are further fields of the view."""
    view = {"type": "modal", "title": _plain(title), "close": _plain("Close"), **more}
    return {**view, "blocks": list(blocks[:MOST_MODAL_BLOCKS])}


def submitting(label: str, leave: str = "Cancel") -> dict[str, Any]:
    """The fields of a modal that have it send what was written, or not."""
    return {"submit": _plain(label), "close": _plain(leave)}


def field(block: str, label: str, *, initial: str = "", optional: bool = False, longest: int = 2000) -> Block:
    """A place to write into, over several lines; its answer is found under `block` and "written"."""
    element: Element = {
        "type": "plain_text_input",
        "action_id": "written",
        "multiline": True,
        "max_length": longest,
        **({"initial_value": initial[:longest]} if initial else {}),
    }
    return {"type": "input", "block_id": block, "label": _plain(label), "element": element, "optional": optional}


def choice(block: str, label: str, options: Mapping[str, str], initial: str) -> Block:
    """One of several, by their values; `initial` is chosen until another is. See `chosen`."""
    given = {value: {"text": _plain(text), "value": value} for value, text in options.items()}
    element = {
        "type": "radio_buttons",
        "action_id": "chosen",
        "options": list(given.values()),
        "initial_option": given[initial],
    }
    return {"type": "input", "block_id": block, "label": _plain(label), "element": element}


def chosen(view: Mapping[str, Any], block: str) -> str:
    """The value that a person chose in a modal."""
    return str(view["state"]["values"][block]["chosen"]["selected_option"]["value"])


def written(view: Mapping[str, Any], block: str) -> str:
    """What a person wrote into the field of a modal."""
    value = view["state"]["values"].get(block, {}).get("written", {}).get("value")
    return (value or "").strip()


def pages(blocks: Sequence[Block], fallback: str) -> list[Page]:
    """The blocks on as many pages as Slack's limits want; every page has the beginning of `fallback` for its text."""
    found: list[list[Block]] = [[]]
    length = 0
    for block in blocks:
        size = sum(len(words) for words in words_of(block))
        if found[-1] and (len(found[-1]) == MOST_BLOCKS or length + size > LONGEST_MESSAGE):
            found.append([])
            length = 0
        found[-1].append(block)
        length += size
    return [Page(clipped(escaped(fallback), LONGEST_FALLBACK), tuple(page)) for page in found]


def words_of(block: Any) -> Iterator[str]:
    """Every text that a block shows."""
    if isinstance(block, Mapping):
        for name, value in block.items():
            if name == "text" and isinstance(value, str):
                yield value
            else:
                yield from words_of(value)
    elif isinstance(block, Sequence) and not isinstance(block, str):
        for value in block:
            yield from words_of(value)


def escaped(content: str) -> str:
    """Text that Slack's own markup shows as it is: no link, no mention."""
    return content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def markdown(content: str) -> str:
    """Text that Markdown shows as it is, for the streaming methods; signs that mean nothing where they are, stay."""
    return _MARKDOWN.sub(r"\1\\", escaped(content))


def clipped(content: str, longest: int) -> str:
    """At most so many characters, with a sign where some are left out; never in the middle of an entity."""
    if len(content) <= longest:
        return content
    kept = re.sub(r"&[a-z]*$", "", content[: longest - 2])
    return f"{kept.rstrip()} …"


def _rich(kind: str, elements: Iterable[Element]) -> Block:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(elements)}]}


def _parts(elements: Iterable[Element]) -> Iterator[list[Element]]:
    """The elements in runs of at most `LONGEST_TEXT` characters, long ones cut, at a space where there is one."""
    run: list[Element] = []
    room = LONGEST_TEXT
    for element in elements:
        rest = element["text"]
        while len(rest) > room:
            cut = rest.rfind(" ", 0, room) + 1 or (room if not run else 0)
            if cut:
                run.append({**element, "text": rest[:cut]})
            yield run
            run, rest, room = [], rest[cut:], LONGEST_TEXT
        if rest:
            run.append({**element, "text": rest})
            room -= len(rest)
    if run:
        yield run


def _plain(content: str) -> Element:
    return {"type": "plain_text", "text": content, "emoji": False}
