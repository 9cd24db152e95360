"""Databases on a server: opened by several at once, away, wrong."""

from __future__ import annotations

import gc
import logging
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier, Event

import pytest
import structlog
from sqlalchemy import text

from ingest import patience
from ingest.catalog import Catalog
from ingest.engines import engine_of, file_url, server_url
from ingest.errors import NewerFolder, ServerAway, StorageError
from ingest.settings import IngestSettings
from ingest.wiring import catalog_of, indexes_of
from service.store.database import Store
from service.store.schema import VERSION
from tests.servers import Postgres, free_port

PASSWORD = "sekret-and-private"


def test_of_several_that_start_together_one_makes_the_tables(postgres: Postgres) -> None:
    url = server_url(postgres.new_database())
    together = Barrier(4)

    def start() -> str:
        together.wait()
        with closing(Catalog(url)) as catalog, closing(Store(url)):
            return catalog.settle("who", "came first")

    with ThreadPoolExecutor(4) as pool:
        assert {each.result() for each in [pool.submit(start) for _ in range(4)]} == {"came first"}
    with closing(Catalog(url)) as catalog:
        assert catalog.full_text_gaps() == (0, 0, 0)


def connections() -> int:
    """How many connections of SQLite this process holds."""
    gc.collect()
    return sum(isinstance(each, sqlite3.Connection) for each in gc.get_objects())


def test_a_rush_leaves_few_connections(tmp_path: Path) -> None:
    """Each has a cache of its own: a service would grow as each of a crowd's came to its turn."""
    at_once, before = Barrier(8), connections()
    with closing(engine_of(file_url(tmp_path / "a.sqlite"), 5)) as engine:

        def read() -> None:
            with engine.reading() as connection:
                connection.execute(text("PRAGMA user_version"))
                at_once.wait(30)

        with ThreadPoolExecutor(8) as pool:
            for each in [pool.submit(read) for _ in range(8)]:
                each.result()
        assert 1 <= connections() - before <= 2


@pytest.mark.parametrize("megabytes", [2, 32])
def test_a_connection_keeps_as_much_of_the_file_as_it_is_told(tmp_path: Path, megabytes: int) -> None:
    engine = engine_of(file_url(tmp_path / "a.sqlite"), 5, cache_mb=megabytes)
    with closing(engine), engine.reading() as connection:
        assert connection.execute(text("PRAGMA cache_size")).scalar() == -1000 * megabytes


def test_a_store_of_a_newer_version_is_refused(postgres: Postgres) -> None:
    url = server_url(postgres.new_corpus())
    with closing(Store(url)) as store, store.transaction() as connection:
        connection.execute(text(f"UPDATE store_schema SET version = {VERSION + 1}"))
    with pytest.raises(NewerFolder, match=str(VERSION + 1)):
        Store(url)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("postgresql://dossier:{password}@127.0.0.1:{nobody}/news", "cannot be reached"),
        ("postgresql://stranger:{password}@127.0.0.1:{port}/postgres", "lets nobody in"),
        ("postgresql://dossier:{password}@127.0.0.1:{port}/absent", "lets nobody in"),
        ("postgresql://dossier:{password}@no-such-host.invalid/news", "cannot be reached"),
    ],
)
def test_a_server_that_cannot_be_used_is_told_without_the_password(
    postgres: Postgres,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    address: str,
    told: str,
) -> None:
    monkeypatch.setattr(patience, "RESTART_SECONDS", 0.3)
    caplog.set_level(logging.DEBUG)
    structlog.reset_defaults()
    given = address.format(password=PASSWORD, port=postgres.port, nobody=free_port())
    with pytest.raises(StorageError, match=told) as caught:
        Catalog(server_url(given))
    assert isinstance(caught.value, ServerAway) == (told == "cannot be reached")
    assert "DOSSIER_DATABASE_URL" in caught.value.help
    assert PASSWORD not in str(caught.value)
    assert PASSWORD not in caplog.text
    assert PASSWORD not in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("address", "told"), [("http://127.0.0.1:{port}", "cannot be reached"), ("127.0.0.1:8000", "names no server")]
)
def test_a_chroma_server_that_cannot_be_used_is_told(
    shared: IngestSettings, monkeypatch: pytest.MonkeyPatch, address: str, told: str
) -> None:
    monkeypatch.setattr(patience, "RESTART_SECONDS", 0.3)
    wrong = shared.model_copy(update={"chroma_url": address.format(port=free_port())})
    with closing(catalog_of(wrong)) as catalog, pytest.raises(Exception, match=told) as caught:
        indexes_of(wrong, catalog)
    assert "DOSSIER_CHROMA_URL" in str(caught.value)


def test_one_at_a_time_is_alone_whichever_process_asks(shared: IngestSettings) -> None:
    left = Event()
    with closing(catalog_of(shared)) as here, closing(catalog_of(shared)) as there, ThreadPoolExecutor(1) as pool:
        with here.alone() as mine:
            assert mine
            with there.alone(wait=False) as theirs:
                assert not theirs

            def wait() -> bool:
                with there.alone() as at_last:
                    return at_last and left.is_set()

            waiting = pool.submit(wait)
            here.set_fact("written", "meanwhile")
            assert there.fact("written") == "meanwhile"
            left.set()
        assert waiting.result(30)
        with here.alone(wait=False) as again:
            assert again


def test_both_servers_or_neither(monkeypatch: pytest.MonkeyPatch, dossier: object) -> None:
    monkeypatch.setenv("DOSSIER_DATABASE_URL", "postgresql://dossier@127.0.0.1/news")
    done = dossier("articles", "list")  # type: ignore[operator]
    assert done.code == 1
    assert "go together" in done.err
