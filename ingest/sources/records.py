"""JSON and JSON Lines to one document a record."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from ingest.documents import Document, Failure, Hints
from ingest.errors import SourceError
from ingest.sources.reading import Items, Reading
from ingest.sources.streams import lines, take, too_large
from ingest.text import decode

_LONGEST_ID = 500
_HELP = "Give JSON objects with the article's text and title; name other fields as text=...,title=..."


def from_json(stream: BinaryIO, origin: str, hints: Hints, reading: Reading) -> Items:
    """One object, a list of objects, an object around one list of objects, or JSON Lines under the wrong name."""
    data = take(stream, reading.limits.document_bytes, origin)
    try:
        value = _loads(data)
    except SourceError as error:
        if _starts_with_an_object(data):
            yield from from_lines(io.BytesIO(data), origin, hints, reading)
            return
        raise SourceError(f"{origin}: {error.message}", error.help) from error
    records = _records(value, reading)
    if records is None:
        yield _checked(value, origin, origin, hints, reading)
        return
    naming = _Naming(origin, reading)
    for number, record in enumerate(records, start=1):
        yield _checked(record, naming.name(record, number), f"{origin}, item {number}", hints, reading)


def from_lines(stream: BinaryIO, origin: str, hints: Hints, reading: Reading) -> Items:
    """One object a line, streamed. A bad line is a Failure with its number; the others go on."""
    naming = _Naming(origin, reading)
    limit = reading.limits.document_bytes
    for number, line in enumerate(lines(stream, limit), start=1):
        where = f"{origin}, line {number}"
        if line is None:
            yield Failure(f"{origin}#{number}", too_large(where, limit))
            continue
        if not line.strip():
            continue
        try:
            record = _loads(line)
        except SourceError as error:
            yield Failure(f"{origin}#{number}", SourceError(f"{where}: {error.message}", error.help))
            continue
        yield _checked(record, naming.name(record, number), where, hints, reading)


class _Naming:
    """Origins of the records of one file: by id where there is one and it is new, else by number."""

    def __init__(self, origin: str, reading: Reading) -> None:
        self._origin, self._fields = origin, reading.fields
        self._seen: set[str] = set()

    def name(self, record: Any, number: int) -> str:
        given = self._fields.value(record, "id") if isinstance(record, Mapping) else None
        if not isinstance(given, str | int) or len(str(given)) > _LONGEST_ID:
            return f"{self._origin}#{number}"
        name = f"{self._origin}#{given}"
        if name in self._seen:
            return f"{name}@{number}"
        self._seen.add(name)
        return name


def _checked(record: Any, origin: str, where: str, hints: Hints, reading: Reading) -> Document | Failure:
    if not isinstance(record, Mapping):
        return Failure(origin, SourceError(f"{where}: not an object but {_sort_of(record)}.", _HELP))
    data = json.dumps(record, sort_keys=True, separators=(",", ":")).encode("ascii")
    return Document(origin, "record", data, hints, reading.fields)


def _records(value: Any, reading: Reading) -> Sequence[Any] | None:
    if isinstance(value, list):
        return value
    if not isinstance(value, Mapping) or reading.fields.value(value, "text") is not None:
        return None
    lists = [item for item in value.values() if isinstance(item, list) and any(isinstance(one, dict) for one in item)]
    return lists[0] if len(lists) == 1 else None


def _loads(data: bytes) -> Any:
    text, _ = (data.decode("utf-8-sig"), ()) if _is_utf8(data) else decode(data)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"not JSON ({error}).", "Write each record as JSON.") from error


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _starts_with_an_object(data: bytes) -> bool:
    first = next(_full_lines(data), b"")
    try:
        return isinstance(_loads(first), Mapping)
    except SourceError:
        return False


def _full_lines(data: bytes) -> Iterator[bytes]:
    return (line for line in io.BytesIO(data) if line.strip())


def _sort_of(value: Any) -> str:
    names = {list: "a list", str: "a string", bool: "a truth value", int: "a number", float: "a number"}
    return names.get(type(value), "nothing")
