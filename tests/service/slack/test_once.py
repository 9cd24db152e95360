"""Whatever Slack repeats and whatever happens to the process, a question gets one answer."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Barrier

import pytest

from service.store.slack_tasks import SlackTasks
from tests.commands import Service, finished, start
from tests.service.http.doubles import QUOTE
from tests.service.slack.bots import CHANNEL, MENTION, USER, Bot, Kept, answering, quotes, running
from tests.service.slack.events import Events
from tests.service.slack.faults import RateLimited
from tests.service.slack.records import Json, Message
from tests.service.slack.sender import Sender
from tests.service.slack.state import BOT_TOKEN, SIGNING_SECRET
from tests.service.slack.workspace import Workspace

LEASE = 0.6
"""Seconds; a process that begins looks at once, then three times in that time."""


def settled(bot: Bot, channel: str = CHANNEL) -> None:
    """Once a later question is answered, an earlier one would have been asked."""
    ts = bot.mention("anything else?", channel)
    bot.answer(channel, ts)


def answered_once(bot: Bot, ts: str, text: str = "why?") -> None:
    assert quotes(bot.answer(thread=ts)) == [QUOTE]
    settled(bot)
    assert bot.kept.asked.count(text) == 1
    assert len(bot.slack.posted(CHANNEL, ts)) == 1


def answers(slack: Workspace, ts: str) -> list[Message]:
    return [each for each in slack.posted(CHANNEL, ts) if "confidence" in each.shown]


def told_of(bot: Bot, text: str = "why?") -> tuple[str, Json, Json]:
    mention, message = bot.events.mention(CHANNEL, USER, f"{MENTION} {text}")
    return message["event"]["ts"], mention, message


def test_the_complaint_of_duplicates_an_event_that_slack_repeats_is_answered_once(bot: Bot) -> None:
    ts, mention, _ = told_of(bot)
    bot.tell(mention)
    for number in range(1, 5):
        assert bot.sender.event(mention, (number, "http_timeout")).status == 200
    answered_once(bot, ts)


def test_an_event_that_is_repeated_after_its_answer_is_not_answered_again(bot: Bot) -> None:
    ts, mention, message = told_of(bot)
    bot.tell(mention)
    bot.answer(thread=ts)
    bot.tell(message)
    assert bot.sender.event(mention, (3, "http_error")).status == 200
    answered_once(bot, ts)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["the mention first", "the message first"])
def test_a_mention_is_told_twice_and_answered_once(bot: Bot, order: tuple[int, int]) -> None:
    ts, *events = told_of(bot)
    for each in order:
        bot.tell(events[each])
    answered_once(bot, ts)


def test_both_events_of_a_mention_at_the_same_moment_five_times_over_are_one_question(bot: Bot) -> None:
    ts, *events = told_of(bot)
    together = Barrier(10)

    def tell(event: Json) -> int:
        together.wait(10)
        return bot.sender.event(event).status

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(tell, events * 5)) == {200}
    answered_once(bot, ts)


def test_two_services_over_one_store_that_are_told_the_same_answer_once(slack: Workspace) -> None:
    kept = Kept()
    kept.answerer.reply = answering
    with running(slack, kept) as first, running(slack, kept) as second:
        settled(first)
        settled(second)
        ts, mention, message = told_of(first)
        together = Barrier(4)

        def tell(bot: Bot, event: Json) -> int:
            together.wait(10)
            return bot.sender.event(event).status

        with ThreadPoolExecutor(4) as pool:
            bots, events = (first, first, second, second), (mention, message, mention, message)
            assert set(pool.map(tell, bots, events)) == {200}
        answered_once(first, ts)
        settled(second)
    assert slack.violations == []


def test_a_service_beside_another_does_not_take_what_that_one_works_on(slack: Workspace) -> None:
    kept = Kept()
    kept.answerer.reply = answering
    kept.answerer.go.clear()
    with running(slack, kept, lease=LEASE) as first:
        ts = first.mention("why?")
        slack.wait_for(kept.answerer.waiting.is_set)
        with running(slack, kept, lease=LEASE) as second:
            # It would have taken the question over by then: it answers one that came later.
            beaten(slack, second)
            kept.answerer.go.set()
            answered_once(first, ts)
    assert slack.violations == []


def beaten(slack: Workspace, bot: Bot) -> None:
    """Once the lease could have run out twice."""
    end = time.monotonic() + 2 * LEASE
    slack.wait_for(lambda: time.monotonic() > end)


def stuck(slack: Workspace, kept: Kept, stack: ExitStack) -> tuple[str, str]:
    """A question that a service works on when it is stopped: its timestamp, and that of the message begun."""
    kept.answerer.reply = answering
    kept.answerer.go.clear()
    with running(slack, kept, lease=LEASE) as first:
        ts = first.mention("why?")
        (begun,) = slack.wait_for(lambda: [each for each in slack.posted(CHANNEL, ts) if each.streaming])
    kept.answerer.go.set()
    return ts, begun.ts


def test_a_service_that_is_stopped_leaves_the_question_to_the_next_which_ends_the_same_message(
    slack: Workspace,
) -> None:
    kept = Kept()
    with ExitStack() as stack:
        ts, begun = stuck(slack, kept, stack)
        second = stack.enter_context(running(slack, kept, lease=LEASE))
        (answer,) = slack.wait_for(lambda: answers(slack, ts))
        assert answer.ts == begun
        assert quotes(answer) == [QUOTE]
        settled(second)
        assert len(slack.posted(CHANNEL, ts)) == 1
    assert kept.asked == ["why?", "why?", "anything else?"]
    assert slack.violations == []


def test_of_two_services_that_come_after_one_finishes_what_was_left(slack: Workspace) -> None:
    kept = Kept()
    with ExitStack() as stack:
        ts, begun = stuck(slack, kept, stack)
        stack.enter_context(running(slack, kept, lease=LEASE))
        third = stack.enter_context(running(slack, kept, lease=LEASE))
        (answer,) = slack.wait_for(lambda: answers(slack, ts))
        assert answer.ts == begun
        settled(third)
        beaten(slack, third)
        assert len(slack.posted(CHANNEL, ts)) == 1
    assert kept.asked.count("why?") == 2
    assert slack.violations == []


def test_an_answer_that_was_whole_before_the_stop_is_not_given_again(slack: Workspace) -> None:
    kept = Kept()
    kept.answerer.reply = answering
    with running(slack, kept, lease=LEASE) as first:
        ts = first.mention("why?")
        before = first.answer(thread=ts)
        slack.wait_for(lambda: "confidence" in before.shown)
    with running(slack, kept, lease=LEASE) as second:
        settled(second)
        assert len(slack.posted(CHANNEL, ts)) == 1
        assert before.edits == []
    assert kept.asked == ["why?", "anything else?"]


def test_a_service_that_could_not_renew_its_lease_does_not_begin_its_own_questions_again() -> None:
    """As where another process holds the store for longer than a renewal waits."""
    store = Kept().house.store
    late, other = SlackTasks(store, lease=-1), SlackTasks(store)
    assert late.take("T1:C1:1", {})
    assert late.adopt() == []
    assert [task.key for task in other.adopt()] == ["T1:C1:1"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three articles of one sentence that answers, each about something else."""
    articles = tmp_path / "articles"
    articles.mkdir()
    for name, words in ARTICLES.items():
        (articles / f"{name}.txt").write_text(f"{name.title()}\n\n{words}\n", encoding="utf-8")
    done = finished(start("ingest", articles, "--data", tmp_path / "data"))
    assert done.code == 0, done.err
    return tmp_path / "data"


