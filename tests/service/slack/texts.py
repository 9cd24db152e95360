"""Slack's rules of texts: text objects, the escaping of mrkdwn, and rich text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.service.slack.records import Json

MRKDWN_FORM = re.compile(
    r"""<(?:
        (?:https?://|mailto:|tel:|slack://)[^<>|\s]+(?:\|[^<>\n]+)?
      | @[UW][A-Z0-9]+(?:\|[^<>]*)?
      | \#[CGD][A-Z0-9]+(?:\|[^<>]*)?
      | !(?:here|channel|everyone)(?:\|[^<>]*)?
      | !subteam\^S[A-Z0-9]+(?:\|[^<>]*)?
      | !date\^\d+\^[^|<>^]+(?:\^https?://[^|<>\s]+)?\|[^<>]+
    )>""",
    re.VERBOSE,
)
"""What may begin with a raw `<` in mrkdwn: links, mentions, channels, groups and dates."""

MARKS = {"bold", "italic", "strike", "underline", "highlight", "client_highlight", "unlink"}
STYLES = {"text": MARKS | {"code"}, "link": MARKS | {"code"}}
INLINE = {
    "text": ("text", "style"),
    "link": ("url", "text unsafe style"),
    "emoji": ("name", "unicode skin_tone style"),
    "user": ("user_id", "style"),
    "channel": ("channel_id", "style"),
    "usergroup": ("usergroup_id", "style"),
    "broadcast": ("range", "style"),
    "date": ("timestamp format", "url fallback style"),
    "color": ("value", "style"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A rule that a payload breaks. An empty error says that Slack takes it, and that it is wrong all the same."""

    sentence: str
    error: str = ""


@dataclass(slots=True)
class Findings:
    """The problems of a payload, found on one walk through it; `error` is what Slack answers to them."""

    error: str
    problems: list[Problem] = field(default_factory=list)
    block_ids: set[str] = field(default_factory=set)
    action_ids: set[str] = field(default_factory=set)

    def wrong(self, where: str, sentence: str) -> None:
        """Notes what Slack refuses."""
        self.problems.append(Problem(f"{where}: {sentence}", self.error))

    def frowned(self, where: str, sentence: str) -> None:
        """Notes what Slack takes, though its documentation says not to do it."""
        self.problems.append(Problem(f"{where}: {sentence}"))

    def object(self, node: Any, where: str, required: str, optional: str = "") -> bool:
        """Whether the node is an object with the required fields; a field that is neither is noted."""
        if not isinstance(node, dict):
            self.wrong(where, f"an object is expected, not {type(node).__name__}")
            return False
        missing = [key for key in required.split() if node.get(key) is None]
        for key in missing:
            self.wrong(where, f"missing required field: {key}")
        known = {"type", *required.split(), *optional.split()}
        for key in sorted(set(node) - known):
            self.wrong(where, f"invalid additional property: {key}")
        return not missing

    def string(self, node: Json, key: str, where: str, most: int, least: int = 1) -> None:
        """Notes a field that is there and is not a string of the permitted length."""
        value = node.get(key)
        if value is None:
            return
        if not isinstance(value, str):
            self.wrong(where, f"{key} must be a string")
        elif not least <= len(value) <= most:
            self.wrong(where, f"{key} must have {least} to {most} characters, not {len(value)}")

    def array(self, node: Json, key: str, where: str, most: int, least: int = 1) -> list[Any]:
        """The array in a field; notes when it is not one of the permitted length."""
        value = node.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.wrong(where, f"{key} must be an array")
            return []
        if len(value) > most:
            self.wrong(where, f"no more than {most} items allowed in {key}, not {len(value)}")
        if len(value) < least:
            self.wrong(where, f"{key} must have at least {least} item")
        return value

    def one_of(self, node: Json, key: str, where: str, values: str) -> None:
        """Notes a field that is there and has a value outside of the permitted ones."""
        if node.get(key) is not None and node[key] not in values.split():
            self.wrong(where, f"{key} must be one of {values}, not {node[key]!r}")

    def flag(self, node: Json, keys: str, where: str) -> None:
        """Notes fields that are there and are not booleans."""
        for key in keys.split():
            if key in node and not isinstance(node[key], bool):
                self.wrong(where, f"{key} must be a boolean")


def text_object(found: Findings, node: Any, where: str, most: int, plain: bool = False) -> None:
    """Checks a text object; `plain` where only plain_text is permitted."""
    if not found.object(node, where, "type text", "emoji verbatim"):
        return
    found.one_of(node, "type", where, "plain_text" if plain else "plain_text mrkdwn")
    found.string(node, "text", where, most)
    found.flag(node, "emoji verbatim", where)
    if node["type"] == "mrkdwn" and "emoji" in node:
        found.wrong(where, "emoji is for plain_text only")
    if node["type"] == "mrkdwn":
        escaping(found, str(node["text"]), where)


def escaping(found: Findings, text: str, where: str) -> None:
    """Notes a raw `<` in mrkdwn that does not begin a link, a mention or a date."""
    raw = MRKDWN_FORM.sub("", text).find("<")
    if raw >= 0:
        found.frowned(where, f"a raw '<' must be written &lt; in mrkdwn: {MRKDWN_FORM.sub('', text)[raw : raw + 40]!r}")


def rich_text(found: Findings, block: Json, where: str) -> None:
    """Checks the elements of a rich_text block."""
    for index, element in enumerate(found.array(block, "elements", where, 1000)):
        place = f"{where}/elements/{index}"
        kind = element.get("type") if isinstance(element, dict) else None
        check = RICH.get(str(kind))
        if check is None:
            found.wrong(place, f"unsupported rich text element {kind!r}")
        else:
            check(found, element, place)


def section(found: Findings, node: Json, where: str) -> None:
    """Checks a line of rich text."""
    if found.object(node, where, "elements"):
        line(found, node, where, set(INLINE))


def quote(found: Findings, node: Json, where: str) -> None:
    """Checks a quotation."""
    if found.object(node, where, "elements", "border"):
        line(found, node, where, set(INLINE))


def preformatted(found: Findings, node: Json, where: str) -> None:
    """Checks code: only text and links are permitted in it."""
    if found.object(node, where, "elements", "border language"):
        line(found, node, where, {"text", "link"})


def bullets(found: Findings, node: Json, where: str) -> None:
    """Checks a list, whose items are sections."""
    if not found.object(node, where, "elements style", "indent offset border"):
        return
    found.one_of(node, "style", where, "bullet ordered")
    if node.get("indent", 0) not in range(9):
        found.wrong(where, "indent must be 0 to 8")
    for index, item in enumerate(found.array(node, "elements", where, 1000)):
        place = f"{where}/elements/{index}"
        if isinstance(item, dict) and item.get("type") == "rich_text_section":
            section(found, item, place)
        else:
            found.wrong(place, "an item of a list must be a rich_text_section")


def line(found: Findings, node: Json, where: str, kinds: set[str]) -> None:
    """Checks the elements of a line."""
    if node.get("border", 0) not in (0, 1):
        found.wrong(where, "border must be 0 or 1")
    for index, element in enumerate(found.array(node, "elements", where, 3000, least=0)):
        place = f"{where}/elements/{index}"
        kind = element.get("type") if isinstance(element, dict) else None
        if kind not in kinds:
            found.wrong(place, f"unsupported element {kind!r}")
            continue
        if found.object(element, place, *INLINE[kind]):
            leaf(found, element, place)


def leaf(found: Findings, node: Json, where: str) -> None:
    """Checks the values of one element of a line."""
    found.string(node, "text", where, 1_000_000)
    found.string(node, "url", where, 3000)
    found.one_of(node, "range", where, "here channel everyone")
    style = node.get("style", {})
    known = STYLES.get(node["type"], MARKS)
    if not isinstance(style, dict) or any(not isinstance(value, bool) for value in style.values()):
        found.wrong(where, "style must be an object of booleans")
        return
    for key in sorted(set(style) - known):
        found.wrong(where, f"unknown style {key}")


RICH: dict[str, Callable[[Findings, Json, str], None]] = {
    "rich_text_section": section,
    "rich_text_quote": quote,
    "rich_text_preformatted": preformatted,
    "rich_text_list": bullets,
}
