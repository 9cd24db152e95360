"""Violence against the data folder: kills, full disks, lost rights, damaged files, rivals."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.catalog import catalog_in
from ingest.corpus import Corpus
from ingest.embedder import Embedder
from ingest.errors import DossierError, FolderBusy, StorageError
from ingest.filters import Filters
from ingest.ownership import Owner, Ownership
from ingest.rebuild import rebuild
from ingest.settings import IngestSettings
from ingest.sources import read
from ingest.vectors.folders import Folders
from ingest.wiring import DataFolder, open_corpus
from tests.commands import ROOT, Command, Done, finished, start
from tests.rooms import WordEmbedder, documents, open_room, telling

pytestmark = pytest.mark.slow

Passages = dict[str, tuple[int, int, str]]


def write_articles(folder: Path, count: int, sentences: int) -> Path:
    folder.mkdir()
    for seed in range(count):
        (folder / f"{seed:03}.txt").write_text(f"Report number {seed}\n\n{telling(seed, sentences)}\n")
    return folder


def passages_of(corpus: Corpus) -> Passages:
    """Every passage that may be shown: its span and its words, by id."""
    ids = [record.id for record in corpus.articles(0, 10_000)]
    found: Passages = {}
    for article_id in ids:
        ordinal = 0
        while stored := corpus.live([f"{article_id}:{ordinal}"]).get(f"{article_id}:{ordinal}"):
            span = stored.passage.span
            found[stored.passage.id] = (*span, span.of(stored.article.text))
            ordinal += 1
    return found


def undisturbed(articles: Path, data: Path) -> Passages:
    with open_corpus(IngestSettings(data=data), "a test") as corpus:
        corpus.ingest(read([str(articles)]))
        return passages_of(corpus)


def assert_told(done: Done, *words: str) -> None:
    flat = " ".join(done.err.split())
    assert done.code == 1, done
    for word in words:
        assert word in flat
    assert "Traceback" not in done.err
    assert "fault of Dossier" not in done.err


# Kills


class Killing:
    """Starts `dossier ingest` and kills it some time after a file of the data folder has appeared."""

    def __init__(self, articles: Path, data: Path) -> None:
        self._articles = articles
        self._data = data

    def __call__(self, appeared: str, seconds: float) -> None:
        process = start("ingest", self._articles, "--data", self._data)
        deadline = time.monotonic() + 60
        while process.poll() is None and not list(self._data.glob(appeared)) and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.communicate()


def test_killed_at_any_moment_the_next_run_finishes(tmp_path: Path, dossier: Command) -> None:
    """SIGKILL while the folder is made, while the vectors are made, and at random moments of the work."""
    articles = write_articles(tmp_path / "articles", 40, 8)
    data = tmp_path / "data"
    kill = Killing(articles, data)
    chance = random.Random()
    kill("catalog.sqlite", chance.uniform(0, 0.05))
    kill("vectors-1/chroma.sqlite3", chance.uniform(0, 0.05))
    kill("vectors-1/chroma.sqlite3", chance.uniform(0.1, 0.6))
    kill("catalog.sqlite-wal", chance.uniform(0, 1.5))
    done = dossier("ingest", articles, "--data", data, "--json")
    assert done.code == 0, done
    assert dossier("check", "--data", data).code == 0
    with open_corpus(IngestSettings(data=data), "a test") as corpus:
        assert passages_of(corpus) == undisturbed(articles, tmp_path / "undisturbed")
    again = dossier("ingest", articles, "--data", data, "--json").json
    assert (again["unchanged"], again["passages"]) == (40, 0)


HOLDER = """
import sys, time
from pathlib import Path
from ingest.ownership import Ownership
ownership = Ownership(Path(sys.argv[1]))
ownership.acquire("dossier ingest")
print("owned", flush=True)
time.sleep(600)
"""


@pytest.fixture
def holder(data: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that owns the data folder."""
    command = [sys.executable, "-c", HOLDER, str(data)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "owned\n"
        yield process
        process.kill()


def test_ownership_dies_with_its_process(holder: subprocess.Popen[str], data: Path) -> None:
    mine = Ownership(data)
    assert mine.owner() == Owner(holder.pid, "dossier ingest")
    with pytest.raises(FolderBusy, match=rf"in use by dossier ingest \(process {holder.pid}\)"):
        mine.acquire("dossier check", wait=0)
    holder.kill()
    holder.wait()
    assert mine.owner() is None
    mine.acquire("dossier check", wait=0)
    assert mine.owner() == Owner(os.getpid(), "dossier check")
    mine.release()


def test_two_at_once_never_both_open_the_folder(
    holder: subprocess.Popen[str], data: Path, dossier: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.cli.WAIT_SECONDS", 0.1)
    assert_told(dossier("check", "--data", data), f"in use by dossier ingest (process {holder.pid})", "Wait for it")
    assert not (data / "catalog.sqlite").exists()


# A full disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)]
    if os.geteuid() or not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root, where it may mount, can make a small disk")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(place: Path, left: int) -> Path:
    """Leaves so many bytes of a disk."""
    ballast = place / "ballast"
    free = shutil.disk_usage(place).free
    ballast.write_bytes(b"\0" * max(0, free - left))
    return ballast


def test_a_disk_without_any_room_is_told(small_disk: Path, tmp_path: Path, dossier: Command) -> None:
    articles = write_articles(tmp_path / "articles", 1, 3)
    fill(small_disk, 0)
    assert_told(dossier("ingest", articles, "--data", small_disk / "data"), "is full", "Free some space")


def test_a_disk_that_fills_up_is_told_and_the_next_run_finishes(
    small_disk: Path, tmp_path: Path, dossier: Command
) -> None:
    articles = write_articles(tmp_path / "articles", 30, 30)
    data = small_disk / "data"
    assert dossier("articles", "list", "--data", data).code == 0
    ballast = fill(small_disk, 400_000)
    assert_told(finished(start("ingest", articles, "--data", data)), "is full", "Free some space")
    ballast.unlink()
    assert dossier("ingest", articles, "--data", data).code == 0
    checked = dossier("check", "--data", data)
    assert checked.code == 0, checked
    assert "agree on 30 articles" in checked.out


# Lost rights

UNPRIVILEGED = """
import json, os, sys
from service.cli import main

def dossier(data, *arguments):
    os.environ["DOSSIER_DATA"] = data
    sys.argv = ["dossier", *arguments]
    try:
        main()
    except SystemExit as ended:
        return ended.code or 0

sound, *refused = sys.argv[1:]
assert dossier(sound, "check") == 0  # loads every module while all files may be read
if os.geteuid() == 0:
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
codes = [dossier(data, *command) for data in refused for command in (["check"], ["articles", "list"])]
print(json.dumps(codes))
"""


def test_a_folder_without_rights_is_told(dossier: Command) -> None:
    place = Path("/tmp") / f"dossier-test-{os.getpid()}"  # pytest's own folders are closed to other users
    place.mkdir(mode=0o755)
    try:
        sound, readable, closed, parent = (place / name for name in ("sound", "readable", "closed", "parent"))
        for folder in (sound, readable, closed):
            assert dossier("articles", "list", "--data", folder).code == 0
        parent.mkdir()
        for folder, mode in ((readable, 0o555), (closed, 0o000), (parent, 0o555)):
            folder.chmod(mode)
        refused = [str(readable), str(closed), str(parent / "fresh")]
        command = [sys.executable, "-c", UNPRIVILEGED, str(sound), *refused]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
        assert json.loads(done.stdout.splitlines()[-1]) == [1] * 6, done
        assert "fault of Dossier" not in done.stderr
        assert "Traceback" not in done.stderr
        flat = " ".join(done.stderr.split())
        for name in refused:
            assert name in flat
        assert flat.count("Check its rights, or name another --data folder.") == 6
    finally:
        for folder in place.iterdir():
            folder.chmod(0o755)
        shutil.rmtree(place)


def test_a_read_only_disk_is_told(small_disk: Path, dossier: Command) -> None:
    data = small_disk / "data"
    assert dossier("articles", "list", "--data", data).code == 0
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    try:
        for command in (("check",), ("articles", "list"), ("ingest", "/no/such/file")):
            assert_told(dossier(*command, "--data", data), "cannot be written", "Check its rights")
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)


# Damaged files


@pytest.fixture(scope="module")
def full_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed data folder with more vectors than Chroma keeps in its log alone."""
    data = tmp_path_factory.mktemp("full") / "data"
    with open_room(data, WordEmbedder()) as room:
        room.corpus.ingest(documents(70, sentences=150))
        assert room.catalog.passage_count("live") > 1100
    return data


INDEX_FILES = (
    "chroma.sqlite3",
    "data_level0.bin",
    "header.bin",
    "length.bin",
    "link_lists.bin",
    "index_metadata.pickle",
)


def test_all_files_of_an_index_are_damaged_in_turn(full_folder: Path) -> None:
    files = [file for file in (full_folder / "vectors-1").rglob("*") if file.is_file()]
    assert {file.name for file in files} == set(INDEX_FILES)
    assert all(file.stat().st_size for file in files)


def opened(path: Path, embedder: Embedder | None = None) -> DataFolder:
    return DataFolder(catalog_in(path), Folders(path), embedder or WordEmbedder())


def quiet(_done: int, _total: int) -> None:
    pass


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("chroma.sqlite3", "garbage"),
        ("chroma.sqlite3", "cut"),
        ("data_level0.bin", "cut"),
        ("data_level0.bin", "garbage"),  # Chroma's native part dies of this one, and of the next
        ("header.bin", "cut"),
        *((name, "missing") for name in INDEX_FILES),
        # Chroma reads an emptied list of upper links at times as if it were whole, and finds the same.
        *((name, "empty") for name in INDEX_FILES if name != "link_lists.bin"),
    ],
)
def test_damaged_vectors_are_told_and_mended(full_folder: Path, data: Path, name: str, damage: str) -> None:
    shutil.copytree(full_folder, data)
    (target,) = (data / "vectors-1").rglob(name)
    content = target.read_bytes()
    if damage == "missing":
        target.unlink()
    else:
        target.write_bytes(
            {"cut": content[: len(content) // 3], "garbage": b"\xa5" * len(content), "empty": b""}[damage]
        )
    folder = opened(data)
    with closing(folder.catalog):
        found = folder.check()
        assert found.problems, "the damage was not seen"
        assert all(problem.what.startswith("vectors: ") and problem.repairable for problem in found.problems)
        assert folder.repair(quiet).problems == []
        with folder.corpus() as corpus:
            vector = folder.embedder.encode_query(telling(1, 8))
            stored = corpus.live([passage_id for passage_id, _ in corpus.search_vectors(vector, Filters(), 5)])
            assert "Report number 1" in {each.article.title for each in stored.values()}


def test_an_owner_that_was_killed_and_left_damage_is_recovered_from(full_folder: Path, data: Path) -> None:
    shutil.copytree(full_folder, data)
    (header,) = (data / "vectors-1").rglob("header.bin")
    header.write_bytes(header.read_bytes()[:20])
    (data / "owner.json").write_text('{"pid": 1, "what": "dossier ingest", "url": null}')
    ownership = Ownership(data)
    ownership.acquire("a test")
    assert ownership.interrupted
    told: list[str] = []
    folder = opened(data)
    with closing(folder.catalog), replace(folder, interrupted=True).corpus(told.append) as corpus:
        assert corpus.search_vectors(folder.embedder.encode_query(telling(1, 8)), Filters(), 5)
    assert "made anew" in told[0]
    with closing(catalog_in(data)) as catalog:
        assert DataFolder(catalog, Folders(data), WordEmbedder()).check().problems == []
    ownership.release()
    assert not (data / "owner.json").exists()


def test_a_damaged_page_of_the_catalog_never_ends_in_a_traceback(full_folder: Path, data: Path) -> None:
    """Wherever the damage is, it is either told as one error or listed as a problem, or it hit nothing in use."""
    shutil.copytree(full_folder, data)
    catalog = data / "catalog.sqlite"
    sound = catalog.read_bytes()
    page = 4096
    told: list[str] = []
    for number in [0, 1, *range(2, len(sound) // page, len(sound) // page // 12)]:
        for leftover in data.glob("catalog.sqlite-*"):
            leftover.unlink()
        catalog.write_bytes(sound[: number * page] + b"\xa5" * page + sound[(number + 1) * page :])
        try:
            with open_room(data, WordEmbedder()) as room:
                told += [problem.what for problem in room.check().problems[:1]]
        except StorageError as error:
            told.append(str(error))
    assert len(told) >= 10
    assert all("catalog" in each or "full text" in each for each in told)
    assert any("Restore it from a backup" in each for each in told)


def test_a_folder_of_a_newer_version_is_left_alone(full_folder: Path, data: Path, dossier: Command) -> None:
    shutil.copytree(full_folder, data)
    with closing(catalog_in(data)) as catalog, catalog.database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for command in (("check",), ("ingest", "/no/such/file"), ("articles", "list"), ("rebuild",)):
        assert_told(dossier(*command, "--data", data), "written by a newer version", "Upgrade Dossier")


def test_a_rebuild_on_a_full_disk_keeps_the_old_index(small_disk: Path, full_folder: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    data = small_disk / "data"
    shutil.copytree(full_folder, data)
    ballast = fill(small_disk, 600_000)
    folder = opened(data)
    with closing(folder.catalog):
        with pytest.raises(DossierError, match="full"):
            rebuild(Folders(data), folder.catalog, folder.embedder, quiet)
        ballast.unlink()
        assert folder.check().problems == []
        assert rebuild(Folders(data), folder.catalog, folder.embedder, quiet) > 1100
        assert folder.check().problems == []
