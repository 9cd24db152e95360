"""Replicas of the service over the same servers, and a balancer before them."""

from __future__ import annotations

import signal
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from ingest.settings import IngestSettings
from tests.commands import ROOT, start
from tests.servers import Server, free_port

CONFIGURATION = ROOT / "docs" / "deploy" / "nginx-replicas.conf"
NGINX = "/usr/sbin/nginx"


class Replica:
    """One `dossier serve`, and what it logged."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.log: list[str] = []
        self.url = ""
        # Read to its end, or the process would wait for somebody who does.
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._answering = threading.Event()
        self._reader.start()

    def wait(self) -> None:
        """Waits until it answers."""
        assert self._answering.wait(120), self.log
        assert self.url, self.log

    def kill(self) -> None:
        """Ends it as a power cut does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)
        self._reader.join(30)
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log.append(line)
            if "Answering at" in line:
                self.url = line.split()[2]
                self._answering.set()
        self._answering.set()


def environment_of(settings: IngestSettings) -> dict[str, str]:
    """What makes a command use the servers of the settings."""
    assert settings.database_url is not None
    assert settings.chroma_url is not None
    return {
        "DOSSIER_DATABASE_URL": settings.database_url.get_secret_value(),
        "DOSSIER_CHROMA_URL": settings.chroma_url,
    }


@contextmanager
def replicas(count: int, data: Path, environment: Mapping[str, str]) -> Iterator[list[Replica]]:
    """So many replicas, ready to answer."""
    with ExitStack() as stack:
        started = []
        for number in range(count):
            given = ("serve", "--data", data / str(number), "--port", str(free_port()), "--llm", "none")
            replica = Replica(start(*given, environment=environment))
            stack.callback(replica.kill)
            started.append(replica)
        for replica in started:
            replica.wait()
        yield started


@contextmanager
def balancer(folder: Path, urls: list[str]) -> Iterator[str]:
    """The address of nginx before them, as the documentation configures it; the test is skipped where there is none."""
    if not Path(NGINX).exists():
        pytest.skip("nginx is not installed (Debian: nginx-light)")
    port = free_port()
    for name in ("body", "proxy", "fastcgi", "uwsgi", "scgi"):
        (folder / name).mkdir(parents=True)
    configured = CONFIGURATION.read_text(encoding="utf-8")
    for number, url in enumerate(urls, start=11):
        configured = configured.replace(f"10.0.0.{number}:8787", url.removeprefix("http://"))
    configured = configured.replace("listen 80;", f"listen 127.0.0.1:{port};")
    kept = f"client_body_temp_path {folder}/body; " + " ".join(
        f"{name}_temp_path {folder}/{name};" for name in ("proxy", "fastcgi", "uwsgi", "scgi")
    )
    path = folder / "nginx.conf"
    path.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/errors; events {{}}\n"
        f"http {{ access_log off; {kept}\n{configured}\n}}\n",
        encoding="utf-8",
    )
    server = Server(
        [NGINX, "-e", str(folder / "errors"), "-p", str(folder), "-c", str(path)],
        folder / "log",
        lambda: _listens(port),
    )
    try:
        server.start()
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop(signal.SIGTERM)


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def client_of(url: str, key: str) -> httpx.Client:
    """A client with that key; the name it calls is one that the replicas answer to."""
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=120)
