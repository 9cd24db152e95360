"""gz and zip: their members as parts, unpacked in memory and within a budget."""

from __future__ import annotations

import gzip
import struct
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath
from typing import BinaryIO, ParamSpec, TypeVar, cast

from ingest.documents import Failure
from ingest.errors import SourceError
from ingest.sources.kinds import type_of_name
from ingest.sources.parts import Opener, Part
from ingest.sources.reading import Reading
from ingest.sources.sidecars import MAX_BYTES, hints_beside, is_sidecar
from ingest.sources.streams import Budget, explained, metered, take

_ENCRYPTED = 0x1
_MALFORMED = (ValueError, RuntimeError, LookupError, OverflowError, struct.error)
P = ParamSpec("P")
R = TypeVar("R")


def gunzipped(part: Part, reading: Reading) -> Part:
    """The file inside a .gz, under the name without that ending. Raises SourceError for an archive in an archive."""
    inner = replace(part, name=part.name[: -len(".gz")], open=partial(open_gz, part.open, part.origin, reading))
    if is_archive(inner.name):
        raise nested(part.origin)
    return inner


def unzipped(part: Part, reading: Reading) -> Iterator[Part | Failure]:
    """The readable members of a .zip, in order of name, each to be read before the next is asked for."""
    budget = Budget(reading.limits.archive_bytes, part.origin)
    with part.open() as stream, _soundly(zipfile.ZipFile)(stream) as archive:
        members = {info.filename: info for info in archive.infolist() if info.filename and not info.is_dir()}
        for name, info in sorted(members.items()):
            if not _hidden(name) and not is_sidecar(name):
                yield _member(part, archive, info, budget, members)


def is_archive(name: str) -> bool:
    """Whether a file name is that of an archive."""
    return type_of_name(name) in ("gz", "zip")


def nested(origin: str) -> SourceError:
    """The error for an archive inside an archive."""
    return SourceError(f"{origin} is an archive inside an archive.", "Unpack the outer one and give the folder.")


def _member(
    part: Part,
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    budget: Budget,
    members: dict[str, zipfile.ZipInfo],
) -> Part | Failure:
    origin = f"{part.origin}#{_printable(info.filename)}"
    if info.flag_bits & _ENCRYPTED:
        return Failure(origin, SourceError(f"{origin} is encrypted.", "Unpack the archive and give the folder."))
    if is_archive(info.filename):
        return Failure(origin, nested(origin))
    try:
        with explained(origin):
            beside = hints_beside(info.filename, _sidecar_reader(archive, members, budget))
    except SourceError as error:
        return Failure(origin, error)
    opener = partial(_open_member, archive, info, budget)
    return Part(info.filename, origin, opener, part.hints.over(beside), chosen=False)


def _sidecar_reader(
    archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], budget: Budget
) -> Callable[[str], bytes | None]:
    def read(name: str) -> bytes | None:
        if name not in members:
            return None
        with _open_member(archive, members[name], budget) as stream:
            return take(stream, MAX_BYTES, name)

    return read


@contextmanager
def open_gz(opener: Opener, origin: str, reading: Reading) -> Iterator[BinaryIO]:
    """The unpacked stream of what `opener` opens, within the limit for an archive."""
    budget = Budget(reading.limits.archive_bytes, origin)
    with opener() as packed, gzip.GzipFile(fileobj=packed) as unpacked:
        yield metered(unpacked.read1, budget)


@contextmanager
def _open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> Iterator[BinaryIO]:
    with _soundly(archive.open)(info) as member:
        yield metered(_soundly(cast(BinaryIO, member).read), budget)


def _soundly(step: Callable[P, R]) -> Callable[P, R]:
    """A step of unpacking, with one kind of error for whatever the unpacker runs into in a malformed archive."""

    def taken(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return step(*args, **kwargs)
        except _MALFORMED as error:
            raise zipfile.BadZipFile(str(error)) from error

    return taken


def _hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)


def _printable(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
