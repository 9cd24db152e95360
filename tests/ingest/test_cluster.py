"""Ray's workers: what they make is what a local run makes, whatever happens to them."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any

import psutil
import pytest

from ingest.cluster import ATTEMPTS, RayWorkers, _refused, open_workers
from ingest.documents import Document, Failure
from ingest.embedder import Embedder
from ingest.errors import ClusterError, SourceError
from ingest.ownership import Ownership
from ingest.pipeline import Progress
from ingest.records import Outcome
from ingest.settings import IngestSettings
from ingest.tasks import Recipe, recipe_of
from ingest.workers import LocalWorkers
from tests.commands import ROOT, Command, finished, start
from tests.rooms import Room, document, documents, open_room, telling
from tests.servers import Server, free_port, listens

pytestmark = pytest.mark.slow

LONG = 100
NewWorkers = Callable[[], RayWorkers]


@pytest.fixture(scope="module")
def recipe(embedder: Embedder) -> Recipe:
    return recipe_of(IngestSettings(), embedder, same_machine=True)


@pytest.fixture(scope="module")
def started(embedder: Embedder) -> Iterator[RayWorkers]:
    """A Ray of this machine, with a worker a core."""
    with open_workers("local", IngestSettings(), embedder) as workers:
        yield workers


@pytest.fixture
def new_workers(started: RayWorkers, recipe: Recipe) -> NewWorkers:
    import ray

    return lambda: RayWorkers(ray, recipe)


@pytest.fixture
def rooms(tmp_path: Path, embedder: Embedder) -> Iterator[tuple[Room, Room]]:
    """Two empty corpora."""
    with open_room(tmp_path / "here", embedder) as here, open_room(tmp_path / "there", embedder) as there:
        yield here, there


def mixed() -> list[Document | Failure]:
    """News, retellings, new versions, repetitions, and what cannot be read, in an order that matters."""
    first = documents(9, sentences=20)
    retold = [replace(each, origin=f"/retold/{number}.txt") for number, each in enumerate(first[:3])]
    versions = [document(telling(seed, 40), "/v.txt", url="https://news.example/v") for seed in (50, 51, 50, 50)]
    bad: list[Document | Failure] = [
        Failure("/lost.txt", SourceError("/lost.txt does not exist.", "Check the path.")),
        Document("/empty.txt", "text", b""),
        Document("/broken.pdf", "pdf", b"%PDF-1.7 and then nothing"),
        Document("/strange", "hologram", b"Text of a kind nobody knows."),  # type: ignore[arg-type]
        replace(document(""), origin="/utf16.txt", data=telling(70).encode("utf-16")),
    ]
    return [*first[:5], *bad, *versions, *retold, *first[5:], first[2]]


def content(room: Room) -> dict[str, tuple[Any, bytes]]:
    """Every live passage with its article, its story and the bytes of its vector, by id."""
    live = room.catalog.live(room.catalog.live_ids())
    kept = room.vectors.get(list(live))
    assert kept.keys() == live.keys()
    return {each: (live[each], kept[each].tobytes()) for each in live}


def assert_same(here: Room, there: Room) -> None:
    assert content(there) == content(here)
    assert there.check().problems == []
    assert [record.version for record in there.corpus.articles(0, 99)] == [
        record.version for record in here.corpus.articles(0, 99)
    ]


class TestSameness:
    def test_passages_vectors_stories_and_outcomes_are_those_of_a_local_run(
        self, rooms: tuple[Room, Room], new_workers: NewWorkers
    ) -> None:
        here, there = rooms
        outcomes: tuple[list[Outcome], list[Outcome]] = ([], [])
        told: list[Progress] = []
        for _ in range(2):
            here.corpus.ingest(mixed(), None, outcomes[0].append)
            there.corpus.ingest(mixed(), told.append, outcomes[1].append, new_workers())
        assert outcomes[0] == outcomes[1]
        assert {outcome.status for outcome in outcomes[0]} == {"new", "changed", "unchanged", "duplicate", "failed"}
        assert there.embedder.encoded == 0
        assert_same(here, there)
        assert told[-1].reading is False
        assert told[-1].passages == told[-1].done

    def test_more_documents_than_may_be_under_way_are_read_no_faster_than_they_are_admitted(
        self, room: Room, new_workers: NewWorkers
    ) -> None:
        workers = new_workers()
        given: list[int] = []

        def source() -> Iterator[Document]:
            for number, each in enumerate(documents(3 * workers.ahead)):
                given.append(number - len(noted))
                yield each

        noted: list[Outcome] = []
        room.corpus.ingest(source(), None, noted.append, replace_encoding(workers, room))
        assert len(noted) == 3 * workers.ahead
        assert max(given) <= workers.ahead


def replace_encoding(workers: RayWorkers, room: Room) -> RayWorkers:
    """The same workers, but the room's quick embedder encodes."""
    workers.encode = LocalWorkers(room.embedder).encode  # type: ignore[method-assign]
    return workers


