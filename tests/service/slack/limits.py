"""Slack's rules of payloads: what a message, a modal and the chunks of a stream may hold."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.service.slack.elements import ACCESSORIES, ACTIONS, CONTEXT_ACTIONS, INPUTS, element
from tests.service.slack.records import Json
from tests.service.slack.texts import Findings, Problem, escaping, rich_text, text_object

MARKDOWN_CHARACTERS = 12_000
POSTED_CHARACTERS = 40_000
UPDATED_CHARACTERS = 4_000
BLOCKS = {"message": 50, "modal": 100}
MESSAGES_ONLY = {"markdown", "context_actions", "table"}
FIELDS = {
    "section": ("", "text fields accessory expand"),
    "divider": ("", ""),
    "header": ("text", ""),
    "context": ("elements", ""),
    "actions": ("elements", ""),
    "context_actions": ("elements", ""),
    "image": ("alt_text", "image_url slack_file title"),
    "markdown": ("text", ""),
    "rich_text": ("elements", ""),
    "input": ("label element", "dispatch_action hint optional"),
    "table": ("rows", "column_settings"),
}
CHUNKS = {
    "markdown_text": ("text", ""),
    "task_update": ("id title status", "details output sources"),
    "plan_update": ("title", ""),
    "blocks": ("blocks", ""),
}


def message_problems(body: Mapping[str, Any], most: int = POSTED_CHARACTERS) -> list[Problem]:
    """What is wrong with a message; `most` is how many characters its text may have."""
    text, blocks, markdown = body.get("text"), body.get("blocks"), body.get("markdown_text")
    found = Findings("invalid_blocks")
    if not (text or blocks or markdown or body.get("attachments")):
        found.problems.append(Problem("there is neither text nor blocks", "no_text"))
    if markdown and (text or blocks):
        found.problems.append(Problem("markdown_text excludes text and blocks", "markdown_text_conflict"))
    if blocks and not text:
        found.frowned("text", "blocks need a text: it is what notifications and screen readers say")
    found.problems += long("text", text, most) + long("markdown_text", markdown, MARKDOWN_CHARACTERS)
    if isinstance(text, str):
        escaping(found, text, "text")
    found.problems += metadata_problems(body.get("metadata"))
    if blocks is not None:
        check_blocks(found, blocks, "message")
    return found.problems


def long(name: str, text: Any, most: int) -> list[Problem]:
    """The problem of a text above its limit, if it is."""
    if text is None or (isinstance(text, str) and len(text) <= most):
        return []
    if not isinstance(text, str):
        return [Problem(f"{name} must be a string", "invalid_arguments")]
    return [Problem(f"{name} must have at most {most} characters, not {len(text)}", "msg_too_long")]


def metadata_problems(metadata: Any) -> list[Problem]:
    """What is wrong with the metadata of a message."""
    if not metadata or (isinstance(metadata, dict) and set(metadata) == {"event_type", "event_payload"}):
        return []
    return [Problem("metadata must have an event_type and an event_payload", "invalid_metadata_format")]


def view_problems(view: Any) -> list[Problem]:
    """What is wrong with a modal."""
    found = Findings("invalid_arguments")
    optional = "submit close private_metadata callback_id clear_on_close notify_on_close external_id submit_disabled"
    if not found.object(view, "view", "type title blocks", optional):
        return found.problems
    found.one_of(view, "type", "view", "modal")
    for key in ("title", "submit", "close"):
        if key in view:
            text_object(found, view[key], f"view/{key}", 24, plain=True)
    found.string(view, "private_metadata", "view", 3000, least=0)
    found.string(view, "callback_id", "view", 255, least=0)
    found.string(view, "external_id", "view", 255, least=0)
    found.flag(view, "clear_on_close notify_on_close submit_disabled", "view")
    if len(json.dumps(view)) > 250_000:
        found.problems.append(Problem("a view must have at most 250 kB", "view_too_large"))
    check_blocks(found, view["blocks"], "modal")
    kinds = {block.get("type") for block in view["blocks"] if isinstance(block, dict)}
    if "input" in kinds and "submit" not in view:
        found.wrong("view", "submit is required with an input block")
    return found.problems


def chunk_problems(chunks: Any) -> list[Problem]:
    """What is wrong with the chunks of a stream."""
    found = Findings("invalid_arguments")
    for index, chunk in enumerate(found.array({"chunks": chunks}, "chunks", "chunks", 1000, least=0)):
        where = f"chunks/{index}"
        kind = chunk.get("type") if isinstance(chunk, dict) else None
        if kind not in CHUNKS:
            found.wrong(where, f"unsupported chunk {kind!r}")
        elif found.object(chunk, where, *CHUNKS[kind]):
            found.string(chunk, "title", where, 256)
            found.one_of(chunk, "status", where, "pending in_progress complete error")
            if kind == "markdown_text":
                found.problems += long(f"{where}/text", chunk["text"], MARKDOWN_CHARACTERS)
            if kind == "blocks":
                check_blocks(found, chunk["blocks"], "message")
    return found.problems


def check_blocks(found: Findings, blocks: Any, surface: str) -> None:
    """Checks the blocks of a message or a modal."""
    for index, block in enumerate(found.array({"blocks": blocks}, "blocks", "blocks", BLOCKS[surface], least=0)):
        where = f"blocks/{index}"
        kind = block.get("type") if isinstance(block, dict) else None
        if kind not in FIELDS or (surface == "modal" and kind in MESSAGES_ONLY):
            found.wrong(where, f"unsupported block {kind!r} in a {surface}")
            continue
        required, optional = FIELDS[kind]
        if found.object(block, where, required, f"block_id {optional}"):
            block_id(found, block, where)
            CHECKS[kind](found, block, where)
    if isinstance(blocks, list):
        markdown_total(found, blocks)


def markdown_total(found: Findings, blocks: list[Any]) -> None:
    """Checks the length of all markdown blocks together."""
    texts = [str(block.get("text")) for block in blocks if isinstance(block, dict) and block.get("type") == "markdown"]
    if sum(map(len, texts)) > MARKDOWN_CHARACTERS:
        found.wrong("blocks", f"markdown blocks must have at most {MARKDOWN_CHARACTERS} characters in all")


def block_id(found: Findings, block: Json, where: str) -> None:
    """Checks a block_id and that it is the only one of its kind."""
    found.string(block, "block_id", where, 255)
    name = block.get("block_id")
    if name is not None and name in found.block_ids:
        found.wrong(where, f"block_id {name!r} already exists")
    found.block_ids.add(str(name))


def section(found: Findings, block: Json, where: str) -> None:
    """Checks a section: a text, fields, or both."""
    if "text" not in block and "fields" not in block:
        found.wrong(where, "one of text and fields is required")
    if "text" in block:
        text_object(found, block["text"], f"{where}/text", 3000)
    for index, item in enumerate(found.array(block, "fields", where, 10)):
        text_object(found, item, f"{where}/fields/{index}", 2000)
    if "accessory" in block:
        element(found, block["accessory"], f"{where}/accessory", ACCESSORIES)


def header(found: Findings, block: Json, where: str) -> None:
    """Checks a heading."""
    text_object(found, block["text"], f"{where}/text", 150, plain=True)


def context(found: Findings, block: Json, where: str) -> None:
    """Checks a line of small print: texts and images."""
    for index, item in enumerate(found.array(block, "elements", where, 10)):
        place = f"{where}/elements/{index}"
        if isinstance(item, dict) and item.get("type") == "image":
            element(found, item, place, {"image"})
        else:
            text_object(found, item, place, 3000)


def actions(found: Findings, block: Json, where: str) -> None:
    """Checks a row of controls."""
    for index, item in enumerate(found.array(block, "elements", where, 25)):
        element(found, item, f"{where}/elements/{index}", ACTIONS)


def context_actions(found: Findings, block: Json, where: str) -> None:
    """Checks a row of feedback."""
    for index, item in enumerate(found.array(block, "elements", where, 5)):
        element(found, item, f"{where}/elements/{index}", CONTEXT_ACTIONS)


def image(found: Findings, block: Json, where: str) -> None:
    """Checks a picture."""
    found.string(block, "image_url", where, 3000)
    found.string(block, "alt_text", where, 2000)
    if ("image_url" in block) == ("slack_file" in block):
        found.wrong(where, "exactly one of image_url and slack_file is required")
    if "title" in block:
        text_object(found, block["title"], f"{where}/title", 2000, plain=True)


def markdown(found: Findings, block: Json, where: str) -> None:
    """Checks a text in Markdown."""
    found.string(block, "text", where, MARKDOWN_CHARACTERS)


def question(found: Findings, block: Json, where: str) -> None:
    """Checks an input with its label."""
    text_object(found, block["label"], f"{where}/label", 2000, plain=True)
    if "hint" in block:
        text_object(found, block["hint"], f"{where}/hint", 2000, plain=True)
    found.flag(block, "dispatch_action optional", where)
    element(found, block["element"], f"{where}/element", INPUTS)


def table(found: Findings, block: Json, where: str) -> None:
    """Checks a table: at most 100 rows of 20 cells."""
    for index, row in enumerate(found.array(block, "rows", where, 100)):
        found.array({"cells": row}, "cells", f"{where}/rows/{index}", 20)


def divider(found: Findings, block: Json, where: str) -> None:
    """Nothing is in a line."""


CHECKS: dict[str, Callable[[Findings, Json, str], None]] = {
    "section": section,
    "divider": divider,
    "header": header,
    "context": context,
    "actions": actions,
    "context_actions": context_actions,
    "image": image,
    "markdown": markdown,
    "rich_text": rich_text,
    "input": question,
    "table": table,
}
