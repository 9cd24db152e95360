from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.service.slack.workspace import Workspace


@pytest.fixture
def slack() -> Iterator[Workspace]:
    with Workspace() as workspace:
        yield workspace
