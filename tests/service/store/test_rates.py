from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from service.store.database import Store
from service.store.rates import StoreRates
from service.store.tables import rates as table

SECONDS = 3600.0


def rates(store: Store, requests: int = 3) -> StoreRates:
    return StoreRates(store, requests, SECONDS, f"{requests} per 1 hour")


def test_so_many_are_allowed_and_no_more(store: Store) -> None:
    counted = rates(store)
    assert [counted.hit("me") for _ in range(3)] == [None] * 3
    wait = counted.hit("me")
    assert wait is not None
    assert 0 < wait <= 2 * SECONDS
    assert counted.hit("you") is None


def test_what_another_process_counted_counts(store: Store, elsewhere: Store) -> None:
    here, there = rates(store), rates(elsewhere)
    assert [here.hit("me"), there.hit("me"), here.hit("me")] == [None] * 3
    assert there.hit("me") is not None


def test_of_many_at_once_so_many_are_allowed(store: Store, elsewhere: Store) -> None:
    counted = [rates(store, 10), rates(elsewhere, 10)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: counted[number % 2].hit("me"), range(40)))
    assert found.count(None) == 10


def test_what_the_stretch_before_held_counts_by_its_part(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = rates(store, 4)
    monkeypatch.setattr(time, "time", lambda: 100 * SECONDS)
    assert [counted.hit("me") for _ in range(4)] == [None] * 4
    assert counted.hit("me") == pytest.approx(1.25 * SECONDS)
    monkeypatch.setattr(time, "time", lambda: 101.5 * SECONDS)
    assert [counted.hit("me") for _ in range(2)] == [None] * 2
    assert counted.hit("me") == pytest.approx(0.25 * SECONDS - 0.5 * SECONDS + 0.5 * SECONDS)
    monkeypatch.setattr(time, "time", lambda: 101.76 * SECONDS)
    assert counted.hit("me") is None


def test_what_is_long_past_is_swept(store: Store) -> None:
    rates(store).hit("me")
    with store.transaction() as connection:
        connection.execute(update(table).values(expires=time.time() - 1))
    rates(store).hit("you")
    with store.reading() as connection:
        assert [row.key for row in connection.execute(table.select())] == ["you"]
