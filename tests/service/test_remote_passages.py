from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from datetime import date

import httpx
import pytest

from ingest.errors import DossierError, FilterError, ServiceError, StorageError
from ingest.filters import Filters
from service.http.app import create_app
from service.passages import Passages
from service.remote_passages import RemotePassages
from tests.service.http.doubles import House
from tests.service.http.live import served


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def remote(house: House) -> Iterator[RemotePassages]:
    with served(create_app(house.services)) as address:
        remote = RemotePassages(address)
        yield remote
        remote.close()


def mocked(handler: Callable[[httpx.Request], httpx.Response]) -> RemotePassages:
    return RemotePassages(
        "http://service", httpx.Client(transport=httpx.MockTransport(handler), base_url="http://service")
    )


@pytest.mark.parametrize(
    "filters", [Filters(), Filters(date(2012, 1, 1), date(2013, 1, 1), ("S & T", "🌊"), ("A", "B=C"))]
)
def test_they_are_those_of_the_service(remote: RemotePassages, house: House, filters: Filters) -> None:
    near: Passages = house.passages
    assert list(remote.search("Why? & #", filters, 7)) == list(near.search("Why? & #", filters, 7))
    assert house.passages.searched == [("Why? & #", filters, 7)] * 2


@pytest.mark.parametrize("error", [StorageError("Full.", "Make room."), FilterError("Odd.", "Leave it out.")])
def test_errors_come_back_as_what_they_were(remote: RemotePassages, house: House, error: DossierError) -> None:
    house.passages.error = error
    with pytest.raises(type(error)) as caught:
        remote.search("Why?", Filters(), 5)
    assert (type(caught.value), caught.value.message, caught.value.help) == (type(error), error.message, error.help)


@pytest.mark.parametrize(
    ("status", "content"),
    [(200, b"<html>"), (200, b"[]"), (200, b"{}"), (200, b'{"passages": [{}]}'), (502, b"{}"), (302, b"")],
)
def test_something_else_than_a_service(status: int, content: bytes) -> None:
    with pytest.raises(ServiceError) as caught:
        mocked(lambda request: httpx.Response(status, content=content)).search("Why?", Filters(), 5)
    assert caught.value.help


def test_a_service_that_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    remote = RemotePassages(address)
    with pytest.raises(ServiceError, match="cannot be reached"):
        remote.search("Why?", Filters(), 5)
    remote.close()
