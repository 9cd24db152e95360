from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import URL

from ingest.engines import file_url, server_url
from service.store.database import FILE, Store, store_in
from service.store.workers import Worker
from tests.servers import Postgres


@pytest.fixture(params=["folder", "server"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """Where an empty store is, in a folder and on a server in turn."""
    if request.param == "folder":
        return file_url(tmp_path / FILE)
    postgres: Postgres = request.getfixturevalue("postgres")
    return server_url(postgres.new_corpus())


@pytest.fixture
def store(store_url: URL) -> Iterator[Store]:
    """An empty store, in a folder and on a server in turn."""
    with closing(Store(store_url)) as opened:
        yield opened


@pytest.fixture
def elsewhere(store: Store, store_url: URL) -> Iterator[Store]:
    """The same store as another process opens it."""
    with closing(Store(store_url)) as opened:
        yield opened


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[Store]:
    """An empty store in a folder."""
    with closing(store_in(tmp_path)) as opened:
        yield opened


@pytest.fixture
def worker(store: Store) -> Worker:
    """A worker of the store's who lives."""
    living = Worker(store, lease=3600)
    living.renew()
    return living
