"""What people think of an answer, and what they look at to judge it."""

from __future__ import annotations

import json

import pytest

from ingest.documents import Document
from service.store.journal import Feedback
from tests.service.http.doubles import QUOTE, TEXT
from tests.service.slack.bots import CHANNEL, Bot, abstaining, owner_of
from tests.service.slack.records import Message, View, words


def answered(bot: Bot) -> Message:
    return bot.answer(thread=bot.mention("Why did Tashkent leave?"))


def pressed(bot: Bot, message: Message, action: str, user: str = "U1") -> View:
    """The window that a button opens."""
    before = len(bot.slack.views)
    bot.act(bot.events.click(CHANNEL, message.ts, action, user))
    bot.slack.wait_for(lambda: len(bot.slack.views) > before)
    return bot.slack.views[-1]


def opinions(bot: Bot) -> list[Feedback]:
    return [feedback for _, feedback in bot.kept.house.journal.feedback()]


@pytest.mark.parametrize("opinion", ["helpful", "wrong", "wrong_source", "missing"])
def test_an_opinion_is_kept_when_its_button_is_pressed_and_its_reason_with_it(bot: Bot, opinion: str) -> None:
    message = answered(bot)
    window = pressed(bot, message, f"rate:{opinion}")
    bot.slack.wait_for(lambda: opinions(bot))
    assert [(each.verdict, each.comment) for each in opinions(bot)] == [(opinion, None)]
    bot.act(bot.events.submission(window, {"feedback": {"written": {"type": "plain_text_input", "value": "Since"}}}))
    bot.slack.wait_for(lambda: opinions(bot)[0].comment)
    assert [(each.verdict, each.comment) for each in opinions(bot)] == [(opinion, "Since")]
    thanks = bot.slack.wait_for(lambda: [each for each in bot.slack.posted() if each.ephemeral_to == "U1"])
    assert thanks[0].thread_ts == message.thread_ts


def test_each_person_has_an_opinion_of_their_own_and_one(bot: Bot) -> None:
    message = answered(bot)
    pressed(bot, message, "rate:wrong", "U1")
    pressed(bot, message, "rate:missing", "U1")
    pressed(bot, message, "rate:helpful", "U2")
    bot.slack.wait_for(lambda: len(opinions(bot)) == 2)
    assert sorted(each.verdict for each in opinions(bot)) == ["helpful", "missing"]


def test_an_opinion_of_a_deleted_answer_is_told_so(bot: Bot) -> None:
    message = answered(bot)
    click = bot.events.click(CHANNEL, message.ts, "rate:wrong", "U1")
    bot.kept.house.journal.withdraw(click["actions"][0]["value"], owner_of("T1"))
    bot.act(click)
    told = bot.slack.wait_for(lambda: [each for each in bot.slack.posted() if each.ephemeral_to == "U1"])
    assert "deleted" in told[0].text
    assert opinions(bot) == []


def test_evidence_shows_the_quote_in_its_passage(bot: Bot) -> None:
    article = json.dumps({"title": "Tashkent leaves", "text": TEXT})
    (added,) = bot.kept.library.add([Document("a.json", "record", article.encode())])
    assert added.article_id
    bot.kept.library.records["a1"] = bot.kept.library.records[added.article_id]
    window = pressed(bot, answered(bot), "evidence")
    bot.slack.wait_for(lambda: "Why did Tashkent leave?" in words(window.view["blocks"]))
    (passage,) = [
        part["elements"]
        for block in window.view["blocks"]
        for part in block.get("elements", [])
        if part.get("type") == "rich_text_quote"
    ]
    bold = [each["text"] for each in passage if each.get("style", {}).get("bold")]
    assert bold == [QUOTE]
    assert "".join(each["text"] for each in passage) == TEXT


def test_evidence_of_an_article_that_is_gone_is_what_was_quoted(bot: Bot) -> None:
    window = pressed(bot, answered(bot), "evidence")
    bot.slack.wait_for(lambda: QUOTE in words(window.view["blocks"]))
    assert any("removed" in each for each in words(window.view["blocks"]))


def test_evidence_of_an_abstention_is_what_is_nearest(bot: Bot) -> None:
    bot.kept.answerer.reply = abstaining("The articles do not say.", "Kazakhstan stayed.")
    window = pressed(bot, answered(bot), "evidence")
    bot.slack.wait_for(lambda: "Kazakhstan stayed." in words(window.view["blocks"]))
    assert any("not an answer" in each for each in words(window.view["blocks"]))
