"""An embeddings server on loopback, as text-embeddings-inference and its like speak, that can misbehave."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from ingest.embedder import Embedder

Fault = Callable[[list[list[float]]], tuple[int, bytes]]
"""What is answered in place of the right vectors: a status and a body."""


@dataclass
class EmbeddingsServer:
    """`faults` are played one a request; `fault` again and again while it is set. `longest` is the longest text that is
    taken, `most` the largest batch; beyond either the answer is 413. `key` is what callers must show."""

    embedder: Embedder
    url: str = ""
    key: str | None = None
    most: int = 32
    longest: int = 10**6
    fault: Fault | None = None
    faults: list[Fault] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    over: Event = field(default_factory=Event)

    def answer(self, body: dict[str, Any], key: str | None) -> tuple[int, bytes]:
        """The status and the body for a request."""
        self.asked.append(body)
        if self.key is not None and key != f"Bearer {self.key}":
            return 401, json.dumps({"error": f"wrong key: {key}"}).encode()
        texts = body["input"]
        if len(texts) > self.most or max(map(len, texts)) > self.longest:
            return 413, b'{"error": "too large"}'
        vectors = [[float(each) for each in row] for row in self.embedder.encode(texts)]
        fault = self.faults.pop(0) if self.faults else self.fault
        return fault(vectors) if fault else (200, listed(vectors))


def listed(vectors: Sequence[Sequence[float | None]]) -> bytes:
    """OpenAI's list of embeddings, the last one first: only `index` says which is which."""
    rows = [{"object": "embedding", "index": index, "embedding": row} for index, row in enumerate(vectors)]
    return json.dumps({"object": "list", "data": rows[::-1], "model": "served"}).encode()


@contextmanager
def embeddings_server(embedder: Embedder, port: int = 0) -> Iterator[EmbeddingsServer]:
    """A server over a real embedder."""
    served = EmbeddingsServer(embedder)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found = self.path == "/v1/embeddings"
            status, body = served.answer(content, self.headers["Authorization"]) if found else (404, b"")
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        served.url = f"http://127.0.0.1:{server.server_port}/v1"
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield served
        finally:
            served.over.set()
            server.shutdown()
