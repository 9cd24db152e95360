"""API keys: made once, shown once, kept as a hash."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy import insert, select, update

from service.errors import UnknownKey
from service.store.database import Store, now
from service.store.tables import keys

Scope = Literal["ask", "write", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
_FORM = re.compile(r"dsr_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_NO_HASH = bytes(32)


@dataclass(frozen=True, slots=True)
class Key:
    """A key as listed, without its secret; times are UTC instants in ISO 8601."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    created: str
    revoked: str | None = None

    def allows(self, scope: Scope) -> bool:
        """Whether it is good for that; `admin` is good for everything."""
        return scope in self.scopes or "admin" in self.scopes


class Keyring:
    """The keys of a store. Every method raises what `Store.transaction` raises."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def create(self, name: str, scopes: Collection[Scope]) -> tuple[Key, str]:
        """A new key, and what its holder sends: nothing can show that again."""
        secret = secrets.token_urlsafe(32)
        key = Key(secrets.token_hex(6), name, tuple(scope for scope in SCOPES if scope in scopes), now())
        row = {
            "id": key.id,
            "name": key.name,
            "hash": _hashed(secret),
            "scopes": " ".join(key.scopes),
            "created": key.created,
        }
        with self._store.transaction() as connection:
            connection.execute(insert(keys).values(row))
        return key, f"dsr_{key.id}_{secret}"

    def revoke(self, key_id: str) -> None:
        """From now on the key is good for nothing.

        Raises: UnknownKey.
        """
        revoking = update(keys).where(keys.c.id == key_id, keys.c.revoked.is_(None)).values(revoked=now())
        with self._store.transaction() as connection:
            if not connection.execute(revoking).rowcount:
                raise UnknownKey(f"There is no key {key_id} to revoke.", "List them with `dossier keys list`.")

    def all(self) -> list[Key]:
        """Every key, revoked ones too, oldest first."""
        columns = keys.c.id, keys.c.name, keys.c.scopes, keys.c.created, keys.c.revoked
        with self._store.reading() as connection:
            rows = connection.execute(select(*columns).order_by(keys.c.created)).all()
        return [Key(row.id, row.name, tuple(row.scopes.split()), row.created, row.revoked) for row in rows]

    def holder(self, presented: str) -> Key | None:
        """The key that is presented; None where there is none, or it is revoked.

        The secret has 256 random bits, so that a plain SHA-256 is as good as a slow hash; it is compared in
        constant time, an unknown id as a known one.
        """
        form = _FORM.fullmatch(presented)
        if form is None:
            return None
        with self._store.reading() as connection:
            row = connection.execute(select(keys).where(keys.c.id == form[1], keys.c.revoked.is_(None))).first()
        if not hmac.compare_digest(_hashed(form[2]), row.hash if row else _NO_HASH) or row is None:
            return None
        return Key(row.id, row.name, tuple(row.scopes.split()), row.created)


def id_of(presented: str) -> str:
    """The id of a key from what its holder sends; empty where that is no key."""
    form = _FORM.fullmatch(presented)
    return form[1] if form else ""


def _hashed(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
