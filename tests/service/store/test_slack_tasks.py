from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select, update

from service.store.database import Store
from service.store.slack_tasks import KEPT_SECONDS, SlackTasks, Task
from service.store.tables import slack_tasks

BODY = {"kind": "asked", "told": {"text": "why? é"}}


def later(store: Store, seconds: float) -> None:
    with store.transaction() as connection:
        times = {"lease": slack_tasks.c.lease - seconds, "made": slack_tasks.c.made - seconds}
        connection.execute(update(slack_tasks).values(times))


def test_a_task_is_taken_once_whoever_asks(store: Store) -> None:
    assert SlackTasks(store).take("k", BODY)
    assert not SlackTasks(store).take("k", BODY)


def test_of_many_at_once_one_takes_it(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: SlackTasks(store).take("k", BODY), range(16)))
    assert taken.count(True) == 1


def test_a_finished_task_is_never_taken_again_and_what_it_was_about_is_forgotten(store: Store) -> None:
    tasks = SlackTasks(store)
    tasks.take("k", BODY)
    tasks.finish("k")
    later(store, tasks.lease + 1)
    assert tasks.adopt() == []
    assert not tasks.take("k", BODY)
    with store.transaction() as connection:
        assert connection.scalar(select(slack_tasks.c.body)) is None


def test_a_dead_workers_task_is_adopted_by_one(store: Store) -> None:
    dead = SlackTasks(store)
    dead.take("k1", BODY)
    dead.take("k2", BODY)
    heirs = [SlackTasks(store), SlackTasks(store)]
    assert [heir.adopt() for heir in heirs] == [[], []]
    later(store, dead.lease + 1)
    adopted = [heir.adopt() for heir in heirs]
    assert adopted == [[Task("k1", BODY), Task("k2", BODY)], []]


def test_a_worker_that_lives_keeps_its_tasks(store: Store) -> None:
    living = SlackTasks(store)
    living.take("k", BODY)
    later(store, living.lease + 1)
    living.renew()
    assert SlackTasks(store).adopt() == []


def test_what_a_worker_releases_is_adopted_at_once(store: Store) -> None:
    leaving = SlackTasks(store)
    leaving.take("k", BODY)
    leaving.release()
    assert SlackTasks(store).adopt() == [Task("k", BODY)]


def test_what_came_before_about_the_same_is_superseded_and_nothing_else(store: Store) -> None:
    dead = SlackTasks(store)
    for key in ("T:C:1.5", "T:C:1.5:2", "T:C:1.5:4", "T:C:1.55", "T:C:1"):
        dead.take(key, BODY)
    dead.supersede("T:C:1.5", "T:C:1.5:3")
    later(store, dead.lease + 1)
    assert [task.key for task in SlackTasks(store).adopt()] == ["T:C:1.5:4", "T:C:1.55", "T:C:1"]


def test_a_dropped_task_can_be_taken_again(store: Store) -> None:
    tasks = SlackTasks(store)
    tasks.take("k", BODY)
    tasks.drop("k")
    assert tasks.take("k", BODY)


def test_what_was_done_long_ago_is_swept(store: Store) -> None:
    tasks = SlackTasks(store)
    tasks.take("old", BODY)
    tasks.take("open", BODY)
    tasks.finish("old")
    later(store, KEPT_SECONDS + 1)
    tasks.take("new", BODY)
    with store.transaction() as connection:
        assert set(connection.scalars(select(slack_tasks.c.key))) == {"open", "new"}