ARTICLES = {
    "harbour": "The harbour of Aberfal was closed on 3 May 2019 by Captain Rowe because of a storm.",
    "bridge": "The bridge at Stenton was opened in June 2011 by the engineer Mara Quill.",
    "school": "The school of Penmoor has 214 pupils, said its head teacher, Idris Vaughan.",
}


@contextmanager
def serving(data: Path, slack: Workspace) -> Iterator[tuple[Service, Sender]]:
    """A real service that takes Slack's requests."""
    given = {"BOT_TOKEN": BOT_TOKEN, "SIGNING_SECRET": SIGNING_SECRET, "API_URL": slack.api_url}
    environment = {f"DOSSIER_SLACK_{name}": value for name, value in given.items()}
    with Service(data, environment=environment) as service:
        yield service, Sender(service.address)


@pytest.mark.slow
@pytest.mark.parametrize("begun", ["assistant.threads.setStatus", "chat.stopStream"])
def test_a_question_outlives_the_kill_of_the_service(slack: Workspace, data: Path, begun: str) -> None:
    """Killed before its first sign, or in the middle of the message."""
    events = Events(slack)
    slack.fail(begun, RateLimited(5))
    mention, message = events.mention(CHANNEL, USER, f"{MENTION} Who closed the harbour of Aberfal?")
    ts = message["event"]["ts"]
    with serving(data, slack) as (service, sender):
        assert sender.event(mention).status == 200
        slack.wait_for(lambda: slack.called(begun), 60)
        service.stop(signal.SIGKILL)
    assert answers(slack, ts) == []
    with serving(data, slack) as (service, sender):
        assert sender.event(message, (1, "http_timeout")).status == 200
        other, _ = events.mention(CHANNEL, USER, f"{MENTION} How many pupils has the school of Penmoor?")
        assert sender.event(other).status == 200
        slack.wait_for(lambda: answers(slack, other["event"]["ts"]), 60)
        (answer,) = slack.wait_for(lambda: answers(slack, ts), 60)
        assert any("Captain Rowe" in quote for quote in quotes(answer))
        assert service.stop().code == 0
    assert [each.ts for each in slack.posted(CHANNEL, ts)] == [answer.ts]
    assert slack.violations == []
