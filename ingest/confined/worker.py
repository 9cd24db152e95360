"""The worker process: `python -m ingest.confined.worker MEMORY` extracts what comes on its standard input."""

from __future__ import annotations

import os
import pickle
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from typing import BinaryIO

from ingest.confined import wire
from ingest.documents import Document, Extracted
from ingest.errors import DossierError, ExtractError
from ingest.extract import extract, parser

BEGUN = b""


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Answers each document with BEGUN once its parser is loaded and then with what came of it, until there is no more
    or the memory is spent."""
    while (request := wire.read_frame(requests)) is not None:
        document, seconds = pickle.loads(request)  # noqa: S301 - what the parent wrote
        _send(replies, _load(document))
        with bounded(requests, seconds):
            outcome = attempt(document)
        _send(replies, wire.packed(outcome))
        if isinstance(outcome, MemoryError):
            return


def attempt(document: Document) -> Extracted | ExtractError | MemoryError:
    """What comes of a document, whatever its parser raises."""
    try:
        return extract(document)
    except MemoryError:
        return MemoryError()
    except ExtractError as error:
        return error
    except DossierError as error:
        return ExtractError(error.message, error.help)
    except Exception as error:  # noqa: BLE001 - parsers raise whatever they run into
        told = f"{type(error).__name__}: {error}"[:300]
        return ExtractError(f"It could not be read ({told}).", "Save it in another format and try again.")


@contextmanager
def bounded(requests: BinaryIO, seconds: float) -> Iterator[None]:
    """While it lasts, the kernel ends this process when the time is up or the parent is gone, even where a parser
    never comes back to Python. The parent writes nothing meanwhile, so that its end alone makes `requests` stir."""
    import fcntl

    number = requests.fileno()
    flags = fcntl.fcntl(number, fcntl.F_GETFL)
    signal.setitimer(signal.ITIMER_REAL, ceil(seconds) + 1)
    fcntl.fcntl(number, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(number, fcntl.F_SETFL, flags | os.O_ASYNC)
    try:
        yield
    finally:
        fcntl.fcntl(number, fcntl.F_SETFL, flags)
        signal.setitimer(signal.ITIMER_REAL, 0)


def limit(memory: int) -> None:
    """Bounds the memory; no file may be written, and a crash leaves no image of the memory."""
    import resource

    bounds = ((resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0))
    for kind, most in bounds:
        hard = resource.getrlimit(kind)[1]
        lower = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (lower, lower))


def _load(document: Document) -> bytes:
    parser(document.kind)
    return BEGUN


def _send(replies: BinaryIO, data: bytes) -> None:
    replies.write(wire.framed(data))
    replies.flush()


def main() -> None:
    """Serves the parent; what the parsers print goes nowhere."""
    limit(int(sys.argv[1]))
    replies = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a device, not a path
        os.dup2(nowhere.fileno(), 1)
    serve(sys.stdin.buffer, replies)


if __name__ == "__main__":
    main()
