"""Installations of the Slack app: what each workspace gave, sealed by whoever keeps it here."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from sqlalchemy import ColumnElement, delete, insert, select, update

from service.store.database import Store
from service.store.tables import slack_installations

BOT = ""
"""Whom the bot's own belongs to, among the users."""


class Installations:
    """Sealed bytes by the enterprise (empty where there is none), the team (empty for a whole organisation) and the
    user, or `BOT`. Every method raises what `Store.transaction` raises."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, enterprise: str, team: str, sealed: Mapping[str, bytes]) -> None:
        """Keeps what belongs to each of these users, all or nothing, in place of what did before."""
        made = time.time()
        place = {"enterprise": enterprise, "team": team, "made": made}
        rows = [{**place, "user": user, "sealed": each} for user, each in sealed.items()]
        theirs = slack_installations.c.user.in_(list(sealed))
        with self._store.transaction() as connection:
            connection.execute(delete(slack_installations).where(*_in(enterprise, team), theirs))
            if rows:
                connection.execute(insert(slack_installations), rows)

    def find(self, enterprise: str, team: str, user: str | None = None) -> bytes | None:
        """What belongs to the user; without one, the newest there, whoever's it is."""
        newest = select(slack_installations.c.sealed).order_by(slack_installations.c.sequence.desc()).limit(1)
        with self._store.reading() as connection:
            found: bytes | None = connection.scalar(newest.where(*_in(enterprise, team, user)))
        return found

    def delete(self, enterprise: str, team: str, user: str | None = None) -> None:
        """Forgets what belongs to the user; without one, everything there."""
        with self._store.transaction() as connection:
            connection.execute(delete(slack_installations).where(*_in(enterprise, team, user)))

    def reseal(self, change: Callable[[bytes], bytes]) -> int:
        """Puts what `change` makes of it in the place of everything that is kept, all or nothing, and tells how many
        there were. Raises what `change` raises."""
        columns = slack_installations.c.sequence, slack_installations.c.sealed
        with self._store.reading() as connection:
            rows = [(*row, change(row.sealed)) for row in connection.execute(select(*columns))]
        with self._store.transaction() as connection:
            for sequence, sealed, changed in rows:
                # What another process has kept since it was read stays.
                unchanged = slack_installations.c.sequence == sequence, slack_installations.c.sealed == sealed
                connection.execute(update(slack_installations).where(*unchanged).values(sealed=changed))
        return len(rows)


def _in(enterprise: str, team: str, user: str | None = None) -> list[ColumnElement[bool]]:
    place = [slack_installations.c.enterprise == enterprise, slack_installations.c.team == team]
    return place if user is None else [*place, slack_installations.c.user == user]
