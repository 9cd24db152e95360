"""A collector of traces on loopback."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

Taken = tuple[str, ExportTraceServiceRequest]


@contextmanager
def collector() -> Iterator[tuple[str, list[Taken]]]:
    """The address of something that takes spans over HTTP, and what it took, each with its path."""
    taken: list[Taken] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            request = ExportTraceServiceRequest()
            request.ParseFromString(gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body)
            taken.append((self.path, request))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", taken
        finally:
            server.shutdown()
            thread.join()


def spans_of(taken: Iterable[Taken]) -> Iterator[Span]:
    """The spans of what was taken."""
    for _, request in taken:
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                yield from scope.spans
