"""Slack's rules of interactive elements: buttons, menus, inputs and what they hold."""

from __future__ import annotations

from typing import Any

from tests.service.slack.records import Json
from tests.service.slack.texts import Findings, text_object

FIELDS = {
    "button": ("text", "action_id url value style confirm accessibility_label"),
    "image": ("alt_text", "image_url slack_file"),
    "overflow": ("options", "action_id confirm"),
    "radio_buttons": ("options", "action_id initial_option confirm focus_on_load"),
    "checkboxes": ("options", "action_id initial_options confirm focus_on_load"),
    "static_select": ("", "action_id options option_groups initial_option placeholder confirm focus_on_load"),
    "users_select": ("", "action_id initial_user placeholder confirm focus_on_load"),
    "conversations_select": (
        "",
        "action_id initial_conversation default_to_current_conversation placeholder confirm "
        "response_url_enabled filter focus_on_load",
    ),
    "channels_select": ("", "action_id initial_channel placeholder confirm response_url_enabled focus_on_load"),
    "datepicker": ("", "action_id initial_date placeholder confirm focus_on_load"),
    "plain_text_input": (
        "",
        "action_id initial_value multiline min_length max_length dispatch_action_config focus_on_load placeholder",
    ),
    "feedback_buttons": ("positive_button negative_button", "action_id"),
    "icon_button": ("icon text", "action_id value confirm accessibility_label visible_to_user_ids"),
}
MENUS = {"static_select", "users_select", "conversations_select", "channels_select", "datepicker"}
CHOICES = {"radio_buttons", "checkboxes"} | MENUS
ACTIONS = {"button", "overflow"} | CHOICES
ACCESSORIES = {"image"} | ACTIONS
INPUTS = {"plain_text_input"} | CHOICES
CONTEXT_ACTIONS = {"feedback_buttons", "icon_button"}
MOST_OPTIONS = {"overflow": 5, "radio_buttons": 10, "checkboxes": 10}


def element(found: Findings, node: Any, where: str, kinds: set[str]) -> None:
    """Checks an element that must be of one of the kinds."""
    kind = node.get("type") if isinstance(node, dict) else None
    if kind not in kinds:
        found.wrong(where, f"unsupported element {kind!r}")
        return
    if not found.object(node, where, *FIELDS[kind]):
        return
    action_id(found, node, where)
    found.flag(node, "focus_on_load multiline", where)
    for key, limit in (("url", 3000), ("image_url", 3000), ("alt_text", 2000), ("accessibility_label", 75)):
        found.string(node, key, where, limit)
    found.string(node, "value", where, 2000, least=0)
    found.one_of(node, "style", where, "primary danger")
    if kind in {"button", "icon_button"}:
        text_object(found, node["text"], f"{where}/text", 75, plain=True)
    if "placeholder" in node:
        text_object(found, node["placeholder"], f"{where}/placeholder", 150, plain=True)
    if "confirm" in node:
        confirmation(found, node["confirm"], f"{where}/confirm")
    special(found, node, where)


def special(found: Findings, node: Json, where: str) -> None:
    """Checks what only some kinds have."""
    kind = node["type"]
    if kind == "plain_text_input":
        typed(found, node, where)
    elif kind == "feedback_buttons":
        for key in ("positive_button", "negative_button"):
            feedback(found, node[key], f"{where}/{key}")
    elif kind == "image" and ("image_url" in node) == ("slack_file" in node):
        found.wrong(where, "exactly one of image_url and slack_file is required")
    elif kind == "static_select" and ("options" in node) == ("option_groups" in node):
        found.wrong(where, "exactly one of options and option_groups is required")
    if "options" in node:
        options(found, node, where, MOST_OPTIONS.get(kind, 100))


def action_id(found: Findings, node: Json, where: str) -> None:
    """Checks an action_id and that it is the only one of its kind in the payload."""
    found.string(node, "action_id", where, 255)
    name = node.get("action_id")
    if name is None:
        return
    if name in found.action_ids:
        found.frowned(where, f"action_id {name!r} is used twice")
    found.action_ids.add(name)


def options(found: Findings, node: Json, where: str, most: int) -> None:
    """Checks the choices of a menu."""
    for index, option in enumerate(found.array(node, "options", where, most)):
        place = f"{where}/options/{index}"
        if found.object(option, place, "text value", "description url"):
            text_object(found, option["text"], f"{place}/text", 75, plain=node["type"] in {"static_select", "overflow"})
            found.string(option, "value", place, 150)
            if "description" in option:
                text_object(found, option["description"], f"{place}/description", 75)


def typed(found: Findings, node: Json, where: str) -> None:
    """Checks a field that a person types in."""
    least, most = node.get("min_length", 0), node.get("max_length", 3000)
    if not isinstance(least, int) or not 0 <= least <= 3000:
        found.wrong(where, "min_length must be 0 to 3000")
    elif not isinstance(most, int) or not 1 <= most <= 3000:
        found.wrong(where, "max_length must be 1 to 3000")
    elif least > most:
        found.wrong(where, "min_length must not be above max_length")
    else:
        found.string(node, "initial_value", where, most, least=0)


def feedback(found: Findings, node: Any, where: str) -> None:
    """Checks one of the two buttons of feedback."""
    if found.object(node, where, "text value", "accessibility_label"):
        text_object(found, node["text"], f"{where}/text", 75, plain=True)
        found.string(node, "value", where, 2000)
        found.string(node, "accessibility_label", where, 75)


def confirmation(found: Findings, node: Any, where: str) -> None:
    """Checks the question before an action."""
    if not found.object(node, where, "title text confirm deny", "style"):
        return
    for key, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        text_object(found, node[key], f"{where}/{key}", most, plain=key != "text")
    found.one_of(node, "style", where, "primary danger")
