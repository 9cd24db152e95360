from __future__ import annotations

import time
from collections.abc import Callable

from service.store.database import Store
from service.store.workers import Worker, alive


def living(store: Store) -> set[str]:
    with store.reading() as connection:
        return set(connection.scalars(alive("")))


def test_a_worker_lives_as_long_as_it_says_so(store: Store) -> None:
    worker = Worker(store, lease=0.4)
    with worker.living():
        for _ in range(8):
            assert living(store) == {worker.id}
            time.sleep(0.1)
    assert living(store) == set()


def test_a_worker_that_is_not_heard_of_is_dead(store: Store) -> None:
    worker = Worker(store, lease=0.1)
    worker.renew()
    wait_until(lambda: living(store) == set())


def test_workers_on_a_server_live_together_and_one_in_a_folder_lives_alone(store: Store, elsewhere: Store) -> None:
    first, second = Worker(store), Worker(elsewhere)
    first.renew()
    with second.living():
        assert living(store) == ({first.id, second.id} if store.shared else {second.id})


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
