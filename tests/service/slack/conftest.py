from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.service.slack.bots import Bot, answering, running
from tests.service.slack.workspace import Workspace


@pytest.fixture
def slack() -> Iterator[Workspace]:
    with Workspace() as workspace:
        yield workspace


@pytest.fixture
def bot(slack: Workspace) -> Iterator[Bot]:
    """It answers everything with one quote, and must break none of Slack's rules."""
    with running(slack) as started:
        started.kept.answerer.reply = answering
        yield started
    assert slack.violations == []
