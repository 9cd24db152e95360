from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from service.http.app import create_app
from service.http.policy import Policy
from tests.service.http.doubles import House


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    app = create_app(house.services, Policy(max_body_bytes=100_000))
    with TestClient(app, base_url="http://localhost") as opened:
        yield opened
