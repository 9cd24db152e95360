"""A damaged journal is told, by every face of it, and never by a traceback."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from ingest.errors import DataFolderError, StorageError
from service.question import Question
from service.store.database import store_in
from service.store.jobs import JobBook
from service.store.journal import Journal
from service.store.keys import Keyring
from service.store.receipts import Receipts
from service.store.workers import Worker
from tests.commands import Command
from tests.service.http.doubles import answer_to

pytestmark = pytest.mark.slow

PAGE = 4096


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a journal of many pages, closed."""
    folder = tmp_path_factory.mktemp("journal")
    with closing(store_in(folder)) as store:
        journal, keyring = Journal(store), Keyring(store)
        for number in range(120):
            journal.record(
                answer_to(Question(f"Why number {number}? " + "word " * 100, conversation_id=f"c{number % 7}")), ""
            )
        for number in range(20):
            keyring.create(f"key {number}", ["ask"])
    return folder


def read_all(folder: Path) -> None:
    """Opens the journal, reads what it holds, and writes."""
    with closing(store_in(folder)) as store:
        journal = Journal(store)
        for talk in journal.conversations(0, 100):
            journal.conversation(talk.id)
        Keyring(store).all()
        worker = Worker(store)
        worker.renew()
        JobBook(store, worker).take()
        Receipts(store, worker).begin("", "POST /v1/jobs k", "d")
        journal.record(answer_to(Question("Why now?", conversation_id="c1")), "")


def test_a_damaged_page_is_told_wherever_it_is(sound: Path, tmp_path: Path) -> None:
    content = (sound / "journal.sqlite").read_bytes()
    pages = len(content) // PAGE
    assert pages > 20
    told = []
    for number in [0, 1, 2, *range(3, pages, max(1, pages // 15))]:
        for damage in (b"\xa5" * PAGE, b"\0" * PAGE):
            folder = tmp_path / "data"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            broken = content[: number * PAGE] + damage + content[(number + 1) * PAGE :]
            (folder / "journal.sqlite").write_bytes(broken)
            try:
                read_all(folder)
            except DataFolderError as error:
                told.append(str(error))
    assert len(told) > 10
    assert all("journal" in each and "Restore it from a copy" in each for each in told), told


@pytest.mark.parametrize("damage", ["garbage", "cut", "empty"])
def test_the_commands_tell(sound: Path, data: Path, dossier: Command, damage: str) -> None:
    data.mkdir()
    content = (sound / "journal.sqlite").read_bytes()
    broken = {"garbage": b"\xa5" * len(content), "cut": content[: len(content) // 3], "empty": b""}[damage]
    (data / "journal.sqlite").write_bytes(broken)
    done = dossier("keys", "list", "--data", data)
    assert "Traceback" not in done.err
    assert "fault of Dossier" not in done.err
    if damage == "empty":  # what a disk that was full may leave: a journal that was never begun
        assert done.code == 0
    else:
        assert done.code == 1
        assert "Restore it from a copy" in " ".join(done.err.split())


def test_a_journal_that_is_a_folder_is_told(data: Path) -> None:
    (data / "journal.sqlite").mkdir(parents=True)
    with pytest.raises(StorageError):
        read_all(data)
