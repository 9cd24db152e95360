"""Receipts: what a request with an idempotency key was answered, so that its repetition changes nothing."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

from sqlalchemy import delete, or_, select, update

from ingest.engines import took, upsert
from service.errors import RepeatError
from service.store.database import Store
from service.store.tables import receipts
from service.store.workers import Worker, alive

KEPT_SECONDS = 24 * 3600
ABANDONED_SECONDS = 15 * 60
"""A request without an answer for so long was cut off: by then its repetition may try again."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A response as it was sent."""

    status: int
    headers: dict[str, str]
    body: bytes


class Receipts:
    """Receipts by the owner (the id of a key, or empty) and by the request. Every method raises what
    `Store.transaction` raises."""

    def __init__(self, store: Store, worker: Worker) -> None:
        self._store = store
        self._worker = worker

    def begin(self, owner: str, request: str, digest: str) -> Receipt | None:
        """Notes that a request is worked on, None; or what the same request was answered before.

        Raises: RepeatError when it is still worked on, or came with a body of another digest.
        """
        made = time.time()
        row = {"owner": owner, "request": request, "digest": digest, "made": made, "worker": self._worker.id}
        this = receipts.c.owner == owner, receipts.c.request == request
        with self._store.transaction() as connection:
            connection.execute(delete(receipts).where(receipts.c.made < made - KEPT_SECONDS))
            dead = or_(receipts.c.worker.is_(None), receipts.c.worker.not_in(alive(self._worker.id)))
            cut_off = receipts.c.status.is_(None), or_(dead, receipts.c.made < made - ABANDONED_SECONDS)
            connection.execute(delete(receipts).where(*this, *cut_off))
            if took(connection, upsert(connection, receipts).values(row).on_conflict_do_nothing()):
                return None
            known = connection.execute(select(receipts).where(*this)).first()
        if known is None:  # dropped in between
            return self.begin(owner, request, digest)
        if known.digest != digest:
            raise RepeatError("This Idempotency-Key came before with another body.", "Use a new key for a new request.")
        if known.status is None:
            raise RepeatError("The first request with this Idempotency-Key is under way.", "Wait, then repeat it.")
        return Receipt(known.status, json.loads(known.headers), known.body)

    def keep(self, owner: str, request: str, receipt: Receipt) -> None:
        """Notes what the request was answered."""
        values = {"status": receipt.status, "headers": json.dumps(receipt.headers), "body": receipt.body}
        this = receipts.c.owner == owner, receipts.c.request == request
        with self._store.transaction() as connection:
            connection.execute(update(receipts).where(*this).values(values))

    def drop(self, owner: str, request: str) -> None:
        """Forgets a request that came to nothing: its repetition tries again."""
        with self._store.transaction() as connection:
            connection.execute(delete(receipts).where(receipts.c.owner == owner, receipts.c.request == request))
