"""Workers: the processes that work with a store, and which of them are alive."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy import Select, delete, or_, select

from ingest.engines import upsert
from ingest.errors import DossierError
from service.store.database import Store
from service.store.tables import workers

LEASE_SECONDS = 20.0
"""A worker that has not been heard of for so long is taken for dead: others go on with what it had begun."""
RENEWALS = 4
log = structlog.get_logger(__name__)


class Worker:
    """This process, as others know it by the store. Every method raises what `Store.transaction` raises."""

    def __init__(self, store: Store, lease: float = LEASE_SECONDS) -> None:
        self.id = uuid.uuid4().hex
        self._store = store
        self._lease = lease

    @contextmanager
    def living(self) -> Iterator[None]:
        """Says that this worker is alive for as long as the context lasts, or the process does.

        Who works with a folder owns it: whatever others are noted there are dead.
        """
        if not self._store.shared:
            with self._store.transaction() as connection:
                connection.execute(delete(workers))
        self.renew()
        ended = threading.Event()
        heart = threading.Thread(target=self._beat, args=(ended,), name="dossier-worker", daemon=True)
        heart.start()
        try:
            yield
        finally:
            ended.set()
            heart.join()
            with self._store.transaction() as connection:
                connection.execute(delete(workers).where(workers.c.id == self.id))

    def _beat(self, ended: threading.Event) -> None:
        while not ended.wait(self._lease / RENEWALS):
            try:
                self.renew()
            except DossierError as error:  # such as a server that is restarted: the next beat may come through
                log.warning("not alive in the store", reason=str(error))

    def renew(self) -> None:
        """Says once that this worker is alive."""
        now = time.time()
        row = {"id": self.id, "lease": now + self._lease}
        with self._store.transaction() as connection:
            connection.execute(delete(workers).where(workers.c.lease < now - self._lease, workers.c.id != self.id))
            adding = upsert(connection, workers).values(row)
            connection.execute(adding.on_conflict_do_update(index_elements=["id"], set_=row))


def alive(me: str) -> Select[tuple[str]]:
    """The ids of those who are; whoever asks is, whatever the clock says."""
    return select(workers.c.id).where(or_(workers.c.lease >= time.time(), workers.c.id == me))
