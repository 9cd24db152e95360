"""Vector indexes on a Chroma server, a distributed Chroma or Chroma's cloud, for any number of processes."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

import chromadb
import httpx
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings
from chromadb.errors import NotFoundError

from ingest.embedder import Stamp
from ingest.errors import SettingsError, StorageError
from ingest.patience import patiently
from ingest.troubles import explain_server, trouble
from ingest.vectors.index import VectorIndex, collection_in, explained

SETTING = "DOSSIER_CHROMA_URL"
TOKEN = "x-chroma-token"  # noqa: S105 - a header's name
ANSWER_SECONDS = 30.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Server:
    """Which server, and what of it: `url` is http(s)://host[:port]."""

    url: str
    tenant: str
    database: str
    token: str | None = None

    @property
    def place(self) -> str:
        """What errors call it."""
        return f"The Chroma server {self.url}"


class ServerIndex(VectorIndex):
    """An index on a server; see `VectorIndex`. Once it was replaced by another one, it is that other one."""

    page = 300  # what Chroma's cloud takes at once

    def __init__(self, client: Any, server: Server, name: str, stamp: Stamp, now: Callable[[], str]) -> None:
        """`now` tells the name of the index in use."""
        self._client = client
        self._server = server
        self._stamp = stamp
        self._now = now
        self._collection = self._open(name)

    def close(self) -> None:
        """See `VectorIndex`: the connections are those of the server."""

    def _open(self, name: str) -> Collection:
        return _asked(self._server, lambda: collection_in(self._client, name, self._stamp))

    def _use(self, work: Callable[[Collection], T]) -> T:
        try:
            return _asked(self._server, lambda: work(self._collection))
        except _Replaced:
            self._collection = self._open(self._now())
            return _asked(self._server, lambda: work(self._collection))


class _Replaced(StorageError):
    """The collection is gone."""


class ChromaServer:
    """Indexes on a server; see `Indexes`.

    Raises: StorageError when it cannot be reached or lets nobody in, SettingsError for an address that is none.
    """

    def __init__(self, server: Server, in_use: Callable[[], str | None]) -> None:
        """`in_use` tells the name of the index in use."""
        self._server = server
        self._in_use = in_use
        self._client = _asked(server, lambda: _connected(server))

    def first(self) -> str:
        """See `Indexes`: of a kind of its own, for others may use the server too."""
        return f"dossier-{uuid.uuid4().hex[:12]}-1"

    def open(self, name: str, stamp: Stamp) -> ServerIndex:
        """See `Indexes`."""
        return ServerIndex(self._client, self._server, name, stamp, lambda: self._in_use() or name)

    def names(self) -> list[str]:
        """See `Indexes`."""
        return _asked(self._server, lambda: [each.name for each in self._client.list_collections()])

    def keep_only(self, name: str) -> None:
        """See `Indexes`."""
        kind = name.rpartition("-")[0]
        for other in self.names():
            if other != name and other.rpartition("-")[0] == kind:
                _asked(self._server, partial(self._client.delete_collection, other))

    def probe(self, name: str, stamp: Stamp) -> None:
        """See `Indexes`: what the server reads ends no process of ours."""

    def close(self) -> None:
        """See `Indexes`."""
        self._client.close()
        for session in _sessions_of(self._client):
            session.close()


def _asked(server: Server, work: Callable[[], T]) -> T:
    """What the work gives; all of what is asked of a server may be asked again."""
    return explained(lambda: patiently(work, _away), lambda error: _explanation(server, error))


def _connected(server: Server) -> Any:
    parts = urlsplit(server.url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingsError(f"{SETTING} names no server.", "Write it as http://HOST:8000.")
    client = chromadb.HttpClient(
        host=parts.hostname,
        port=parts.port or (443 if parts.scheme == "https" else 80),
        ssl=parts.scheme == "https",
        headers={TOKEN: server.token} if server.token else None,
        settings=Settings(anonymized_telemetry=False),
        tenant=server.tenant,
        database=server.database,
    )
    for session in _sessions_of(client):
        session.timeout = httpx.Timeout(ANSWER_SECONDS)
    return client


def _sessions_of(client: Any) -> Sequence[httpx.Client]:
    """Chroma's client, and the one that it looks up tenants with, would wait for ever and keep their connections for
    ever, and have no setting for either."""
    return client._server._session, client._admin_client._server._session


def _away(error: Exception) -> bool:
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code in {429, 502, 503, 504}
    return isinstance(error, (httpx.ConnectError, httpx.RemoteProtocolError, httpx.ReadError)) or (
        isinstance(error, ValueError) and "could not connect" in str(error).lower()
    )


def _explanation(server: Server, error: Exception) -> StorageError:
    if isinstance(error, NotFoundError):
        return _Replaced(f"{server.place} has no such index any more.", "Try again.")
    reason = f"{type(error).__name__}: {error}"
    if isinstance(error, httpx.TransportError) or _away(error):
        reason = reason if trouble(reason) else f"{reason} (connection failed)"
    return explain_server(server.place, SETTING, reason)
