"""What the double of Slack holds as one page of HTML, about as Slack shows it: blocks are laid out by the client, so
that margins, fonts and the places of line breaks are not Slack's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any

from markdown_it import MarkdownIt

from tests.service.slack.records import Json, Message, View

NAMES = {"UBOT": "Dossier"}
STYLE = """
*{box-sizing:border-box}
body{margin:0;background:#fff;color:#1d1c1d;font:15px/1.46668 Lato,"Liberation Sans",Arial,"DejaVu Sans",sans-serif}
main{padding:12px 16px}
.message{display:grid;grid-template-columns:36px 1fr;column-gap:10px;padding:8px 0}
.face{width:36px;height:36px;border-radius:6px;color:#fff;font-weight:700;text-align:center;line-height:36px}
.app{font-size:10px;font-weight:700;background:#e8e8e8;border-radius:2px;padding:1px 3px;vertical-align:2px}
.time,.context,.hint{font-size:12.5px;color:#616061;font-weight:400}
.context p{margin:0}
.body{min-width:0;overflow-wrap:anywhere}
.body>*{margin:0 0 8px}
.body p{margin:0 0 8px}
.text{white-space:pre-wrap}
blockquote{margin:0 0 8px;padding-left:12px;border-left:4px solid #ddd;white-space:pre-wrap}
hr{border:0;border-top:1px solid #ddd;margin:10px 0}
a{color:#1264a3;text-decoration:none}
.mention{background:#e8f5fa;color:#1264a3;border-radius:3px;padding:0 2px}
.fields{display:grid;grid-template-columns:1fr 1fr;column-gap:16px;row-gap:8px;white-space:pre-wrap}
.actions{display:flex;flex-wrap:wrap;gap:8px}
.button{border:1px solid #bbb;border-radius:8px;padding:0 12px;height:32px;line-height:30px;font-weight:700;
font-size:13.5px}
.button.primary{background:#007a5a;border-color:#007a5a;color:#fff}
.only{font-size:12.5px;color:#616061}
.modal{border:1px solid #ddd;border-radius:10px;overflow:hidden}
.modal header,.modal footer{display:flex;justify-content:space-between;padding:12px 16px;gap:8px}
.modal header{font-size:18px;font-weight:700;border-bottom:1px solid #ddd}
.modal footer{justify-content:flex-end;border-top:1px solid #ddd}
.modal .body{padding:12px 16px}
.input{border:1px solid #888;border-radius:6px;min-height:76px;padding:8px;margin-top:4px;white-space:pre-wrap}
.file{border:1px solid #ddd;border-radius:8px;padding:8px 12px}
code{font-size:12.5px;background:#f6f6f6;border:1px solid #e0e0e0;border-radius:3px;padding:1px 3px}
"""


def page(shown: Iterable[Message | View], names: Mapping[str, str] | None = None, time: str = "10:24") -> str:
    """The messages and windows below each other; `names` are those of the people, by their ids."""
    known = {**NAMES, **(names or {})}
    parts = [_view(each) if isinstance(each, View) else _message(each, known, time) for each in shown]
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Slack</title><style>{STYLE}</style>'
        f"<main>{''.join(parts)}</main></html>"
    )


def _message(message: Message, names: Mapping[str, str], time: str) -> str:
    name = names.get(message.user, message.user)
    color = "#1d3557" if message.bot_id else "#9c6b30"
    tag = ' <span class="app">APP</span>' if message.bot_id else ""
    only = '<div class="only">Only visible to you</div>' if message.ephemeral_to else ""
    streamed = MarkdownIt("commonmark", {"html": False}).render(message.markdown) if message.markdown else ""
    blocks = "".join(map(_block, message.blocks)) if message.bot_id else ""
    said = "" if message.bot_id else f'<div class="text">{_mrkdwn(message.text, names)}</div>'
    files = "".join(f'<div class="file"><b>{escape(str(file["name"]))}</b></div>' for file in message.files)
    return (
        f'<div class="message"><div class="face" style="background:{color}">{escape(name[:1])}</div><div>'
        f'{only}<div><b>{escape(name)}</b>{tag} <span class="time">{time}</span></div>'
        f'<div class="body">{said}{files}{streamed}{blocks}</div></div></div>'
    )


def _view(view: View) -> str:
    shown = view.view
    buttons = [("close", ""), ("submit", " primary")]
    foot = "".join(
        f'<span class="button{style}">{_text(shown[name])}</span>' for name, style in buttons if shown.get(name)
    )
    blocks = "".join(map(_block, shown["blocks"]))
    return (
        f'<div class="modal"><header><span>{_text(shown["title"])}</span><span>✕</span></header>'
        f'<div class="body">{blocks}</div><footer>{foot}</footer></div>'
    )


def _block(block: Json) -> str:
    return _BLOCKS[block["type"]](block)


def _section(block: Json) -> str:
    fields = "".join(f"<div>{_text(field)}</div>" for field in block.get("fields", []))
    text = f'<div class="text">{_text(block["text"])}</div>' if "text" in block else ""
    return text + (f'<div class="fields">{fields}</div>' if fields else "")


def _context(block: Json) -> str:
    return f'<div class="context">{"".join(f"<p>{_text(each)}</p>" for each in block["elements"])}</div>'


def _actions(block: Json) -> str:
    buttons = "".join(
        f'<span class="button {each.get("style", "")}">{_text(each["text"])}</span>' for each in block["elements"]
    )
    return f'<div class="actions">{buttons}</div>'


def _input(block: Json) -> str:
    element = block["element"]
    optional = ' <span class="hint">(optional)</span>' if block.get("optional") else ""
    if element["type"] == "radio_buttons":
        chosen = element.get("initial_option")
        options = (f"<div>{'◉' if each == chosen else '○'} {_text(each['text'])}</div>" for each in element["options"])
        inside = "".join(options)
    else:
        inside = f'<div class="input">{escape(element.get("initial_value", ""))}</div>'
    return f"<div><b>{_text(block['label'])}</b>{optional}{inside}</div>"


def _rich_text(block: Json) -> str:
    found = ""
    for part in block["elements"]:
        inside = "".join(map(_element, part["elements"]))
        quoted = part["type"] == "rich_text_quote"
        found += f"<blockquote>{inside}</blockquote>" if quoted else f'<div class="text">{inside}</div>'
    return found


def _element(element: Json) -> str:
    inside = escape(element["text"])
    for name, tag in (("bold", "b"), ("italic", "i")):
        if element.get("style", {}).get(name):
            inside = f"<{tag}>{inside}</{tag}>"
    return f'<a href="{escape(element["url"])}">{inside}</a>' if element["type"] == "link" else inside


def _text(text: Json) -> str:
    return escape(text["text"]) if text["type"] == "plain_text" else _mrkdwn(text["text"], NAMES)


def _mrkdwn(text: str, names: Mapping[str, str]) -> str:
    """Slack's own markup, as far as the bot and the people of the previews write it."""

    def linked(match: re.Match[str]) -> str:
        sign, target, label = match.groups()
        if sign == "@":
            return f'<span class="mention">@{names.get(target, target)}</span>'
        return f'<a href="{target}">{label or target}</a>'

    found = re.sub(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>", linked, text)
    for sign, tag in (("*", "b"), ("_", "i"), ("`", "code")):
        mark = re.escape(sign)
        found = re.sub(rf"(?<![\w/]){mark}([^{mark}\n]+){mark}(?!\w)", rf"<{tag}>\1</{tag}>", found)
    return found


_BLOCKS: dict[str, Callable[[Any], str]] = {
    "section": _section,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "rich_text": _rich_text,
    "divider": lambda _: "<hr>",
}
