"""Replicas of the service over the same servers, and a balancer before them."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from ingest.settings import IngestSettings
from tests.commands import ROOT, Service
from tests.servers import Server, free_port, listens

CONFIGURATION = ROOT / "docs" / "deploy" / "nginx-replicas.conf"
NGINX = "/usr/sbin/nginx"


def environment_of(settings: IngestSettings) -> dict[str, str]:
    """What makes a command use the servers of the settings."""
    assert settings.database_url is not None
    assert settings.chroma_url is not None
    return {
        "DOSSIER_DATABASE_URL": settings.database_url.get_secret_value(),
        "DOSSIER_CHROMA_URL": settings.chroma_url,
    }


@contextmanager
def replicas(count: int, data: Path, environment: Mapping[str, str]) -> Iterator[list[Service]]:
    """So many replicas, ready to answer."""
    with ExitStack() as stack:
        started = [
            stack.enter_context(Service(data / str(number), free_port(), environment)) for number in range(count)
        ]
        for replica in started:
            assert replica.address
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
        lambda: listens(port),
    )
    try:
        server.start()
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop(signal.SIGTERM)


def client_of(url: str, key: str) -> httpx.Client:
    """A client with that key; the name it calls is one that the replicas answer to."""
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=120)
