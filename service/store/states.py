"""States: what Slack gives back at the end of an installation, good once and not for long; kept as a hash."""

from __future__ import annotations

import hashlib
import secrets
import time

from sqlalchemy import delete, insert

from service.store.database import Store
from service.store.tables import slack_states

GOOD_SECONDS = 600


class States:
    """The states that are out. Every method raises what `Store.transaction` raises."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def issue(self) -> str:
        """A new one, good for `GOOD_SECONDS`."""
        state = secrets.token_urlsafe(32)
        made = time.time()
        with self._store.transaction() as connection:
            connection.execute(delete(slack_states).where(slack_states.c.expires <= made))
            row = {"hash": _hashed(state), "expires": made + GOOD_SECONDS}
            connection.execute(insert(slack_states).values(row))
        return state

    def consume(self, state: str) -> bool:
        """Whether the state is good; from now on it is not. Of all who ask at once, one is told that it is."""
        # One statement: between a look and a deletion another process could look as well.
        spent = delete(slack_states).where(slack_states.c.hash == _hashed(state), slack_states.c.expires > time.time())
        with self._store.transaction() as connection:
            return connection.execute(spent).rowcount == 1


def _hashed(state: str) -> bytes:
    return hashlib.sha256(state.encode()).digest()
