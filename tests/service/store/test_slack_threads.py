from __future__ import annotations

import pytest

from service.store.database import Store
from service.store.slack_threads import Reply, SlackThreads, Thread

THREAD = Thread("T1", "C1", "1.1")


@pytest.fixture
def threads(store: Store) -> SlackThreads:
    return SlackThreads(store)


def test_a_thread_is_joined_and_becomes_a_conversation(threads: SlackThreads) -> None:
    assert not threads.joined(THREAD)
    assert threads.join(THREAD, "talk") == "talk"
    assert threads.join(THREAD, "another") == "talk"
    assert threads.joined(THREAD)
    threads.rejoin(THREAD, "another")
    assert threads.conversation(THREAD) == "another"
    assert not threads.joined(Thread("T2", "C1", "1.1"))


def test_a_reply_is_known_from_its_beginning_to_its_end(threads: SlackThreads) -> None:
    assert threads.reply("T1", "C1", "1.2") is None
    assert threads.replying(THREAD, "1.2", "task") == Reply("1.1", "task")
    assert threads.replied(THREAD, "1.2", "task", ["2.1"], streaming=True)
    assert threads.reply("T1", "C1", "1.2") == Reply("1.1", "task", ("2.1",), True)
    assert threads.replied(THREAD, "1.2", "task", ["2.1", "2.2"], answer_id="a", whole=True)
    assert threads.reply("T1", "C1", "1.2") == Reply("1.1", "task", ("2.1", "2.2"), False, "a", True)


def test_another_task_takes_a_reply_over_with_its_messages_alone(threads: SlackThreads) -> None:
    threads.replying(THREAD, "1.2", "k")
    threads.replied(THREAD, "1.2", "k", ["2.1"], answer_id="a", whole=True)
    assert threads.replying(THREAD, "1.2", "k") == Reply("1.1", "k", ("2.1",), False, "a", True)
    assert threads.replying(THREAD, "1.2", "k:2") == Reply("1.1", "k:2", ("2.1",), False, "a")
    assert not threads.replied(THREAD, "1.2", "k", ["9.9"], answer_id="b")
    assert threads.reply("T1", "C1", "1.2") == Reply("1.1", "k:2", ("2.1",), False, "a")


@pytest.mark.parametrize("later", ["k:2", "k:~deleted"])
def test_an_earlier_task_does_not_take_it_back(threads: SlackThreads, later: str) -> None:
    threads.replying(THREAD, "1.2", later)
    assert threads.replying(THREAD, "1.2", "k") is None
    assert threads.replying(THREAD, "1.2", "k:1") is None


def test_how_a_channel_is_listened_to_is_what_was_said_last(threads: SlackThreads) -> None:
    assert threads.listening("T1", "C1") is None
    threads.listen("T1", "C1", "all")
    threads.listen("T1", "C1", "mentions")
    assert threads.listening("T1", "C1") == "mentions"
    assert threads.listening("T2", "C1") is None
