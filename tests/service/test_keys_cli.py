from __future__ import annotations

import json
import os
from contextlib import closing
from pathlib import Path

from typer.testing import CliRunner, Result

from service.keys_cli import app
from service.store.database import store_in
from service.store.keys import Keyring


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_key_is_made_shown_once_listed_and_revoked(data: Path) -> None:
    presented = run("create", "desk", "--scope", "write", "--scope", "ask", "--data", data).stdout.strip()
    with closing(store_in(data)) as store:
        key = Keyring(store).holder(presented)
    assert key
    assert (key.name, key.scopes) == ("desk", ("ask", "write"))
    listed = run("list", "--json", "--data", data).stdout
    assert [each["id"] for each in json.loads(listed)] == [key.id]
    assert presented.split("_", 2)[2] not in listed
    assert run("revoke", key.id, "--data", data).exit_code == 0
    with closing(store_in(data)) as store:
        assert Keyring(store).holder(presented) is None


def test_the_folder_of_keys_is_for_its_user_alone(data: Path) -> None:
    before = os.umask(0)
    try:
        run("create", "desk", "--data", data / "new")
    finally:
        os.umask(before)
    assert (data / "new").stat().st_mode & 0o777 == 0o700


def test_a_key_is_for_asking_unless_told_and_for_nothing_unknown(data: Path) -> None:
    presented = run("create", "reader", "--data", data).stdout.strip()
    with closing(store_in(data)) as store:
        key = Keyring(store).holder(presented)
    assert key
    assert key.scopes == ("ask",)
    refused = run("create", "other", "--scope", "root", "--data", data)
    assert refused.exit_code == 2
    assert "'root' is none of ask, write, admin" in " ".join(refused.output.replace("│", " ").split())
