"""A thread is a conversation: follow-ups, edits and deletions."""

from __future__ import annotations

import json
import time

import pytest

from ingest.documents import Document
from service.errors import UnknownAnswer, UnknownConversation
from service.store.slack_threads import SlackThreads, Thread
from tests.service.http.doubles import QUOTE
from tests.service.slack.bots import CHANNEL, Bot, abstaining, answering, owner_of, quotes, saying
from tests.service.slack.faults import ApiError
from tests.service.slack.records import User

NOTICED_SECONDS = 0.5
"""By then an event that is nothing to the bot would have shown."""


def quiet(bot: Bot, messages: int) -> None:
    time.sleep(NOTICED_SECONDS)
    assert len(bot.slack.posted()) == messages


def noted(bot: Bot, ts: str) -> str:
    """The id of the answer to a message, once it is written down that it was given."""
    threads = SlackThreads(bot.kept.house.store)

    def answer_id() -> str | None:
        known = threads.reply("T1", CHANNEL, ts)
        return known.answer_id if known else None

    found = bot.slack.wait_for(answer_id)
    assert found
    return found


def test_the_complaint_that_every_follow_up_needs_a_mention_in_a_thread_it_answers_without(bot: Bot) -> None:
    ts = bot.mention("Why did Tashkent leave the CSTO?")
    bot.answers(1, thread=ts)
    bot.write("And when did Tashkent do that?", thread=ts)
    bot.answers(2, thread=ts)
    first, second = bot.kept.answerer.asked
    assert second.conversation_id == first.conversation_id
    assert [turn.question for turn in second.conversation] == ["Why did Tashkent leave the CSTO?"]


@pytest.mark.parametrize(
    "text",
    [
        "Thanks, that is what I needed",
        "Did you see the match yesterday?",
        "<@U2> what do you think?",
        "Can we have lunch at noon?",
        "lol",
    ],
)
def test_people_who_talk_to_each_other_in_its_thread_are_left_alone(bot: Bot, text: str) -> None:
    ts = bot.mention("Why did Tashkent leave the CSTO?")
    bot.answers(1, thread=ts)
    bot.write(text, thread=ts, user="U2")
    quiet(bot, messages=1)


@pytest.mark.parametrize("listening", ["threads", "all"])
def test_a_question_that_nobody_addressed_to_it_is_answered_only_if_the_articles_do(bot: Bot, listening: str) -> None:
    bot.sender.command(bot.events.command("/dossier", f"listen {listening}", "U1", CHANNEL))
    ts = bot.mention("Why did Tashkent leave the CSTO?")
    noted(bot, ts)
    bot.kept.answerer.reply = abstaining()
    bot.write("Where is the stapler?", thread=ts if listening == "threads" else None)
    bot.slack.wait_for(lambda: len(bot.kept.asked) == 2)
    quiet(bot, messages=1)
    assert len(bot.kept.house.journal.conversations(0, 10, owner_of("T1"))) == 1
    bot.kept.answerer.reply = answering
    bot.write("What did Moscow say?", thread=ts)
    bot.slack.wait_for(lambda: len([each for each in bot.slack.posted() if "confidence" in each.shown]) == 2)


def test_it_is_called_by_its_name_in_its_thread(bot: Bot) -> None:
    ts = bot.mention("Why did Tashkent leave the CSTO?")
    bot.answers(1, thread=ts)
    bot.write("Dossier, tell me about the weather", thread=ts)
    bot.answers(2, thread=ts)
    assert bot.kept.asked[-1] == "tell me about the weather"


def test_it_keeps_quiet_in_channels_and_threads_of_others(bot: Bot) -> None:
    bot.write("Why did Tashkent leave the CSTO?")
    root = bot.write("Something else")
    bot.write("And why did Tashkent leave?", thread=root)
    quiet(bot, messages=0)


def test_a_channel_can_have_all_its_questions_answered(bot: Bot) -> None:
    bot.sender.command(bot.events.command("/dossier", "listen all", "U1", CHANNEL))
    ts = bot.write("Why did Tashkent leave the CSTO?")
    assert quotes(bot.answer(thread=ts)) == [QUOTE]
    bot.write("I like Tashkent")
    quiet(bot, messages=1)


