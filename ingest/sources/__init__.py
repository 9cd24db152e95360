"""From what the user names (files, folders, addresses) to documents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.documents import NO_HINTS, USUAL_NAMES, Document, Failure, FieldNames, Hints
from ingest.errors import ForbiddenAddress
from ingest.fetch import Fetcher
from ingest.sources.files import from_path
from ingest.sources.limits import USUAL_LIMITS, Limits
from ingest.sources.reading import Reading
from ingest.sources.web import from_address

__all__ = ["Limits", "is_address", "read"]

_SCHEME = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]+)://", re.IGNORECASE)


def read(
    inputs: Sequence[str],
    hints: Hints = NO_HINTS,
    fields: FieldNames = USUAL_NAMES,
    fetcher: Fetcher | None = None,
    limits: Limits = USUAL_LIMITS,
) -> Iterator[Document | Failure]:
    """The documents of files, folders and http(s) addresses, one at a time, each input in order.

    `hints` hold for every document and win over sidecars; `fields` name the fields of JSON records. Without a
    `fetcher` no address is read. Whatever cannot be read becomes a Failure and the rest goes on.
    """
    reading = Reading(hints, fields, fetcher, limits)
    for name in inputs:
        scheme = _SCHEME.match(name)
        if scheme is None:
            yield from from_path(name, reading)
        elif is_address(name):
            yield from from_address(name, reading)
        else:
            error = ForbiddenAddress(f"{name} is not an http or https address.", "Give one of those, or a file.")
            yield Failure(name, error)


def is_address(name: str) -> bool:
    """Whether an input is an http or https address rather than a path."""
    scheme = _SCHEME.match(name)
    return scheme is not None and scheme["scheme"].lower() in ("http", "https")
