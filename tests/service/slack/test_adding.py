"""Articles that people share with the bot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from ingest.documents import Document, Failure
from ingest.errors import StorageError
from ingest.records import Outcome
from service.slack.files import MOST_BYTES, of_slack
from tests.service.http.doubles import House, MemoryLibrary
from tests.service.slack.bots import CHANNEL, Bot, Kept, answering, running
from tests.service.slack.records import Json, Message
from tests.service.slack.workspace import Workspace


@pytest.fixture
def bot(slack: Workspace) -> Iterator[Bot]:
    with running(slack, writers="U1") as started:
        started.kept.answerer.reply = answering
        yield started
    assert slack.violations == []


def shared(bot: Bot, text: str, files: list[Json] | None = None, user: str = "U1") -> Message:
    """Somebody shares something with "add this"; what the bot says to it."""
    _, event = bot.events.mention(CHANNEL, user, f"<@UBOT> {text}", files=files)
    bot.tell(event)
    return bot.answer(thread=event["event"]["ts"])


def confirmed(bot: Bot, message: Message, user: str = "U1", action: str = "add") -> str:
    bot.act(bot.events.click(CHANNEL, message.ts, action, user))
    bot.slack.wait_for(lambda: message.edits and "Reading and adding" not in message.shown)
    return message.shown


def test_a_file_is_added_once_it_is_confirmed(bot: Bot) -> None:
    file = bot.slack.share("tashkent.txt", b"Tashkent left the organisation.", "text/plain")
    question = shared(bot, "add this", [file])
    assert "tashkent.txt" in question.shown
    assert bot.kept.library.documents == []
    assert "tashkent.txt · added" in confirmed(bot, question)
    (document,) = bot.kept.library.documents
    assert document.origin.endswith("/tashkent.txt")


def test_what_is_not_confirmed_is_not_added(bot: Bot) -> None:
    file = bot.slack.share("tashkent.txt", b"Tashkent left.", "text/plain")
    assert "Nothing was added." in confirmed(bot, shared(bot, "add this", [file]), action="add_not")
    assert bot.kept.library.documents == []


def test_a_link_that_cannot_be_fetched_is_reported_and_the_file_beside_it_added(bot: Bot) -> None:
    file = bot.slack.share("tashkent.txt", b"Tashkent left the organisation.", "text/plain")
    told = confirmed(bot, shared(bot, "please add <https://nowhere.example/a>", [file]))
    assert "https://nowhere.example/a · not added:" in told
    assert "tashkent.txt · added" in told


def test_only_writers_may_add(bot: Bot) -> None:
    file = bot.slack.share("tashkent.txt", b"Tashkent left.", "text/plain")
    assert "your id in Slack is U2" in shared(bot, "add this", [file], user="U2").shown
    question = shared(bot, "add this", [file])
    bot.act(bot.events.click(CHANNEL, question.ts, "add", "U2"))
    told = bot.slack.wait_for(lambda: [each for each in bot.slack.posted() if each.ephemeral_to == "U2"])
    assert "You may not add articles." in told[0].text
    assert bot.kept.library.documents == []


class Refusing(MemoryLibrary):
    """Takes nothing the first time."""

    def add(self, documents: Sequence[Document | Failure]) -> Sequence[Outcome]:
        if not self.calls:
            self.calls.append(0)
            raise StorageError("The disk is full.", "Free some space.")
        return super().add(documents)


def test_what_could_not_be_added_can_be_added_again(slack: Workspace) -> None:
    with running(slack, Kept(House(library=Refusing())), writers="U1") as bot:
        question = shared(bot, "add this", [slack.share("tashkent.txt", b"Tashkent left.", "text/plain")])
        assert "The disk is full. Free some space." in confirmed(bot, question)
        bot.act(bot.events.click(CHANNEL, question.ts, "add", "U1"))
        slack.wait_for(lambda: "tashkent.txt · added" in question.shown)
        assert slack.posted("D1") == []
    assert slack.violations == []


def test_nobody_may_add_unless_somebody_was_named(slack: Workspace) -> None:
    with running(slack) as bot:
        file = slack.share("tashkent.txt", b"Tashkent left.", "text/plain")
        assert "DOSSIER_SLACK_WRITERS" in shared(bot, "add this", [file]).shown


def test_a_file_that_slack_does_not_give_is_reported(bot: Bot) -> None:
    file = bot.slack.share("tashkent.txt", b"Tashkent left.", "text/plain")
    question = shared(bot, "add this", [file])
    bot.slack.granted -= {"files:read"}
    told = confirmed(bot, question)
    assert "Slack does not give the file to the bot." in told


def test_a_file_that_is_too_large_is_reported(bot: Bot) -> None:
    file = bot.slack.share("tashkent.txt", b"x" * 10, "text/plain")
    bot.slack.files[file["id"]].body["size"] = MOST_BYTES + 1
    assert "larger than 20 MiB" in confirmed(bot, shared(bot, "add this", [file]))


def test_a_question_with_a_link_is_still_a_question(bot: Bot) -> None:
    _, event = bot.events.mention(CHANNEL, "U1", "<@UBOT> what does <https://example.org/a> say?")
    bot.tell(event)
    bot.slack.wait_for(lambda: bot.kept.asked)
    assert bot.kept.asked == ["what does https://example.org/a say?"]


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("https://files.slack.com/files-pri/T1-F1/download/a.txt", True),
        ("https://slack.com/files/a", True),
        ("https://files.slack.com.evil.example/a", False),
        ("https://evilslack.com/a", False),
        ("http://files.slack.com/a", False),
        ("https://files.slack.com:8443/a", False),
        ("https://files.slack.com@evil.example/a", False),
        ("https://evil.example/#.slack.com", False),
        ("", False),
    ],
)
def test_the_token_goes_to_slack_alone(address: str, ours: bool) -> None:
    assert of_slack(address, "https://slack.com/api/") is ours