def test_a_channel_can_have_mentions_alone_answered(bot: Bot) -> None:
    bot.sender.command(bot.events.command("/dossier", "listen mentions", "U1", CHANNEL))
    ts = bot.mention("Why did Tashkent leave the CSTO?")
    bot.answers(1, thread=ts)
    bot.write("And when?", thread=ts)
    quiet(bot, messages=1)


def test_an_edited_question_is_answered_again_once_in_the_same_place(bot: Bot) -> None:
    ts = bot.mention("Why did Tashkend leave?")
    before = bot.answer(thread=ts)
    bot.kept.answerer.reply = saying("Tashkent left in 2012.")
    edit = bot.events.changed(CHANNEL, ts, "<@UBOT> Why did Tashkent leave?")
    for _ in range(3):
        bot.tell(edit)
    bot.slack.wait_for(lambda: any("2012" in each.shown for each in bot.slack.posted(CHANNEL, ts)))
    answer = bot.answer(thread=ts)
    assert answer.ts == before.ts
    assert list(quotes(answer)) == ["Tashkent left in 2012."]
    assert bot.kept.asked == ["Why did Tashkend leave?", "Why did Tashkent leave?"]
    first, second = bot.kept.answerer.asked
    assert second.conversation_id == first.conversation_id
    assert second.conversation == []


def test_a_question_that_is_edited_while_it_is_answered_is_answered_as_it_is_now(bot: Bot) -> None:
    bot.kept.answerer.go.clear()
    ts = bot.mention("Why did Tashkend leave?")
    bot.slack.wait_for(lambda: [each for each in bot.slack.posted(CHANNEL, ts) if each.streaming])
    bot.kept.answerer.reply = saying("Tashkent left in 2012.")
    bot.tell(bot.events.changed(CHANNEL, ts, "<@UBOT> Why did Tashkent leave?"))
    bot.slack.wait_for(lambda: len(bot.kept.asked) == 2)
    bot.kept.answerer.go.set()
    bot.slack.wait_for(lambda: any("confidence" in each.shown for each in bot.slack.posted(CHANNEL, ts)))
    assert list(quotes(bot.answer(thread=ts))) == ["Tashkent left in 2012."]


def test_a_link_that_slack_unfolds_is_no_edit(bot: Bot) -> None:
    ts = bot.mention("What does https://example.org say?")
    bot.answers(1, thread=ts)
    event = bot.events.changed(CHANNEL, ts, "<@UBOT> What does https://example.org say?")
    bot.tell(event)
    quiet(bot, messages=1)
    assert len(bot.kept.asked) == 1


def test_a_mention_that_an_edit_adds_is_answered(bot: Bot) -> None:
    ts = bot.write("Why did Tashkent leave?")
    bot.tell(bot.events.changed(CHANNEL, ts, "<@UBOT> Why did Tashkent leave?"))
    assert quotes(bot.answer(thread=ts)) == [QUOTE]


@pytest.mark.parametrize("tombstone", [False, True])
def test_a_deleted_question_takes_its_answer_with_it(bot: Bot, tombstone: bool) -> None:
    """A message with replies does not vanish when it is deleted: Slack puts a tombstone in its place."""
    ts = bot.mention("Why did Tashkent leave?")
    bot.answers(1, thread=ts)
    answer_id = noted(bot, ts)
    event = bot.events.deleted(CHANNEL, ts)
    if tombstone:
        told = event["event"]
        message = {**told["previous_message"], "subtype": "tombstone", "text": "This message was deleted."}
        told.update({"subtype": "message_changed", "message": message})
        del told["deleted_ts"]
    bot.tell(event)
    bot.slack.wait_for(lambda: not bot.slack.posted(CHANNEL, ts))
    with pytest.raises(UnknownAnswer):
        bot.kept.house.journal.answer(answer_id, owner_of("T1"))


