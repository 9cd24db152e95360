"""Servers that tests start: PostgreSQL and Chroma, on loopback, with their files in a folder of their own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import httpx
import psycopg
import pytest

from ingest.catalog import Catalog
from ingest.engines import server_url
from service.store.database import Store
from tests.commands import MORTAL

PATIENCE = 60.0
USER = "dossier"


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Whether somebody listens on the port of loopback."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


class Server:
    """A server process that can be killed and started again on its files."""

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        answers: Callable[[], bool],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._command = command
        self._environment = environment
        self._log = log
        self._answers = answers
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it and waits until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*MORTAL, *self._command],
                env=self._environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert self._process.poll() is None, self._log.read_text(errors="replace")[-2000:]
            assert time.monotonic() < deadline, self._log.read_text(errors="replace")[-2000:]
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGKILL) -> None:
        """Ends it, by default as a power cut does, and waits for its end."""
        if self._process is not None:
            if self._process.poll() is None:
                os.killpg(self._process.pid, how)
            self._process.wait(PATIENCE)
            self._process = None


class Postgres:
    """A PostgreSQL server with databases to order."""

    def __init__(self, server: Server, port: int) -> None:
        self.server = server
        self.port = port
        self._numbers = count(1)
        self._template = ""

    def url(self, database: str) -> str:
        """The address of a database."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """The address of an empty database."""
        return self.url(self._created("template0"))

    def new_corpus(self) -> str:
        """The address of a database with the tables of an empty corpus, which are made once."""
        if not self._template:
            self._template = self._created("template0")
            address = server_url(self.url(self._template))
            Catalog(address).close()
            Store(address).close()
        return self.url(self._created(self._template))

    def _created(self, template: str) -> str:
        name = f"corpus_{next(self._numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name


class Chroma:
    """A Chroma server."""

    def __init__(self, server: Server, url: str) -> None:
        self.server = server
        self.url = url


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A PostgreSQL server until the context ends; the test is skipped where none is installed."""
    programs = _postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    # pytest's own folders are closed to other users, and PostgreSQL does not run as root.
    folder = Path(tempfile.mkdtemp(prefix="dossier-postgres-", dir=_quick_disk()))
    try:
        as_user = _as_another_user(folder)
        files = folder / "files"
        made = [*as_user, programs / "initdb", "-D", files, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run([*map(str, made), "--locale=C.UTF-8"], check=True, capture_output=True)
        port = free_port()
        settings = ["fsync=off", "unix_socket_directories=", "listen_addresses=127.0.0.1", "max_connections=200"]
        options = [word for setting in settings for word in ("-c", setting)]
        command = [*as_user, str(programs / "postgres"), "-D", str(files), "-p", str(port), *options]
        postgres = Postgres(Server(command, folder / "log", lambda: _takes_connections(port)), port)
        try:
            postgres.server.start()
            yield postgres
        finally:
            postgres.server.stop(signal.SIGQUIT)
    finally:
        shutil.rmtree(folder)


@contextmanager
def running_chroma(folder: Path) -> Iterator[Chroma]:
    """A Chroma server until the context ends."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    program = Path(sys.executable).with_name("chroma")
    command = [str(program), "run", "--path", str(folder / "files"), "--host", "127.0.0.1", "--port", str(port)]
    server = Server(command, folder / "log", lambda: _is_alive(f"{url}/api/v2/heartbeat"))
    try:
        server.start()
        yield Chroma(server, url)
    finally:
        server.stop()


def _quick_disk() -> str | None:
    """In memory where there is room: every database is some hundred files."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > 2**31 else None


def _postgres_programs() -> Path | None:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    found = installed[-1] if installed else shutil.which("postgres")
    return Path(found).resolve().parent if found else None


def _as_another_user(folder: Path) -> list[str]:
    if os.geteuid():
        return []
    shutil.chown(folder, "postgres", "postgres")
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=KILL"]


def _takes_connections(port: int) -> bool:
    try:
        psycopg.connect(f"postgresql://{USER}@127.0.0.1:{port}/postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _is_alive(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.HTTPError:
        return False
