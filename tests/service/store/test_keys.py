from __future__ import annotations

from pathlib import Path

import pytest

from service.errors import UnknownKey
from service.store.database import FILE, Store
from service.store.keys import Keyring


@pytest.fixture
def keyring(store: Store) -> Keyring:
    return Keyring(store)


def test_a_key_is_known_by_what_was_shown_once(keyring: Keyring) -> None:
    key, presented = keyring.create("the desk", ["write", "ask"])
    held = keyring.holder(presented)
    assert held is not None
    assert (held.id, held.name, held.scopes) == (key.id, "the desk", ("ask", "write"))
    assert held.allows("ask")
    assert held.allows("write")
    assert not held.allows("admin")


def test_an_admin_may_do_everything(keyring: Keyring) -> None:
    key, _ = keyring.create("root", ["admin"])
    assert key.allows("ask")
    assert key.allows("write")


def test_what_is_nearly_a_key_is_none(keyring: Keyring) -> None:
    key, presented = keyring.create("the desk", ["ask"])
    other = presented[:-1] + ("A" if presented[-1] != "A" else "B")
    unknown = presented.replace(key.id, "0" * 12)
    for wrong in (other, unknown, presented[:-1], presented + "A", presented.upper(), f" {presented}", "", "dsr__"):
        assert keyring.holder(wrong) is None, wrong


def test_a_revoked_key_is_none_at_once_in_every_process(elsewhere: Store, keyring: Keyring) -> None:
    key, presented = keyring.create("the desk", ["ask"])
    Keyring(elsewhere).revoke(key.id)
    assert keyring.holder(presented) is None
    assert [each.revoked is None for each in keyring.all()] == [False]


def test_there_is_nothing_to_revoke_twice(keyring: Keyring) -> None:
    key, _ = keyring.create("the desk", ["ask"])
    keyring.revoke(key.id)
    for unknown in (key.id, "0" * 12):
        with pytest.raises(UnknownKey):
            keyring.revoke(unknown)


def test_the_secret_is_not_in_the_file(tmp_path: Path, file_store: Store) -> None:
    store, keyring = file_store, Keyring(file_store)
    key, presented = keyring.create("the desk", ["ask"])
    secret = presented.removeprefix(f"dsr_{key.id}_")
    store.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob(f"{FILE}*"))
    assert key.id.encode() in kept
    assert secret.encode() not in kept