class Killer:
    """Ends workers of this process's Ray, each in the middle of a task of that name."""

    def __init__(self, *tasks: str) -> None:
        self._wanted = list(tasks)
        self._over = Event()
        self._thread = Thread(target=self._hunt)

    def __enter__(self) -> Killer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def missed(self) -> list[str]:
        return self._wanted

    def _hunt(self) -> None:
        while self._wanted and not self._over.wait(0.01):
            for process in psutil.Process().children(recursive=True):
                if self._at_work(process):
                    process.send_signal(signal.SIGSTOP)
                    if self._at_work(process):  # it is held in the middle of the task
                        self._wanted.pop(0)
                        process.kill()
                        break
                    process.send_signal(signal.SIGCONT)

    def _at_work(self, process: psutil.Process) -> bool:
        try:
            return bool(self._wanted) and process.cmdline()[:1] == [f"ray::{self._wanted[0]}"]
        except psutil.Error:
            return False


class Deadly(bytes):
    """The bytes of a document that ends whatever process unpacks them."""

    def __reduce__(self) -> tuple[Callable[[int], object], tuple[int]]:
        return os._exit, (1,)


class TestDeath:
    def test_killed_workers_lose_nothing_and_double_nothing(
        self, rooms: tuple[Room, Room], new_workers: NewWorkers
    ) -> None:
        here, there = rooms
        many = documents(8, sentences=LONG)
        with Killer("prepare_there", "prepare_there", "encode_there", "encode_there") as killer:
            report = there.corpus.ingest(many, workers=new_workers())
        assert killer.missed == []
        assert report.counts == {"new": 8}
        here.corpus.ingest(many)
        assert report.passages == len(content(here))
        assert_same(here, there)

    def test_a_document_that_ends_its_worker_fails_alone(self, room: Room, new_workers: NewWorkers) -> None:
        good = documents(6)
        deadly = Document("/deadly.txt", "text", Deadly(b"A text like any other."))
        outcomes: list[Outcome] = []
        room.corpus.ingest([*good[:3], deadly, *good[3:]], None, outcomes.append, replace_encoding(new_workers(), room))
        assert [outcome.status for outcome in outcomes] == ["new"] * 3 + ["failed"] + ["new"] * 3
        assert f"ended its worker {ATTEMPTS} times" in (outcomes[3].reason or "")

    @pytest.mark.parametrize(("limit", "ending"), [("1, 2**40", -signal.SIGALRM), ("60, 2**28", 0)])
    def test_a_worker_is_bounded_in_time_and_memory(self, limit: str, ending: int) -> None:
        code = f"""
from ingest.tasks import bounded
try:
    with bounded({limit}):
        held = bytearray(2**30) if {ending} == 0 else None
        while True: pass
except MemoryError:
    print("refused", len(bytearray(2**29)))
"""
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stdout) == (ending, "" if ending else f"refused {2**29}\n"), done.stderr


class TestUnfit:
    """Workers that would not do the same work end the run, and what was admitted stays."""

    @pytest.mark.parametrize(
        ("other", "told"),
        [
            ({"fingerprint": "0" * 64}, "embedder of a worker is another one"),
            ({"release": "0.0.1"}, "A worker runs Dossier"),
            ({"embedder": "/no/such/model"}, "could not be loaded"),
        ],
    )
    def test_a_worker_of_another_kind_is_told(
        self, room: Room, started: RayWorkers, recipe: Recipe, other: dict[str, Any], told: str
    ) -> None:
        import ray

        with pytest.raises(ClusterError, match=told) as raised:
            room.corpus.ingest(documents(3), workers=RayWorkers(ray, replace(recipe, **other)))
        assert raised.value.help
        assert room.corpus.count() == 0

    def test_whoever_waits_is_let_go(self, new_workers: NewWorkers) -> None:
        workers = new_workers()
        wait = workers.prepare(document(telling(1, LONG)))
        workers.stop()
        with pytest.raises(ClusterError, match="given up"):
            wait()

    def test_an_interrupt_ends_the_run_and_the_next_one_finishes(
        self, rooms: tuple[Room, Room], new_workers: NewWorkers
    ) -> None:
        here, there = rooms
        many = documents(3, sentences=LONG)

        def interrupt(progress: Progress) -> None:
            if progress.done:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            there.corpus.ingest(many, interrupt, workers=new_workers())
        there.corpus.ingest(many, workers=new_workers())
        here.corpus.ingest(many)
        assert_same(here, there)


