from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
import structlog
from fastapi.testclient import TestClient

from service.http.app import create_app
from service.http.policy import Policy
from service.telemetry import configure_logging
from tests.service.http.doubles import House


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    app = create_app(house.services, Policy(max_body_bytes=100_000))
    with TestClient(app, base_url="http://localhost") as opened:
        yield opened


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is logged, as the service logs it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging("INFO", stream)
    yield stream
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()