def test_one_message_that_cannot_be_deleted_keeps_no_other(bot: Bot) -> None:
    bot.kept.answerer.reply = saying(*(f"{number} " + "word " * 500 for number in range(12)))
    ts = bot.mention("Why did Tashkent leave?")
    bot.slack.wait_for(lambda: any("confidence" in each.shown for each in bot.slack.posted(CHANNEL, ts)))
    assert len(bot.slack.posted(CHANNEL, ts)) > 1
    bot.slack.fail("chat.delete", ApiError("cant_delete_message"))
    bot.tell(bot.events.deleted(CHANNEL, ts))
    bot.slack.wait_for(lambda: len(bot.slack.posted(CHANNEL, ts)) == 1)


def test_a_question_that_is_deleted_while_it_is_answered_is_not_answered(bot: Bot) -> None:
    bot.kept.answerer.go.clear()
    ts = bot.mention("Why did Tashkent leave?")
    bot.slack.wait_for(lambda: [each for each in bot.slack.posted(CHANNEL, ts) if each.streaming])
    bot.tell(bot.events.deleted(CHANNEL, ts))
    bot.slack.wait_for(lambda: not bot.slack.posted(CHANNEL, ts))
    bot.kept.answerer.go.set()
    quiet(bot, messages=0)


def test_a_conversation_that_was_deleted_begins_anew(bot: Bot) -> None:
    ts = bot.mention("Why did Tashkent leave?")
    bot.answers(1, thread=ts)
    journal, owner = bot.kept.house.journal, owner_of("T1")
    thread = Thread("T1", CHANNEL, ts)
    conversation = SlackThreads(bot.kept.house.store).conversation(thread)
    assert conversation is not None
    journal.forget(conversation, owner)
    with pytest.raises(UnknownConversation):
        journal.turns(conversation, owner)
    bot.mention("When did Tashkent leave?", thread=ts)
    assert len(bot.answers(2, thread=ts)) == 2


def test_conversations_in_slack_are_nobody_elses(bot: Bot) -> None:
    ts = bot.mention("Why did Tashkent leave?")
    bot.answers(1, thread=ts)
    journal = bot.kept.house.journal
    assert journal.conversations(0, 10) == []
    assert len(journal.conversations(0, 10, owner_of("T1"))) == 1


def test_bots_are_not_answered(bot: Bot) -> None:
    event = bot.events.message(CHANNEL, "U2", "<@UBOT> why did Tashkent leave?")
    event["event"]["bot_id"] = "BOTHER"
    bot.tell(event)
    quiet(bot, messages=0)


def test_a_stranger_in_a_shared_channel_is_told_to_ask_a_member(bot: Bot) -> None:
    bot.slack.channels[CHANNEL].shared = True
    bot.slack.user(User("U9", "stranger", team="T9"))
    _, event = bot.events.mention(CHANNEL, "U9", "<@UBOT> why did Tashkent leave?")
    event["event"]["user_team"] = "T9"
    bot.tell(event)
    told = bot.slack.wait_for(lambda: [each for each in bot.slack.posted() if each.ephemeral_to == "U9"])
    assert "members of the workspace" in told[0].text
    assert bot.kept.asked == []


def test_the_pane_greets_and_suggests_what_the_articles_answer(bot: Bot) -> None:
    article = json.dumps({"title": "Tashkent leaves", "text": "Tashkent left."})
    bot.kept.library.add([Document("a.json", "record", article.encode())])
    event = bot.events.thread_started("U1")
    thread = event["event"]["assistant_thread"]
    bot.tell(event)
    place = (thread["channel_id"], thread["thread_ts"])
    prompts = bot.slack.wait_for(lambda: bot.slack.prompts.get(place))
    question = "What does “Tashkent leaves” say?"
    assert prompts
    assert prompts.prompts == ((question, question),)
    assert bot.kept.house.journal.conversations(0, 10, owner_of("T1")) == []
    bot.write(question, channel=place[0], thread=place[1])
    bot.slack.wait_for(lambda: any("confidence" in each.shown for each in bot.slack.posted(*place)))
    bot.slack.wait_for(lambda: bot.slack.titles.get(place) == question)