class TestConnecting:
    def test_without_ray_it_is_told_what_to_install(
        self, monkeypatch: pytest.MonkeyPatch, dossier: Command, tmp_path: Path
    ) -> None:
        monkeypatch.setitem(sys.modules, "ray", None)
        done = dossier("ingest", tmp_path, "--ray", "auto", "--data", tmp_path / "data")
        assert done.code == 1
        assert "pip install 'dossier[ray]'" in " ".join(done.err.split())

    def test_a_cluster_that_is_not_there_is_told_soon(self, dossier: Command, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        began = monotonic()
        for address in (f"127.0.0.1:{port}", f"ray://127.0.0.1:{port}"):
            done = dossier("ingest", tmp_path, "--ray", address, "--data", tmp_path / "data")
            assert done.code == 1
            assert f"The Ray cluster at {address} cannot be reached" in " ".join(done.err.split())
        assert monotonic() - began < 60

    @pytest.mark.parametrize("address", ["nonsense", "host:port", "http://host:80", "ray://host"])
    def test_an_address_that_is_none_says_how_to_write_one(self, address: str, embedder: Embedder) -> None:
        with (
            pytest.raises(ClusterError, match="is no address") as raised,
            open_workers(address, IngestSettings(), embedder),
        ):
            pass
        assert "ray://host:10001" in raised.value.help

    def test_another_version_is_told(self) -> None:
        from ray._private.utils import check_version_info

        cluster = {"ray_version": "2.49.0", "python_version": "3.12.1"}
        with pytest.raises(RuntimeError) as raised:
            check_version_info(cluster, "node 10.0.0.1:6379")
        error = _refused("10.0.0.1:6379", raised.value)
        assert "runs another version" in error.message
        assert re.search(r"2\.49\.0.*3\.12\.1", error.message)

    def test_a_folder_that_a_service_owns_is_left_to_it(self, dossier: Command, data: Path, tmp_path: Path) -> None:
        owner = Ownership(data)
        owner.acquire("dossier serve", url="http://127.0.0.1:1")
        try:
            done = dossier("ingest", tmp_path, "--ray", "local", "--data", data)
        finally:
            owner.release()
        assert done.code == 1
        assert "leave --ray out" in " ".join(done.err.split())

    def test_a_local_ray_listens_on_loopback_alone(self, new_workers: NewWorkers) -> None:
        assert new_workers().prepare(document(telling(1)))().passages
        places = {
            connection.laddr.ip.removeprefix("::ffff:")
            for process in psutil.Process().children(recursive=True)
            for connection in process.net_connections()
            if connection.status == psutil.CONN_LISTEN
        }
        assert places == {"127.0.0.1"}


@pytest.fixture(scope="module")
def head(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Mapping[str, str], Sequence[str]]]:
    """A cluster of one machine that asks for a token, as `ray start --head` makes it: what a driver's environment must
    hold, and the two addresses."""
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "a-token-of-these-tests-" + "x" * 20}
    port, client_port = free_port(), free_port()
    # Sockets lie in it, whose paths may have 107 characters.
    place = tempfile.mkdtemp(prefix="ray-")
    command = [str(Path(sys.executable).with_name("ray")), "start", "--head", "--block", "--disable-usage-stats"]
    options = {
        "node-ip-address": "127.0.0.1",
        "port": port,
        "ray-client-server-port": client_port,
        "num-cpus": 1,
        "include-dashboard": "false",
        "object-store-memory": 10**8,
        "temp-dir": place,
    }
    server = Server(
        [*command, *(f"--{name}={value}" for name, value in options.items())],
        tmp_path_factory.mktemp("ray") / "log",
        lambda: all(listens(each) for each in (port, client_port)),
        os.environ | token,
    )
    try:
        server.start()
        yield token, (f"127.0.0.1:{port}", f"ray://127.0.0.1:{client_port}")
    finally:
        server.stop(signal.SIGTERM)
        shutil.rmtree(place, ignore_errors=True)


@pytest.mark.parametrize("number", [0, 1], ids=["host:port", "ray://"])
def test_a_cluster_by_address_makes_what_a_local_run_makes(
    head: tuple[Mapping[str, str], Sequence[str]], embedder: Embedder, tmp_path: Path, number: int
) -> None:
    token, addresses = head
    articles = tmp_path / "articles"
    articles.mkdir()
    many = documents(4, sentences=20)
    for each in many:
        (articles / Path(each.origin).name).write_bytes(each.data)
    there = ("ingest", articles, "--ray", addresses[number], "--data", tmp_path / "there", "--json")
    done = finished(start(*there, environment=token), 300)
    assert done.code == 0, done.err
    assert done.json["new"] == len(many)
    assert finished(start("ingest", articles, "--data", tmp_path / "here")).code == 0
    with open_room(tmp_path / "here", embedder) as one, open_room(tmp_path / "there", embedder) as other:
        assert_same(one, other)


def test_a_cluster_that_wants_a_token_is_told_so(head: tuple[Mapping[str, str], Sequence[str]], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(telling(1))
    address = head[1][0]
    done = finished(start("ingest", tmp_path / "a.txt", "--ray", address, "--data", tmp_path / "data"), 300)
    assert done.code == 1
    flat = " ".join(done.err.split())
    assert "InvalidAuthToken" in flat
    assert f"The Ray cluster at {address}" in flat
    assert "RAY_AUTH_MODE=token" in flat
    assert "Traceback" not in done.err
