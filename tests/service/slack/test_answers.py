"""What people ask in Slack, and what they get."""

from __future__ import annotations

from datetime import date

import pytest

from service.answer import Disagreement, Side
from service.errors import QuestionError
from service.question import MAX_CHARACTERS
from tests.service.http.doubles import QUOTE, TEXT
from tests.service.slack.bots import CHANNEL, PAGE, Bot, abstaining, answering, quotes, saying
from tests.service.slack.faults import ApiError, Dropped

HOSTILE = "<!channel> *bold* _under_ `code` <https://evil.example|click> & <@U1> :smile: ~gone~ &lt;b&gt; [x](http://e)"
ARABIC = "قالت أوزبكستان إنها 🚀 ستغادر المنظمة 👩‍👩‍👧 اليوم."


def test_a_mention_is_answered_in_its_thread_with_the_quote_that_proves_it(bot: Bot) -> None:
    ts = bot.mention("why did Tashkent leave?")
    answer = bot.answer(thread=ts)
    assert bot.kept.asked == ["why did Tashkent leave?"]
    assert quotes(answer) == [QUOTE]
    assert "[1]" in answer.shown
    assert "confidence 90 % · as of 17 April 2013" in answer.shown


def test_a_direct_message_is_answered(bot: Bot) -> None:
    ts = bot.write("Why did Tashkent leave?", channel="D1")
    assert quotes(bot.answer("D1", ts)) == [QUOTE]
    bot.slack.wait_for(lambda: bot.slack.titles == {("D1", ts): "Why did Tashkent leave?"})


def test_the_complaint_that_sources_are_whole_documents_a_link_opens_the_exact_characters(bot: Bot) -> None:
    ts = bot.mention("why?")
    urls = [
        element["url"]
        for block in bot.answer(thread=ts).blocks
        for part in block.get("elements", [])
        for element in part.get("elements", [])
        if element.get("type") == "link"
    ]
    start, end = TEXT.index(QUOTE), TEXT.index(QUOTE) + len(QUOTE)
    assert urls == [f"{PAGE}/#article=a1&start={start}&end={end}"]


def test_the_complaint_that_nothing_streams_statements_are_shown_as_they_are_proven(bot: Bot) -> None:
    bot.kept.answerer.go.clear()
    ts = bot.mention("why?")
    shown = bot.slack.wait_for(lambda: [each for each in bot.slack.posted(CHANNEL, ts) if each.streaming])
    assert QUOTE in shown[0].markdown
    assert bot.slack.called("assistant.threads.setStatus")[0].at < bot.slack.called("chat.startStream")[0].at
    bot.kept.answerer.go.set()
    assert quotes(bot.answer(thread=ts)) == [QUOTE]


def test_where_streams_are_not_to_be_had_one_message_is_edited(bot: Bot) -> None:
    bot.slack.fail("assistant.threads.setStatus", ApiError("unknown_method"))
    ts = bot.mention("why?")
    answer = bot.answer(thread=ts)
    assert quotes(answer) == [QUOTE]
    assert answer.markdown == ""
    assert answer.edits
    assert not bot.slack.called("chat.startStream")


def test_a_channel_without_streams_has_edits_at_a_polite_rate(bot: Bot) -> None:
    sentences = [f"Statement {number} is proven." for number in range(12)]
    bot.kept.answerer.reply = saying(*sentences)
    bot.slack.fail("chat.startStream", ApiError("method_not_supported_for_channel_type"))
    ts = bot.mention("what?")
    assert list(quotes(bot.answer(thread=ts))) == sentences
    times = [call.at for call in bot.slack.called("chat.update")]
    assert len(times) == 2
    assert times[1] - times[0] > 1


def test_a_stream_that_slack_began_without_saying_so_is_the_answer_and_no_second_one(bot: Bot) -> None:
    bot.slack.fail("chat.startStream", Dropped(after=True))
    ts = bot.mention("why?")
    bot.slack.wait_for(lambda: any("confidence" in each.shown for each in bot.slack.posted(CHANNEL, ts)))
    assert quotes(bot.answer(thread=ts)) == [QUOTE]


def test_a_stream_that_slack_ended_becomes_a_message_that_is_edited(bot: Bot) -> None:
    bot.kept.answerer.go.clear()
    ts = bot.mention("why?")
    (streaming,) = bot.slack.wait_for(lambda: [each for each in bot.slack.posted(CHANNEL, ts) if each.streaming])
    bot.slack.end_stream(CHANNEL, streaming.ts)
    bot.kept.answerer.go.set()
    answer = bot.slack.wait_for(lambda: [each for each in bot.slack.posted(CHANNEL, ts) if each.edits])[0]
    assert answer.ts == streaming.ts
    assert quotes(answer) == [QUOTE]


