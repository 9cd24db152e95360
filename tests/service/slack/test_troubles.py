"""When Slack refuses, fails or breaks off: a line in the log, a word to the person, and the others are answered."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from ingest.errors import ServerAway
from service.slack import answering as waiting_line
from tests.service.http.conftest import lines as lines
from tests.service.http.doubles import QUOTE
from tests.service.slack.bots import CHANNEL, USER, Bot, answering, quotes, running, saying
from tests.service.slack.faults import ApiError, Dropped, Fault, RateLimited, ServerError, Slow
from tests.service.slack.records import Message
from tests.service.slack.state import BOT_TOKEN, SIGNING_SECRET
from tests.service.slack.workspace import Workspace

SECRET_WORDS = "why did zanzibar zigzag?"


@pytest.fixture
def bot(slack: Workspace, lines: io.StringIO) -> Iterator[Bot]:
    with running(slack) as started:
        started.kept.answerer.reply = answering
        yield started
    assert slack.violations == []
    log = lines.getvalue()
    for secret in ("zanzibar", QUOTE, BOT_TOKEN, SIGNING_SECRET):
        assert secret not in log


def told(bot: Bot, words: str) -> Message:
    """What the person was told directly."""
    (found,) = bot.slack.wait_for(lambda: [each for each in bot.slack.posted("D1") if words in each.shown])
    return found


def whole(bot: Bot, ts: str, channel: str = CHANNEL) -> Message:
    """The one message of the bot in the thread, with the whole answer."""

    def found() -> list[Message]:
        return [each for each in bot.slack.posted(channel, ts) if "confidence" in each.shown and not each.streaming]

    (answer,) = bot.slack.wait_for(found, 20)
    assert bot.slack.posted(channel, ts) == [answer]
    return answer


def others_are_answered(bot: Bot) -> None:
    bot.kept.answerer.reply = answering
    ts = bot.write("And what else?", "D1")
    assert quotes(whole(bot, ts, "D1")) == [QUOTE]


def logged(lines: io.StringIO, *words: str) -> None:
    assert any(all(word in line for word in words) for line in lines.getvalue().splitlines()), lines.getvalue()


STREAMING = ("assistant.threads.setStatus", "chat.startStream", "chat.appendStream", "chat.stopStream")
EDITING = ("chat.postMessage", "chat.update")
THRICE = saying("First.", "Second.", "Third.")


def asked(bot: Bot, method: str, *faults: Fault) -> str:
    """A question of three statements, answered by that method, which fails."""
    bot.kept.answerer.reply = THRICE
    if method in EDITING:
        bot.slack.fail("assistant.threads.setStatus", ApiError("unknown_method"))
    bot.slack.fail(method, *faults)
    return bot.mention(SECRET_WORDS)


@pytest.mark.parametrize("method", [*STREAMING, *EDITING])
def test_a_rate_limit_is_waited_for_and_the_answer_arrives(bot: Bot, method: str) -> None:
    ts = asked(bot, method, RateLimited(1), RateLimited(1))
    assert quotes(whole(bot, ts)) == ["First.", "Second.", "Third."]


def test_a_rate_limit_of_answers_to_commands_is_waited_for(bot: Bot) -> None:
    bot.slack.fail("response", RateLimited(1))
    form = bot.events.command("/dossier", SECRET_WORDS, USER, CHANNEL)
    assert bot.sender.command(form).status == 200
    (private,) = bot.slack.wait_for(lambda: [each for each in bot.slack.posted(CHANNEL) if each.ephemeral_to])
    assert quotes(private) == [QUOTE]


def test_an_answer_to_a_command_that_slack_does_not_take_is_told_directly(bot: Bot, lines: io.StringIO) -> None:
    bot.slack.fail("response", ServerError())
    form = bot.events.command("/dossier", SECRET_WORDS, USER, CHANNEL)
    assert bot.sender.command(form).status == 200
    told(bot, "did not take my answer")
    logged(lines, "slack refused", "command")


FAILURES = [ServerError(), ServerError(503), ApiError("internal_error"), ApiError("fatal_error"), Dropped()]


@pytest.mark.parametrize("fault", FAILURES, ids=str)
@pytest.mark.parametrize("method", [*STREAMING, "chat.update"])
def test_a_failure_of_slack_is_not_the_end_of_an_answer(
    bot: Bot, lines: io.StringIO, method: str, fault: Fault
) -> None:
    """Nor is the answer there twice."""
    ts = asked(bot, method, fault)
    assert quotes(whole(bot, ts)) == ["First.", "Second.", "Third."]
    others_are_answered(bot)


@pytest.mark.parametrize(
    "method", ["assistant.threads.setStatus", "chat.appendStream", "chat.stopStream", "chat.update"]
)
def test_an_answer_that_slack_took_without_saying_so_is_there_once(bot: Bot, method: str) -> None:
    ts = asked(bot, method, Dropped(after=True))
    assert quotes(whole(bot, ts)) == ["First.", "Second.", "Third."]
    others_are_answered(bot)


@pytest.mark.parametrize("fault", [*FAILURES, Dropped(after=True)], ids=str)
def test_a_message_that_slack_may_have_taken_is_not_posted_again_and_that_is_told(
    bot: Bot, lines: io.StringIO, fault: Fault
) -> None:
    asked(bot, "chat.postMessage", fault)
    told(bot, "did not take my answer")
    logged(lines, "slack refused", "asked")
    assert len(bot.slack.posted(CHANNEL)) <= 1
    bot.slack.faults.clear()
    others_are_answered(bot)


@pytest.mark.parametrize(
    ("channel", "error", "words"), [("C3", "is_archived", "archived"), ("C2", "not_in_channel", "invite")]
)
def test_a_channel_that_the_bot_cannot_write_to_is_told_directly(
    bot: Bot, lines: io.StringIO, channel: str, error: str, words: str
) -> None:
    bot.mention(SECRET_WORDS, channel)
    told(bot, words)
    logged(lines, "slack refused", error, "help")
    assert bot.slack.posted(channel) == []
    others_are_answered(bot)


REFUSED = {
    "restricted_action": "only some people",
    "restricted_action_thread_locked": "only some people",
    "restricted_action_read_only_channel": "only some people",
    "channel_not_found": "invite me",
}


@pytest.mark.parametrize("method", ["assistant.threads.setStatus", "chat.startStream", "chat.stopStream"])
@pytest.mark.parametrize("error", REFUSED)
def test_what_slack_refuses_is_logged_and_told_to_the_person(
    bot: Bot, lines: io.StringIO, error: str, method: str
) -> None:
    bot.slack.fail(method, ApiError(error))
    bot.mention(SECRET_WORDS)
    told(bot, REFUSED[error])
    logged(lines, "slack refused", error, "help")
    others_are_answered(bot)


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
def test_an_error_that_nobody_knows_is_logged_and_told(bot: Bot, lines: io.StringIO, method: str) -> None:
    asked(bot, method, ApiError("no_such_error_yet"))
    told(bot, "did not take my answer")
    logged(lines, "slack refused", "no_such_error_yet")
    bot.slack.faults.clear()
    others_are_answered(bot)


def test_a_user_whom_the_bot_may_not_see_is_a_line_in_the_log(bot: Bot, lines: io.StringIO) -> None:
    bot.slack.fail("chat.startStream", ApiError("user_not_visible"))
    bot.mention(SECRET_WORDS)
    bot.slack.wait_for(lambda: "slack refused" in lines.getvalue())
    logged(lines, "slack refused", "user_not_visible")
    others_are_answered(bot)


def test_a_right_that_is_missing_is_named_in_the_log(bot: Bot, lines: io.StringIO) -> None:
    bot.slack.granted.discard("chat:write")
    bot.mention(SECRET_WORDS)
    bot.slack.wait_for(lambda: '"tell"' in lines.getvalue())
    logged(lines, "slack refused", "missing_scope", "chat:write")
    bot.slack.granted.add("chat:write")
    others_are_answered(bot)


def test_a_token_that_was_revoked_is_a_line_in_the_log_and_works_again_once_it_is_back(
    bot: Bot, lines: io.StringIO
) -> None:
    bot.slack.revoked.add(BOT_TOKEN)
    bot.mention(SECRET_WORDS)
    bot.slack.wait_for(lambda: "slack refused" in lines.getvalue())
    logged(lines, "slack refused", "token_revoked", "Install the app again")
    bot.slack.revoked.clear()
    others_are_answered(bot)


def test_a_limit_that_one_question_met_holds_for_the_others_and_all_are_answered(bot: Bot) -> None:
    bot.slack.fail("assistant.threads.setStatus", RateLimited(1), Slow(1))
    first = bot.mention(SECRET_WORDS, "G1")
    second = bot.write("And what else?", "D1")
    whole(bot, second, "D1")
    whole(bot, first, "G1")


def test_an_error_that_may_pass_says_nothing_twice(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    """It came when all had been said: asking again would say it again."""
    monkeypatch.setattr(waiting_line, "BUSY_SECONDS", 0.0)
    script = bot.kept.answerer
    script.error, script.fail_late = ServerAway("The database is away.", "Look at it."), True
    ts = bot.mention("why?")
    (message,) = bot.slack.wait_for(lambda: [each for each in bot.slack.posted(CHANNEL, ts) if "away" in each.shown])
    assert message.shown.count(QUOTE) <= 1
    assert len(script.asked) == 1


def test_an_error_that_may_pass_before_anything_was_said_is_waited_for(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting_line, "BUSY_SECONDS", 0.05)
    script = bot.kept.answerer
    script.error = ServerAway("The database is away.", "Look at it.")
    ts = bot.mention("why?")
    bot.slack.wait_for(lambda: len(script.asked) >= 2)
    script.error = None
    assert quotes(whole(bot, ts)) == [QUOTE]
