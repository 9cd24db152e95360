"""What Slack refuses in messages and modals is refused, with Slack's own error, and noted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service.slack.limits import chunk_problems, message_problems, view_problems

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def button(text: str = "Go", **more: Any) -> Json:
    return {"type": "button", "text": plain(text), "action_id": "go", **more}


def row(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def line(*elements: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(elements)}


def modal(**more: Any) -> Json:
    return {"type": "modal", "title": plain("Title"), "blocks": [], **more}


def question(**more: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": "typed", **more}
    return {"type": "input", "block_id": "asked", "label": plain("Why?"), "element": element}


DIVIDER = {"type": "divider"}
GOOD = [
    {"type": "header", "text": plain("h" * 150)},
    {"type": "section", "text": mrkdwn("a &lt; b, <https://a.example/?q=1|a link>, <@U1>, <#C1|general>, <!here>")},
    {
        "type": "section",
        "text": mrkdwn("<!date^1392734382^{date_short}^https://a.example/|then>"),
        "accessory": button(),
    },
    {"type": "section", "fields": [mrkdwn("f" * 2000)] * 10},
    {"type": "context", "elements": [mrkdwn("small"), {"type": "image", "image_url": "https://a/i", "alt_text": "i"}]},
    row(button(action_id="a", url="https://a.example/", style="primary"), button(action_id="b", value="v" * 2000)),
    {"type": "markdown", "text": "**a < b**"},
    rich(
        line({"type": "text", "text": "a", "style": {"bold": True}}, {"type": "link", "url": "https://a", "text": "a"}),
        {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [line({"type": "emoji", "name": "ok"})]},
        {"type": "rich_text_quote", "elements": [{"type": "user", "user_id": "U1"}], "border": 1},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x = 1"}]},
    ),
    {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "rated",
                "positive_button": {"text": plain("Good"), "value": "good"},
                "negative_button": {"text": plain("Bad"), "value": "bad"},
            }
        ],
    },
    DIVIDER,
]
BAD: list[tuple[list[Any], str]] = [
    ([DIVIDER] * 51, "no more than 50"),
    ([{"type": "section"}], "one of text and fields"),
    ([{"type": "section", "text": mrkdwn("x" * 3001)}], "1 to 3000"),
    ([{"type": "section", "text": mrkdwn("")}], "1 to 3000"),
    ([{"type": "section", "fields": [mrkdwn("x")] * 11}], "no more than 10"),
    ([{"type": "section", "fields": [mrkdwn("x" * 2001)]}], "1 to 2000"),
    ([{"type": "section", "text": mrkdwn("x"), "colour": "red"}], "additional property: colour"),
    ([{"type": "section", "text": {**mrkdwn("x"), "emoji": True}}], "emoji is for plain_text"),
    ([{"type": "header", "text": plain("x" * 151)}], "1 to 150"),
    ([{"type": "header", "text": mrkdwn("x")}], "plain_text"),
    ([{"type": "context", "elements": [mrkdwn("x")] * 11}], "no more than 10"),
    ([{"type": "context", "elements": []}], "at least 1"),
    ([row(*[button(action_id=str(index)) for index in range(26)])], "no more than 25"),
    ([row(button("x" * 76))], "1 to 75"),
    ([row(button(value="x" * 2001))], "0 to 2000"),
    ([row(button(action_id="x" * 256))], "1 to 255"),
    ([row(button(url="https://" + "x" * 3000))], "1 to 3000"),
    ([row(button(style="loud"))], "primary danger"),
    ([row({"type": "button", "text": mrkdwn("x")})], "plain_text"),
    ([row({"type": "plain_text_input"})], "unsupported element"),
    ([{**DIVIDER, "block_id": "x" * 256}], "1 to 255"),
    ([{**DIVIDER, "block_id": "x"}] * 2, "already exists"),
    ([{"type": "marquee"}], "unsupported block"),
    (["divider"], "unsupported block"),
    ([{"type": "markdown", "text": "x" * 7000}] * 2, "12000"),
    ([rich({"type": "rich_text_table", "elements": []})], "unsupported rich text"),
    ([rich(line({"type": "text", "text": ""}))], "1 to"),
    ([rich(line({"type": "text", "text": "x", "style": {"loud": True}}))], "unknown style"),
    ([rich(line({"type": "text", "text": "x", "style": {"bold": 1}}))], "booleans"),
    ([rich(line({"type": "link", "text": "x"}))], "missing required field: url"),
    ([rich(line(line()))], "unsupported element"),
    ([rich({"type": "rich_text_list", "style": "disc", "elements": [line()]})], "bullet ordered"),
    ([rich({"type": "rich_text_list", "style": "bullet", "elements": [{"type": "text", "text": "x"}]})], "section"),
    ([rich({"type": "rich_text_preformatted", "elements": [{"type": "user", "user_id": "U1"}]})], "unsupported"),
]


def test_a_message_of_every_kind_of_block_is_in_order() -> None:
    assert message_problems({"text": "All of them.", "blocks": GOOD}) == []


@pytest.mark.parametrize(("blocks", "sentence"), BAD)
def test_blocks_that_slack_refuses(blocks: list[Any], sentence: str) -> None:
    problems = message_problems({"text": "A text.", "blocks": blocks})
    assert {problem.error for problem in problems} == {"invalid_blocks"}
    assert any(sentence in problem.sentence for problem in problems), problems


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"markdown_text": "x", "text": "x"}, "markdown_text_conflict"),
        ({"text": 7}, "invalid_arguments"),
        ({"text": "x", "metadata": {"kind": "x"}}, "invalid_metadata_format"),
        ({"text": "x", "blocks": {"type": "divider"}}, "invalid_blocks"),
    ],
)
def test_messages_that_slack_refuses(body: Json, error: str) -> None:
    assert [problem.error for problem in message_problems(body)] == [error]


@pytest.mark.parametrize(
    "body",
    [
        {"blocks": [DIVIDER]},
        {"text": "a < b"},
        {"text": "<b>"},
        {"text": "<https://a.example/ b>"},
        {"text": "<@ada>"},
        {"text": "x", "blocks": [{"type": "section", "text": mrkdwn("a <- b")}]},
        {"text": "x", "blocks": [row(button()), row(button())]},
    ],
)
def test_messages_that_slack_takes_and_frowns_at(body: Json) -> None:
    assert [problem.error for problem in message_problems(body)] == [""]


@pytest.mark.parametrize(
    ("view", "sentence"),
    [
        (modal(title=plain("x" * 25)), "1 to 24"),
        (modal(title=mrkdwn("x")), "plain_text"),
        (modal(submit=plain("x" * 25)), "1 to 24"),
        (modal(close=plain("x" * 25)), "1 to 24"),
        (modal(private_metadata="x" * 3001), "0 to 3000"),
        (modal(callback_id="x" * 256), "0 to 255"),
        (modal(type="drawer"), "modal"),
        ({"type": "modal", "blocks": []}, "missing required field: title"),
        (modal(blocks=[DIVIDER] * 101), "no more than 100"),
        (modal(blocks=[{"type": "markdown", "text": "x"}]), "unsupported block"),
        (modal(blocks=[question()]), "submit is required"),
        (modal(submit=plain("Go"), blocks=[question(max_length=3001)]), "max_length"),
        (modal(submit=plain("Go"), blocks=[question(min_length=9, max_length=8)]), "above max_length"),
        (modal(submit=plain("Go"), blocks=[question(max_length=3, initial_value="four")]), "initial_value"),
        (modal(submit=plain("Go"), blocks=[question(placeholder=plain("x" * 151))]), "1 to 150"),
        (modal(submit=plain("Go"), blocks=[{**question(), "label": plain("x" * 2001)}]), "1 to 2000"),
    ],
)
def test_modals_that_slack_refuses(view: Json, sentence: str) -> None:
    problems = view_problems(view)
    assert {problem.error for problem in problems} == {"invalid_arguments"}
    assert any(sentence in problem.sentence for problem in problems), problems


def test_a_modal_with_an_input_is_in_order() -> None:
    whole = modal(submit=plain("Send"), close=plain("Leave"), callback_id="asked", blocks=[*[DIVIDER] * 99, question()])
    assert view_problems(whole) == []


@pytest.mark.parametrize(
    "chunk",
    [
        {"type": "shout", "text": "x"},
        {"type": "markdown_text"},
        {"type": "markdown_text", "text": "x" * 12_001},
        {"type": "task_update", "id": "1", "title": "x", "status": "done"},
        {"type": "task_update", "id": "1", "title": "x" * 257, "status": "complete"},
        {"type": "blocks", "blocks": [{"type": "marquee"}]},
    ],
)
def test_chunks_that_slack_refuses(chunk: Json) -> None:
    assert all(problem.error for problem in chunk_problems([chunk]))
    assert chunk_problems([chunk])


def test_chunks_of_every_kind_are_in_order() -> None:
    task = {"type": "task_update", "id": "1", "title": "Reading", "status": "in_progress"}
    plan = {"type": "plan_update", "title": "Reading"}
    assert (
        chunk_problems([{"type": "markdown_text", "text": "x"}, task, plan, {"type": "blocks", "blocks": GOOD}]) == []
    )
