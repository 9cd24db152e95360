from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import func, select, update

from service.store.database import FILE, Store
from service.store.installations import BOT, Installations
from service.store.states import GOOD_SECONDS, States
from service.store.tables import slack_installations, slack_states


@pytest.fixture
def installations(store: Store) -> Installations:
    return Installations(store)


@pytest.fixture
def states(store: Store) -> States:
    return States(store)


def aged(store: Store, seconds: float) -> None:
    with store.transaction() as connection:
        connection.execute(update(slack_states).values(expires=slack_states.c.expires - seconds))


def count(store: Store, query: object) -> int:
    with store.transaction() as connection:
        number: int = connection.execute(select(func.count()).select_from(query)).scalar_one()  # type: ignore[arg-type]
    return number


def test_what_is_kept_is_found_by_all_three(installations: Installations) -> None:
    installations.keep("E1", "T1", {BOT: b"bot", "U1": b"one"})
    installations.keep("", "T1", {BOT: b"another workspace"})
    installations.keep("E1", "", {BOT: b"the organisation"})
    assert installations.find("E1", "T1", BOT) == b"bot"
    assert installations.find("E1", "T1", "U1") == b"one"
    assert installations.find("", "T1", BOT) == b"another workspace"
    assert installations.find("E1", "", BOT) == b"the organisation"
    assert installations.find("E1", "T1", "U2") is None
    assert installations.find("", "T2") is None


def test_the_newest_wins_and_the_older_is_gone(store: Store, installations: Installations) -> None:
    installations.keep("", "T1", {BOT: b"first", "U1": b"one"})
    installations.keep("", "T1", {BOT: b"second"})
    installations.keep("", "T1", {})
    assert installations.find("", "T1", BOT) == b"second"
    assert installations.find("", "T1", "U1") == b"one"
    assert installations.find("", "T1") == b"second"
    assert count(store, slack_installations) == 2


def test_one_users_or_everything_of_a_workspace_is_forgotten(installations: Installations) -> None:
    installations.keep("", "T1", {BOT: b"bot", "U1": b"one", "U2": b"two"})
    installations.keep("", "T2", {BOT: b"bot"})
    installations.delete("", "T1", "U1")
    assert [installations.find("", "T1", user) for user in (BOT, "U1", "U2")] == [b"bot", None, b"two"]
    installations.delete("", "T1")
    assert installations.find("", "T1") is None
    assert installations.find("", "T2", BOT) == b"bot"


def test_what_was_replaced_or_forgotten_is_not_in_the_file(tmp_path: Path, file_store: Store) -> None:
    store, installations = file_store, Installations(file_store)
    installations.keep("", "T1", {BOT: b"sealed-at-first"})
    installations.keep("", "T1", {BOT: b"sealed-later-on"})
    installations.keep("", "T2", {BOT: b"sealed-and-forgotten"})
    installations.delete("", "T2")
    store.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob(f"{FILE}*"))
    assert b"sealed-later-on" in kept
    assert b"sealed-at-first" not in kept
    assert b"sealed-and-forgotten" not in kept


def test_everything_is_sealed_anew_or_nothing(installations: Installations) -> None:
    installations.keep("", "T1", {BOT: b"bot", "U1": b"one"})
    installations.keep("", "T2", {BOT: b"bad"})

    def upper(sealed: bytes) -> bytes:
        if sealed == b"bad":
            raise ValueError("bad")
        return sealed.upper()

    with pytest.raises(ValueError, match="bad"):
        installations.reseal(upper)
    assert installations.find("", "T1", BOT) == b"bot"
    installations.delete("", "T2")
    assert installations.reseal(upper) == 2
    assert installations.find("", "T1", "U1") == b"ONE"


def test_what_another_process_keeps_meanwhile_stays(elsewhere: Store, installations: Installations) -> None:
    installations.keep("", "T1", {BOT: b"old"})

    def slowly(sealed: bytes) -> bytes:
        Installations(elsewhere).keep("", "T1", {BOT: b"new"})
        return sealed.upper()

    installations.reseal(slowly)
    assert installations.find("", "T1", BOT) == b"new"


def test_a_state_is_good_once_in_every_process(elsewhere: Store, states: States) -> None:
    first, second = states.issue(), states.issue()
    assert first != second
    assert States(elsewhere).consume(first)
    assert not states.consume(first)
    assert states.consume(second)
    assert not states.consume("")


def test_a_state_runs_out_and_is_swept(store: Store, states: States) -> None:
    early, late = states.issue(), states.issue()
    aged(store, GOOD_SECONDS - 5)
    assert states.consume(early)
    aged(store, 10)
    assert not states.consume(late)
    states.issue()
    assert count(store, slack_states) == 1


def test_a_state_is_kept_as_a_hash(tmp_path: Path, file_store: Store) -> None:
    store, states = file_store, States(file_store)
    state = states.issue()
    store.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob(f"{FILE}*"))
    assert state.encode() not in kept


def test_of_many_who_consume_one_state_one_is_told_that_it_is_good(
    store: Store, elsewhere: Store, states: States
) -> None:
    start = Barrier(8)

    def consume(state: str, number: int) -> bool:
        start.wait(10)
        return States(elsewhere if number % 2 else store).consume(state)

    with ThreadPoolExecutor(8) as threads:
        for _ in range(5):
            state = states.issue()
            told = list(threads.map(consume, [state] * 8, range(8)))
            assert sorted(told) == [False] * 7 + [True]
