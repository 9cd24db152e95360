"""Plain paragraphs to blocks: which lines are headings, captions and datelines, and which are body."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.extract.blocks import Block, Role

_LONGEST_HEADLINE = 160
_LONGEST_HEADING = 90
_LONGEST_CAPTION = 400
_LONGEST_DATELINE = 80
_BULLET = re.compile(r"(?:[-*•–·▪◦]|\(?\w{1,2}[.)]) ")
_STOP = re.compile(r"[.!?…;:,](?:[\"'”’»)\]]|\(\w+\))*$")
_DASH_END = re.compile(r"[—–-]$")
_CREDIT = re.compile(
    r"\((?:source|photo|image|picture|credit|courtesy|file|ap|afp|reuters|getty)[^()]{0,80}\)\s*$"
    r"|\b(?:[A-Z][\w.'-]+ ){1,3}?[A-Z][\w.'-]*"
    r"/(?:AP|AFP|Reuters|Getty|EPA|Bloomberg|Shutterstock|TASS|Anadolu)\b.{0,40}$",
    re.IGNORECASE,
)
_CAPTION_LABEL = re.compile(r"(?:photo|image|picture|caption|pictured|map|figure)(?: by| credit)?\s*:", re.IGNORECASE)
_LONG_LINE, _SHORT_LINE = 120, 40


def is_headline(text: str) -> bool:
    """Whether a line reads as an article's headline: short, with words, without a final stop."""
    return (
        0 < len(text) <= _LONGEST_HEADLINE
        and "\n" not in text
        and any(map(str.isalpha, text))
        and not _STOP.search(text.rstrip("?!"))
        and not _DASH_END.search(text)
        and not _BULLET.match(text)
        and not _CREDIT.search(text)
    )


def paragraphs(text: str) -> list[Block]:
    """The paragraphs of a normalised text, with lines that were broken to a fixed width joined again."""
    width = max(map(len, text.split("\n")), default=0)
    whole = text.split("\n\n")
    wrapped = _SHORT_LINE <= width <= _LONG_LINE
    return [Block(_unwrapped(part, width) if wrapped else part) for part in whole]


def classified(blocks: Sequence[Block]) -> list[Block]:
    """Roles for the blocks that have none but body. If nothing reads as body, all of it is."""
    followers = [block.text for block in blocks[1:]] + [""]
    result = [
        replace(block, role=_role(block.text, after)) if block.role == "body" else block
        for block, after in zip(blocks, followers, strict=True)
    ]
    return result if any(block.role == "body" for block in result) else list(blocks)


def _role(text: str, after: str) -> Role:
    if "\n" in text or _BULLET.match(text):
        return "body"
    if _is_caption(text) or (len(text) <= _LONGEST_DATELINE and _DASH_END.search(text)):
        return "aside"
    if len(text) <= _LONGEST_HEADING and is_headline(text) and not text.endswith(("?", "!")) and _is_prose(after):
        return "heading"
    return "body"


def _is_caption(text: str) -> bool:
    if len(text) > _LONGEST_CAPTION or _STOP.search(text):
        return False
    return bool(_CAPTION_LABEL.match(text) or _CREDIT.search(text))


def _is_prose(text: str) -> bool:
    return len(text) > _LONGEST_HEADING or bool(_STOP.search(text)) or bool(_BULLET.match(text))


def _unwrapped(paragraph: str, width: int) -> str:
    """A line was broken to the width exactly when the next word would not have fitted on it."""
    first, *rest = paragraph.split("\n")
    joined, last = [first], len(first)
    for line in rest:
        fits = last + 1 + len(line.partition(" ")[0]) <= width
        if fits or _BULLET.match(line):
            joined.append(line)
        else:
            joined[-1] = f"{joined[-1]} {line.lstrip()}"
        last = len(line)
    return "\n".join(joined)
