"""A part to its documents."""

from __future__ import annotations

from ingest.documents import Document, Failure
from ingest.errors import SourceError
from ingest.sources import records, web
from ingest.sources.archives import gunzipped, unzipped
from ingest.sources.kinds import BY_SUFFIX, document_kind, holds_addresses, type_of_name
from ingest.sources.parts import Part
from ingest.sources.reading import Items, Reading, guarded
from ingest.sources.streams import explained, take


def documents(part: Part, reading: Reading) -> Items:
    """The documents of a part; a Failure in place of what could not be read."""
    return guarded(part.origin, _documents(part, reading))


def _documents(part: Part, reading: Reading) -> Items:
    with explained(part.origin):
        type_ = type_of_name(part.name)
        if type_ == "zip":
            yield from _members(part, reading)
            return
        if type_ == "gz":
            part = gunzipped(part, reading)
            type_ = type_of_name(part.name)
        if type_ is None:
            if part.chosen:
                raise unknown_type(part.origin)
        elif type_ in ("json", "jsonl"):
            yield from _records(part, type_ == "jsonl", reading)
        elif type_ == "xml":
            yield from _linked(part, reading)
        elif kind := document_kind(type_):
            with part.open() as stream:
                data = take(stream, reading.limits.document_bytes, part.origin)
            yield Document(part.origin, kind, data, part.hints)


def unknown_type(origin: str) -> SourceError:
    """The error for something of a type that is not read."""
    return SourceError(f"{origin} is of a type that is not read.", f"Types read: {' '.join(BY_SUFFIX)}")


def _members(part: Part, reading: Reading) -> Items:
    for member in unzipped(part, reading):
        if isinstance(member, Failure):
            yield member
        else:
            yield from documents(member, reading)


def _records(part: Part, by_line: bool, reading: Reading) -> Items:
    read = records.from_lines if by_line else records.from_json
    with part.open() as stream:
        yield from read(stream, part.origin, part.hints, reading)


def _linked(part: Part, reading: Reading) -> Items:
    with part.open() as stream:
        data = take(stream, reading.limits.document_bytes, part.origin)
    if part.chosen or holds_addresses(data):
        yield from web.from_xml(data, part.origin, None, part.hints, reading)
