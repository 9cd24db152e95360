from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ingest.errors import FolderBusy, StorageError
from ingest.ownership import Owner, Ownership


@pytest.fixture
def owned(tmp_path: Path) -> Ownership:
    ownership = Ownership(tmp_path / "deep" / "data")
    ownership.acquire("dossier ingest")
    return ownership


def test_a_folder_is_made_owned_and_given_back(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "data"
    assert Ownership(folder).owner() is None
    assert not folder.exists()
    ownership = Ownership(folder)
    ownership.acquire("dossier serve", url="http://127.0.0.1:8787")
    assert Ownership(folder).owner() == Owner(os.getpid(), "dossier serve", "http://127.0.0.1:8787")
    ownership.release()
    ownership.release()
    assert Ownership(folder).owner() is None
    Ownership(folder).acquire("dossier check", wait=0)


def test_a_folder_is_given_back_by_any_thread(tmp_path: Path) -> None:
    ownership = Ownership(tmp_path)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(ownership.acquire, "dossier serve").result()
    ownership.release()
    assert ownership.owner() is None
    assert not (tmp_path / "owner.json").exists()


def test_what_is_made_is_for_its_user_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        ownership = Ownership(tmp_path / "data")
        ownership.acquire("dossier ingest")
        ownership.release()
    finally:
        os.umask(before)
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_a_second_owner_is_told_who_the_first_is(owned: Ownership, tmp_path: Path) -> None:
    with pytest.raises(FolderBusy, match=rf"in use by dossier ingest \(process {os.getpid()}\)") as caught:
        Ownership(tmp_path / "deep" / "data").acquire("dossier check", wait=0)
    assert caught.value.retryable
    assert caught.value.help
    assert owned.owner() == Owner(os.getpid(), "dossier ingest")


def test_a_service_is_named_with_its_address(tmp_path: Path) -> None:
    Ownership(tmp_path).owner()
    service = Ownership(tmp_path)
    service.acquire("dossier serve", url="http://127.0.0.1:1234")
    with pytest.raises(FolderBusy, match=r"answers at http://127\.0\.0\.1:1234"):
        Ownership(tmp_path).acquire("dossier rebuild", wait=0)


def test_the_loser_does_not_take_the_note_with_it(owned: Ownership, tmp_path: Path) -> None:
    loser = Ownership(tmp_path / "deep" / "data")
    with pytest.raises(FolderBusy):
        loser.acquire("dossier check", wait=0)
    loser.release()
    assert owned.owner() == Owner(os.getpid(), "dossier ingest")


@pytest.mark.parametrize("note", ["", "{", '{"pid": 1}', '{"pid": 1, "what": "x", "more": 2}', "[]", "\udcff"])
def test_an_unreadable_note_still_means_busy(owned: Ownership, tmp_path: Path, note: str) -> None:
    (tmp_path / "deep" / "data" / "owner.json").write_bytes(note.encode("utf-8", "surrogateescape"))
    assert owned.owner() == Owner(0, "another process")
    with pytest.raises(FolderBusy, match="another process"):
        Ownership(tmp_path / "deep" / "data").acquire("dossier check", wait=0)


def test_a_note_left_by_a_dead_process_means_nothing(tmp_path: Path) -> None:
    (tmp_path / "owner.json").write_text('{"pid": 1, "what": "dossier serve", "url": "http://127.0.0.1:1"}')
    (tmp_path / "dossier.lock").touch()
    assert Ownership(tmp_path).owner() is None


def test_a_file_in_the_folder_s_place_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StorageError, match="file"):
        Ownership(tmp_path / "file").acquire("dossier check")
    with pytest.raises(StorageError):
        Ownership(tmp_path / "file" / "below").acquire("dossier check")
    assert Ownership(tmp_path / "file").owner() is None
