"""The slash command, sharing, and the shortcut of a message's menu."""

from __future__ import annotations

import json

import pytest

from tests.service.http.doubles import QUOTE
from tests.service.slack.bots import CHANNEL, Bot, owner_of, quotes
from tests.service.slack.faults import ApiError
from tests.service.slack.records import Json, Message, ResponseUrl


def commanded(bot: Bot, text: str, channel: str = CHANNEL) -> tuple[Json, ResponseUrl]:
    """What the command is told at once, and the address for the rest."""
    form = bot.events.command("/dossier", text, "U1", channel)
    delivery = bot.sender.command(form)
    assert delivery.status == 200
    address = bot.slack.response_urls[form["response_url"].rpartition("/")[2]]
    return json.loads(delivery.body), address


def private(bot: Bot, channel: str = CHANNEL) -> Message:
    _, address = commanded(bot, "Why did Tashkent leave?", channel)
    bot.slack.wait_for(lambda: address.posts)
    return next(each for each in bot.slack.posted(channel) if each.ephemeral_to == "U1")


def test_a_command_is_answered_to_whoever_gave_it_alone(bot: Bot) -> None:
    told, address = commanded(bot, "Why did Tashkent leave?")
    assert told["response_type"] == "ephemeral"
    assert "Reading the articles" in told["text"]
    (post,) = bot.slack.wait_for(lambda: address.posts)
    assert post["response_type"] == "ephemeral"
    (message,) = bot.slack.posted()
    assert message.ephemeral_to == "U1"
    assert quotes(message) == [QUOTE]


def test_a_shared_answer_is_posted_once_and_followed_up(bot: Bot) -> None:
    message = private(bot)
    click = bot.events.click(CHANNEL, message.ts, "share", "U1")
    for _ in range(2):
        bot.act(click)
    bot.slack.wait_for(lambda: [each for each in bot.slack.posted(CHANNEL) if not each.ephemeral_to])
    (shared,) = [each for each in bot.slack.posted(CHANNEL) if not each.ephemeral_to]
    assert "<@U1> asked:" in shared.shown
    assert QUOTE in quotes(shared)
    bot.write("And when did Tashkent leave?", thread=shared.ts)
    bot.answers(1, thread=shared.ts)
    first, second = bot.kept.answerer.asked
    assert first.conversation_id == second.conversation_id


def test_an_answer_can_be_shared_where_the_bot_is_no_member(bot: Bot) -> None:
    message = private(bot, "C2")
    bot.act(bot.events.click("C2", message.ts, "share", "U1"))
    bot.slack.wait_for(lambda: [each for each in bot.slack.posted("C2") if not each.ephemeral_to])


def test_an_answer_that_could_not_be_shared_can_be_shared_again(bot: Bot) -> None:
    message = private(bot)
    bot.slack.fail("chat.postMessage", ApiError("restricted_action"))
    bot.act(bot.events.click(CHANNEL, message.ts, "share", "U1"))
    bot.slack.wait_for(lambda: bot.slack.posted("D1"))
    bot.act(bot.events.click(CHANNEL, message.ts, "share", "U1"))
    bot.slack.wait_for(lambda: [each for each in bot.slack.posted(CHANNEL) if not each.ephemeral_to])


def test_sharing_a_deleted_answer_is_told_so(bot: Bot) -> None:
    message = private(bot)
    click = bot.events.click(CHANNEL, message.ts, "share", "U1")
    bot.kept.house.journal.withdraw(click["actions"][0]["value"], owner_of("T1"))
    bot.act(click)
    (told,) = bot.slack.wait_for(lambda: bot.slack.posted("D1"))
    assert "There is no answer with this id." in told.shown


@pytest.mark.parametrize("text", ["", "help", "?"])
def test_help_is_given_at_once(bot: Bot, text: str) -> None:
    told, _ = commanded(bot, text)
    assert "Ask me a question" in told["text"]


def test_how_it_listens_is_told_to_the_whole_channel(bot: Bot) -> None:
    told, _ = commanded(bot, "listen all")
    assert told["response_type"] == "in_channel"
    assert "every question in this channel" in told["text"]


def test_listening_to_nonsense_is_explained(bot: Bot) -> None:
    told, _ = commanded(bot, "listen carefully")
    assert "/dossier listen mentions" in told["text"]


def test_names_in_a_command_are_read_as_people_wrote_them(bot: Bot) -> None:
    commanded(bot, "what did <@U2|grace> say in <#C1|general> &amp; <https://example.org|there>?")
    bot.slack.wait_for(lambda: bot.kept.asked)
    assert bot.kept.asked == ["what did @grace say in #general & there?"]


def asked_about(bot: Bot, where: str, question: str = "Why did Tashkent leave?") -> str:
    """Somebody asks about a message; its timestamp."""
    ts = bot.write("Tashkent left the CSTO", user="U2")
    bot.act(bot.events.shortcut("ask_about", CHANNEL, ts, "U1"))
    bot.slack.wait_for(lambda: bot.slack.views)
    window = bot.slack.views[-1]
    assert window.view["blocks"][0]["element"]["initial_value"] == "Tashkent left the CSTO"
    values = {
        "question": {"written": {"type": "plain_text_input", "value": question}},
        "where": {"chosen": {"type": "radio_buttons", "selected_option": {"value": where}}},
    }
    delivery = bot.act(bot.events.submission(window, values))
    if not question.strip():
        assert json.loads(delivery.body)["errors"] == {"question": "Write a question."}
    return ts


def test_a_question_about_a_message_is_answered_in_its_thread(bot: Bot) -> None:
    ts = asked_about(bot, "thread")
    bot.slack.wait_for(lambda: any("confidence" in each.shown for each in bot.slack.posted(CHANNEL, ts)))
    asked, answer = bot.answers(2, thread=ts)
    assert "<@U1> asks:" in asked.shown
    assert quotes(answer) == [QUOTE]


def test_a_question_about_a_message_is_answered_directly(bot: Bot) -> None:
    asked_about(bot, "direct")
    bot.slack.wait_for(lambda: any("confidence" in each.shown for each in bot.slack.posted("D1")))
    asked, answer = bot.answers(2, "D1")
    assert answer.thread_ts == asked.ts
    assert quotes(answer) == [QUOTE]
    assert bot.slack.posted(CHANNEL) == []


def test_no_question_about_a_message_is_told_so_in_the_window(bot: Bot) -> None:
    asked_about(bot, "direct", question="   ")
    assert bot.kept.asked == []
