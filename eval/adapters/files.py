"""Files of public sets: JSON and JSON Lines, gzipped or not, alone or in their folder."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from eval.errors import CaseError

_GZIP = b"\x1f\x8b"
_TOLD = 3
"""Faults of one record that a message names."""


class Part(BaseModel):
    """An object of a set's file. Fields that no adapter needs are let be."""

    model_config = ConfigDict(frozen=True, extra="ignore")


Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""Text that may not be blank."""
Id = Annotated[Words, Field(coerce_numbers_to_str=True)]
"""A name, which some copies of a set write as a number."""
P = TypeVar("P", bound=Part)
T = TypeVar("T")


def find(path: Path, *patterns: str) -> Path:
    """The file itself, or the one file of a folder that fits the first pattern that any file fits.

    Each pattern stands for gzipped files too. Raises: CaseError when nothing fits, or several files do.
    """
    if path.is_file():
        return path
    if not path.is_dir():
        raise CaseError(f"There is nothing at {path}.", "Give the path of the set's file or folder.")
    for pattern in (each for plain in patterns for each in (plain, f"{plain}.gz")):
        found = sorted(each for each in path.glob(pattern) if each.is_file() and not each.name.startswith("."))
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(each.relative_to(path).as_posix() for each in found[:6])
            raise CaseError(
                f"{path} has several files for one: {names}.", "Give the path of one, or take the rest away."
            )
    raise CaseError(f"There is no {' or '.join(patterns)} in {path}.", "Give the path of the set's file or folder.")


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, each with its number. Raises: CaseError when the file cannot be read as UTF-8."""
    try:
        with path.open("rb") as raw:
            zipped = raw.read(len(_GZIP)) == _GZIP
        with gzip.open(path, "rt", encoding="utf-8-sig") if zipped else path.open(encoding="utf-8-sig") as text:
            for number, line in enumerate(text, start=1):
                if line.strip():
                    yield number, line
    except UnicodeDecodeError as error:
        raise CaseError(f"{path} is not UTF-8 (byte {error.start}).", "Save it as UTF-8.") from error
    except OSError as error:
        raise CaseError(
            f"{path} cannot be read ({error.strerror or error}).", "Give a file that can be read."
        ) from error
    except (EOFError, zlib.error) as error:
        raise CaseError(f"{path} is a damaged gzip file ({error}).", "Fetch it again.") from error


def document(path: Path, kind: type[P]) -> P:
    """The one JSON object of a file. Raises: CaseError when it cannot be read or is not of that kind."""
    return _checked(TypeAdapter(kind), _whole(path), str(path))


def records(path: Path, kind: type[P]) -> Iterator[tuple[str, P]]:
    """The objects of a JSON Lines file or of a JSON list, each with the file and line (or item) it stands at.

    Raises: CaseError, with that place, for what is not of that kind, and for a file without any.
    """
    adapter = TypeAdapter(kind)
    opening = next(lines(path), None)
    if opening is None:
        raise CaseError(f"There is nothing in {path}.", "Give a file with one JSON object a line.")
    if opening[1].lstrip().startswith("["):
        yield from _items(path, kind)
        return
    for number, line in lines(path):
        where = f"{path}:{number}"
        yield where, _checked(adapter, line, where)


def _items(path: Path, kind: type[P]) -> Iterator[tuple[str, P]]:
    found = _checked(TypeAdapter(list[kind]), _whole(path), str(path))  # type: ignore[valid-type]
    for number, item in enumerate(found, start=1):
        yield f"{path}, item {number}", item


def _whole(path: Path) -> str:
    return "".join(line for _, line in lines(path))


def _checked(adapter: TypeAdapter[T], text: str, where: str) -> T:
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, item['loc'])) or 'record'}: {item['msg']}" for item in error.errors()]
        more = f" and {len(faults) - _TOLD} more" if len(faults) > _TOLD else ""
        raise CaseError(
            f"{where}: {'; '.join(faults[:_TOLD])}{more}", "Give the set's file as it was published."
        ) from error


class Ids:
    """The ids of one set: no two alike."""

    def __init__(self) -> None:
        self._places: dict[str, str] = {}

    def new(self, given: str, where: str) -> str:
        """The id, unless it was given before. Raises: CaseError."""
        if given in self._places:
            raise CaseError(f"{where}: the id {given!r} is that of {self._places[given]} too.", "Give each its own.")
        self._places[given] = where
        return given
