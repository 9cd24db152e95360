"""Many people at once: each is acknowledged in time and answered once, and those who wait are told."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from service.slack import answering as waiting_line
from tests.service.http.doubles import QUOTE
from tests.service.slack.bots import MENTION, Bot, answering, quotes, running
from tests.service.slack.records import Json, Message
from tests.service.slack.sender import Delivery
from tests.service.slack.workspace import Workspace

SECONDS = 10
"""A busy machine has its time; answers to all would take longer than that to wait for."""
CHANNELS = ("C1", "G1", "D1")


def whole(bot: Bot, channel: str, ts: str) -> list[Message]:
    return [each for each in bot.slack.posted(channel, ts) if "confidence" in each.shown and not each.streaming]


def answered(bot: Bot, *threads: str) -> None:
    bot.slack.wait_for(lambda: all(len(whole(bot, "C1", ts)) == 1 for ts in threads), 20)


def test_a_hundred_events_in_ten_seconds_are_each_acknowledged_in_time_and_answered_once(bot: Bot) -> None:
    """In three conversations: half begin a thread, half are follow-ups; in channels each is told twice."""
    questions: list[tuple[str, str, str]] = []
    events: list[Json] = []
    for number in range(60):
        channel = CHANNELS[number % 3]
        text = f"What did minister number {number} say?"
        root = next((ts for where, ts, _ in questions if where == channel), None) if number % 2 else None
        if channel == "D1":
            message = bot.events.message(channel, "U1", text, root)
        else:
            mention, message = bot.events.mention(channel, "U1", f"{MENTION} {text}", root)
            events.append(mention)
        events.append(message)
        questions.append((channel, root or message["event"]["ts"], text))
    assert len(events) == 100
    begun = time.monotonic()

    def deliver(numbered: tuple[int, Json]) -> Delivery:
        number, event = numbered
        time.sleep(max(0.0, begun + number / 10 - time.monotonic()))
        return bot.sender.event(event)

    with ThreadPoolExecutor(10) as pool:
        told = list(pool.map(deliver, enumerate(events)))
    assert {each.status for each in told} == {200}
    assert max(each.seconds for each in told) < SECONDS
    threads = {(channel, ts) for channel, ts, _ in questions}
    bot.slack.wait_for(lambda: sum(len(whole(bot, *thread)) for thread in threads) >= 60, 60)
    assert sorted(bot.kept.asked) == sorted(text for _, _, text in questions)
    for channel, ts in threads:
        answers = bot.slack.posted(channel, ts)
        assert len(answers) == sum((channel, ts) == (where, root) for where, root, _ in questions)
        assert all(quotes(each) == [QUOTE] for each in answers)


def test_whoever_comes_to_a_full_waiting_line_is_told(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_line, "MOST_WAITING", 3)
    bot.kept.answerer.go.clear()
    first = [bot.mention(f"Question number {number}?") for number in range(3)]
    bot.slack.wait_for(lambda: all(("C1", ts) in bot.slack.statuses for ts in first))
    bot.slack.wait_for(lambda: bot.kept.asked)
    refused = bot.mention("One too many?")
    (told,) = bot.slack.wait_for(lambda: bot.slack.posted("C1", refused))
    assert "Too many questions" in told.shown
    bot.kept.answerer.go.set()
    answered(bot, *first, bot.mention("And now?"))
    assert "One too many?" not in bot.kept.asked


def test_those_who_wait_for_their_turn_see_that_they_do(bot: Bot) -> None:
    bot.kept.answerer.go.clear()
    asked = [bot.mention(f"Question number {number}?") for number in range(8)]
    bot.slack.wait_for(lambda: all(("C1", ts) in bot.slack.statuses for ts in asked))
    assert len(bot.kept.asked) <= 2
    bot.kept.answerer.go.set()
    answered(bot, *asked)


def test_a_crowded_desk_is_waited_for(slack: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other doors fill it; the bot comes again rather than to refuse."""
    monkeypatch.setattr(waiting_line, "BUSY_SECONDS", 0.3)
    with running(slack) as bot, ThreadPoolExecutor(6) as others:
        bot.kept.answerer.reply = answering
        bot.kept.answerer.go.clear()
        crowd = [others.submit(ask, bot, f"Another {number}?") for number in range(6)]
        slack.wait_for(lambda: refused(bot))
        ts = bot.mention("why?")
        slack.wait_for(lambda: slack.status("C1", ts))
        assert whole(bot, "C1", ts) == []
        bot.kept.answerer.go.set()
        answered(bot, ts)
        assert {each.result(20) for each in crowd} == {200}
    assert slack.violations == []


def ask(bot: Bot, question: str) -> int:
    with httpx.Client(base_url=bot.sender.base_url, trust_env=False, timeout=30) as client:
        return client.post("/v1/ask", json={"question": question}).status_code


def refused(bot: Bot) -> bool:
    """Whether the desk takes nobody more."""
    with httpx.Client(base_url=bot.sender.base_url, trust_env=False) as client:
        figures = client.get("/metrics").text
    return any(line.startswith("dossier_questions_waiting") and line.endswith(" 4.0") for line in figures.splitlines())
