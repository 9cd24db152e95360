"""The bodies of answers, unpacked a little at a time: a kilobyte can stand for gigabytes."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from ingest.errors import SourceError

ACCEPTED = "gzip, deflate"
PIECE = 1 << 16
_CODINGS = frozenset({"gzip", "x-gzip", "deflate"})


def unpacked(chunks: Iterable[bytes], coding: str, origin: str) -> Iterator[bytes]:
    """The body whose Content-Encoding is `coding`, in pieces of `PIECE` bytes at most where it was packed.

    Raises: SourceError for a coding that was not asked for, or several over one another; zlib.error for broken data.
    """
    name = coding.strip().lower()
    if name in ("", "identity"):
        yield from chunks
    elif name in _CODINGS:
        yield from _inflated(chunks, name == "deflate")
    else:
        raise SourceError(f"{origin} sent a body packed as {name[:40]!r}.", "Save the page and give the file.")


def _inflated(chunks: Iterable[bytes], deflate: bool) -> Iterator[bytes]:
    inflater = None
    for chunk in chunks:
        inflater = inflater or zlib.decompressobj(_window(chunk, deflate))
        while chunk:
            yield inflater.decompress(chunk, PIECE)
            chunk = inflater.unconsumed_tail
    if inflater:
        yield inflater.flush()


def _window(start: bytes, deflate: bool) -> int:
    """Of what is called deflate, some servers send the bare stream, without zlib's two bytes around it."""
    if not deflate:
        return zlib.MAX_WBITS | 16
    return zlib.MAX_WBITS if start[:1] == b"\x78" else -zlib.MAX_WBITS
