"""What Slack told and is to be answered: taken on once, whoever else was told, and finished whatever happens."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update

from ingest.engines import took, upsert
from service.store.database import Store
from service.store.tables import slack_tasks

KEPT_SECONDS = 24 * 3600
"""Slack repeats an event for an hour at most."""
LEASE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Task:
    """`key` is what Slack calls the event, `body` what it told of it."""

    key: str
    body: Mapping[str, Any]


class SlackTasks:
    """The tasks of a store, as one worker sees them. Every method raises what `Store.transaction` raises.

    A worker that has not renewed its lease for `lease` seconds is taken for dead: others go on with its tasks.
    """

    def __init__(self, store: Store, lease: float = LEASE_SECONDS) -> None:
        self.lease = lease
        self._store = store
        self._worker = uuid.uuid4().hex

    def take(self, key: str, body: Mapping[str, Any]) -> bool:
        """Whether the task is this worker's from now on; nobody else took it then, nor ever will."""
        made = time.time()
        row = {"key": key, "body": json.dumps(body), "worker": self._worker, "made": made, "lease": made + self.lease}
        with self._store.transaction() as connection:
            connection.execute(
                delete(slack_tasks).where(slack_tasks.c.worker.is_(None), slack_tasks.c.made < made - KEPT_SECONDS)
            )
            return took(connection, upsert(connection, slack_tasks).values(row).on_conflict_do_nothing())

    def renew(self) -> None:
        """Says that this worker lives."""
        mine = slack_tasks.c.worker == self._worker
        with self._store.transaction() as connection:
            connection.execute(update(slack_tasks).where(mine).values(lease=time.time() + self.lease))

    def finish(self, key: str) -> None:
        """Says that the task is done; what it was about is forgotten."""
        with self._store.transaction() as connection:
            connection.execute(update(slack_tasks).where(slack_tasks.c.key == key).values(worker=None, body=None))

    def supersede(self, subject: str, task: str) -> None:
        """Ends the tasks about the same subject that came before that one, whoever works on them: a key begins with its
        subject, and later ones are greater."""
        about = (slack_tasks.c.key == subject) | slack_tasks.c.key.startswith(f"{subject}:", autoescape=True)
        earlier = about, slack_tasks.c.key < task, slack_tasks.c.worker.is_not(None)
        with self._store.transaction() as connection:
            connection.execute(update(slack_tasks).where(*earlier).values(worker=None, body=None))

    def drop(self, key: str) -> None:
        """Forgets a task that came to nothing: it can be taken again."""
        with self._store.transaction() as connection:
            connection.execute(delete(slack_tasks).where(slack_tasks.c.key == key))

    def release(self) -> None:
        """Leaves what this worker has not finished to the next one that looks."""
        with self._store.transaction() as connection:
            connection.execute(update(slack_tasks).where(slack_tasks.c.worker == self._worker).values(lease=0))

    def adopt(self) -> list[Task]:
        """The tasks of workers that died, oldest first; from now on they are this worker's."""
        # Its own are under way, even where the store was held for so long that they could not be renewed.
        left = slack_tasks.c.lease < time.time(), slack_tasks.c.worker != self._worker
        mine = {"worker": self._worker, "lease": time.time() + self.lease}
        with self._store.transaction() as connection:
            # The write comes first: of two that look at once, the second then finds nothing left.
            query = update(slack_tasks).where(*left).values(mine).returning(slack_tasks.c.key)
            keys = list(connection.scalars(query))
            found = select(slack_tasks.c.key, slack_tasks.c.body).where(slack_tasks.c.key.in_(keys))
            rows = connection.execute(found.order_by(slack_tasks.c.made)).all()
        return [Task(row.key, json.loads(row.body)) for row in rows]
