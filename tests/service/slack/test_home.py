"""What people see who open their talk with the bot."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from ingest.documents import Document
from tests.service.slack.bots import Bot, answering, running
from tests.service.slack.workspace import Workspace


@pytest.fixture
def bot(slack: Workspace) -> Iterator[Bot]:
    with running(slack) as started:
        started.kept.answerer.reply = answering
        article = json.dumps({"title": "Tashkent leaves", "text": "Tashkent left."})
        started.kept.library.add([Document("a.json", "record", article.encode())])
        yield started
    assert slack.violations == []


def test_whoever_opens_the_talk_gets_questions_that_the_articles_answer_and_no_message(bot: Bot) -> None:
    """An agent's prompts are lost when a thread is named."""
    bot.tell(bot.events.home_opened("U1"))
    call = bot.slack.wait_for(lambda: bot.slack.called("assistant.threads.setSuggestedPrompts"))[0]
    channel = bot.slack.direct("U1").id
    assert "thread_ts" not in call.arguments
    assert bot.slack.prompts[channel, ""].prompts
    assert bot.slack.posted(channel) == []


def test_another_tab_changes_nothing(bot: Bot) -> None:
    bot.tell(bot.events.home_opened("U1", "about"))
    bot.tell(bot.events.home_opened("U1"))
    bot.slack.wait_for(lambda: bot.slack.called("assistant.threads.setSuggestedPrompts"))
    assert len(bot.slack.called("assistant.threads.setSuggestedPrompts")) == 1


def test_the_removal_of_the_app_from_the_one_workspace_is_acknowledged(bot: Bot) -> None:
    bot.tell(bot.events.app_uninstalled())
    bot.tell(bot.events.tokens_revoked())
