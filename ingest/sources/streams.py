"""Bytes read within limits."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from ingest.errors import SourceError
from ingest.sources.limits import MEGABYTE

_BLOCK = 1 << 16


def take(stream: BinaryIO, limit: int, origin: str) -> bytes:
    """All bytes of a stream. Raises SourceError when there are more than `limit`."""
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise too_large(origin, limit)
    return data


def lines(stream: BinaryIO, limit: int) -> Iterator[bytes | None]:
    """The lines of a stream, one at a time in memory; None in place of a line longer than `limit` bytes."""
    while line := stream.readline(limit + 1):
        if len(line) <= limit or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(_BLOCK)
        yield None


def too_large(origin: str, limit: int) -> SourceError:
    """The error for a document over the limit."""
    return SourceError(
        f"{origin} is larger than {limit / MEGABYTE:g} MB, the most that is read as one article.",
        "Split it, or write its articles as JSON Lines, which are read one by one.",
    )


class Budget:
    """Bytes that one archive may still unpack to."""

    def __init__(self, total: int, origin: str) -> None:
        self._total, self._left, self._origin = total, total, origin

    def spend(self, count: int) -> None:
        """Raises SourceError when the archive unpacks to more than its total."""
        self._left -= count
        if self._left < 0:
            raise SourceError(
                f"{self._origin} unpacks to more than {self._total / MEGABYTE:g} MB; reading stopped there.",
                "Unpack it and give the folder, if you trust it.",
            )


class _Metered(io.RawIOBase):
    def __init__(self, read: Callable[[int], bytes], budget: Budget) -> None:
        self._read, self._budget = read, budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._read(len(buffer))
        self._budget.spend(len(data))
        buffer[: len(data)] = data
        return len(data)


def metered(read: Callable[[int], bytes], budget: Budget) -> BinaryIO:
    """A stream over `read` that spends from `budget`."""
    return io.BufferedReader(_Metered(read, budget), _BLOCK)


@contextmanager
def explained(origin: str) -> Iterator[None]:
    """Turns what the operating system and the decompressors raise into SourceError."""
    try:
        yield
    except PermissionError as error:
        raise SourceError(f"{origin} may not be read.", "Give yourself the right to read it.") from error
    except FileNotFoundError as error:
        raise SourceError(f"{origin} does not exist.", "Check the path.") from error
    except (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError) as error:
        raise SourceError(f"{origin} is a broken archive: {error}.", "Fetch or pack it again.") from error
    except OSError as error:
        raise SourceError(f"{origin} could not be read: {error.strerror or error}.", "Check the file.") from error