def test_an_answer_that_somebody_stops_stays_stopped(bot: Bot) -> None:
    bot.kept.answerer.reply = saying("One is proven.", "Two is proven.")
    bot.slack.fail("chat.appendStream", ApiError("stopped_by_user"))
    ts = bot.mention("what?")
    bot.slack.wait_for(lambda: bot.kept.answerer.closed.is_set())
    (message,) = bot.slack.posted(CHANNEL, ts)
    assert "One is proven" in message.shown
    assert "Two is proven" not in message.shown
    bot.slack.end_stream(CHANNEL, message.ts, "stopped_by_user")


def test_the_complaint_of_silent_non_answers_an_abstention_says_why_and_what_is_closest(bot: Bot) -> None:
    bot.kept.answerer.reply = abstaining("The articles do not say when Kazakhstan left.", "Kazakhstan stayed.")
    ts = bot.mention("When did Kazakhstan leave?")
    shown = bot.answer(thread=ts).shown
    assert "The articles do not say when Kazakhstan left." in shown
    assert "They are not an answer:" in shown
    assert "Kazakhstan stayed." in shown


def test_a_question_that_cannot_be_used_is_told_why(bot: Bot) -> None:
    ts = bot.mention("x" * (MAX_CHARACTERS + 1))
    shown = bot.answer(thread=ts).shown
    assert "2001 characters" in shown
    assert "Shorten it." in shown


def test_a_fault_is_told_and_no_traceback(bot: Bot) -> None:
    bot.kept.answerer.error = RuntimeError("secret")
    ts = bot.mention("why?")
    shown = bot.answer(thread=ts).shown
    assert "unexpected" in shown
    assert "secret" not in shown


def test_an_error_in_the_middle_of_a_stream_ends_it(bot: Bot) -> None:
    bot.kept.answerer.error, bot.kept.answerer.fail_late = QuestionError("It broke.", "Ask again."), True
    ts = bot.mention("why?")
    assert "It broke. Ask again." in bot.answer(thread=ts).shown


def test_sources_that_disagree_stand_side_by_side_with_their_dates(bot: Bot) -> None:
    sides = (
        Side(value="28 June", citations=(1,), source="Wire", published=date(2012, 6, 29)),
        Side(value="20 June", citations=(2,), source="Herald", published=date(2012, 6, 30)),
    )
    disagreement = Disagreement(about="date", sides=sides)
    bot.kept.answerer.reply = saying("It left on 28 June.", "It left on 20 June.", disagreements=(disagreement,))
    ts = bot.mention("when?")
    (fields,) = [block["fields"] for block in bot.answer(thread=ts).blocks if "fields" in block]
    assert [field["text"] for field in fields] == [
        "28 June [1]\nWire · 29 June 2012",
        "20 June [2]\nHerald · 30 June 2012",
    ]


def test_a_long_answer_is_split_and_nothing_of_it_is_lost(bot: Bot) -> None:
    long = [f"{number} " + "every word of it counts, said the minister " * 60 for number in range(40)]
    bot.kept.answerer.reply = saying(*(each.strip() for each in long))
    ts = bot.mention("what did the minister say?")
    bot.slack.wait_for(lambda: any("confidence" in each.shown for each in bot.slack.posted(CHANNEL, ts)))
    messages = bot.answers(2, thread=ts)
    told = "".join(quote for message in messages for quote in quotes(message))
    assert told == "".join(each.strip() for each in long)


@pytest.mark.parametrize("text", [HOSTILE, ARABIC, "a <b> & c", "\\_*~`", "line one\n| a | b |\n| 1 | 2 |"])
def test_what_an_article_says_is_shown_character_by_character(bot: Bot, text: str) -> None:
    """Slack reads no markup in rich text; in the stream, Markdown's own signs are made harmless."""
    bot.kept.answerer.reply = saying(text)
    ts = bot.mention("what does it say?")
    answer = bot.answer(thread=ts)
    assert list(quotes(answer)) == [text]
    assert "<!channel>" not in answer.markdown
    assert "<@" not in answer.markdown
    assert "<" not in answer.text


def test_a_rewritten_question_is_shown_as_it_was_read(bot: Bot) -> None:
    def reply(question: object) -> object:
        return answering(question).model_copy(update={"standalone_question": "When did Tashkent leave?"})  # type: ignore[arg-type]

    bot.kept.answerer.reply = reply  # type: ignore[assignment]
    ts = bot.mention("And when?")
    assert "Read as: When did Tashkent leave?" in bot.answer(thread=ts).shown


def test_help_is_given_to_a_mention_without_a_question(bot: Bot) -> None:
    ts = bot.mention("")
    assert "Ask me a question" in bot.answer(thread=ts).shown
    assert bot.kept.asked == []
