"""A worker process as its parent sees it."""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import subprocess
import sys
from time import monotonic

from ingest.confined import wire
from ingest.documents import Document, Extracted

START_SECONDS = 120.0


class WorkerLost(Exception):
    """The worker ended, or must be ended. `exhausted` where it ran out of memory."""

    def __init__(self, how: str, exhausted: bool = False) -> None:
        super().__init__(how)
        self.exhausted = exhausted


class WorkerProcess:
    """A running `python -m ingest.confined.worker`, which extracts one document after another."""

    def __init__(self, memory: int) -> None:
        """`memory` bounds its address space, in bytes."""
        # -B: it may write no file. A session of its own: Ctrl-C is for the parent, which then closes it.
        command = [sys.executable, "-B", "-m", "ingest.confined.worker", str(memory)]
        self._process = subprocess.Popen(  # noqa: S603 - our own module; each argument is one word, never a shell line
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests = self._process.stdin
        self._replies = self._process.stdout
        self._ready = select.poll()
        self._ready.register(self._replies, select.POLLIN)

    @property
    def pid(self) -> int:
        """The process id of the worker."""
        return self._process.pid

    def extract(self, document: Document, seconds: float) -> Extracted:
        """What the worker makes of the document. After an error that is not an ExtractError the worker must be closed.

        Raises: ExtractError; TimeoutError after `seconds` of extraction; WorkerLost.
        """
        try:
            self._requests.write(wire.framed(pickle.dumps((document, seconds))))
            self._requests.flush()
        except OSError:
            raise self._lost() from None
        # The libraries that a kind of document needs are loaded before its own time begins.
        try:
            self._receive(monotonic() + START_SECONDS)
        except TimeoutError:
            raise WorkerLost("it does not start") from None
        reply = self._receive(monotonic() + seconds)
        try:
            return wire.unpacked(reply, document)
        except MemoryError:
            raise WorkerLost("out of memory", exhausted=True) from None
        except wire.Garbled as error:
            raise WorkerLost(str(error)) from None

    def kill(self) -> None:
        """Ends the process at once."""
        self._process.kill()

    def close(self) -> None:
        """Ends the process and frees its pipes."""
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(OSError):  # a request that was never read
            self._requests.close()
        self._replies.close()

    def _receive(self, deadline: float) -> bytes:
        length = wire.length_of(self._read(wire.HEADER, deadline))
        if length > wire.LONGEST:
            raise WorkerLost("its text is too long")
        return bytes(self._read(length, deadline))

    def _read(self, count: int, deadline: float) -> bytearray:
        data = bytearray()
        while len(data) < count:
            left = deadline - monotonic()
            if left <= 0 or not self._ready.poll(1000 * left):
                raise TimeoutError
            piece = os.read(self._replies.fileno(), count - len(data))
            if not piece:
                raise self._lost()
            data += piece
        return data

    def _lost(self) -> WorkerLost:
        self._process.kill()
        code = self._process.wait()
        return WorkerLost(f"signal {-code}" if code < 0 else f"exit {code}")
