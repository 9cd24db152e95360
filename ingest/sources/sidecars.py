"""Facts about a file in a small file beside it: `article.txt.meta.json` or `article.txt.meta.yaml`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ingest import plainyaml
from ingest.documents import NO_HINTS, USUAL_NAMES, FieldNames, Hints
from ingest.errors import SourceError

SUFFIXES = (".meta.json", ".meta.yaml", ".meta.yml")
MAX_BYTES = 100_000
_ROLES = frozenset(FieldNames.roles()) - {"text", "id"}


def is_sidecar(name: str) -> bool:
    """Whether a file name is that of a sidecar."""
    return name.lower().endswith(SUFFIXES)


def hints_beside(name: str, read: Callable[[str], bytes | None]) -> Hints:
    """What the sidecar of `name` says; `read` gives a file's bytes by name, or None where there is none.

    Raises SourceError for a sidecar that cannot be used.
    """
    for suffix in SUFFIXES:
        data = read(name + suffix)
        if data is not None:
            return _parsed(data, name + suffix)
    return NO_HINTS


def _parsed(data: bytes, name: str) -> Hints:
    record = _mapping(data, name)
    known = {alternative for role in _ROLES for alternative in getattr(USUAL_NAMES, role)}
    unknown = sorted(str(key) for key in record if key not in known)
    if unknown:
        raise SourceError(f"{name} has an unknown field '{unknown[0]}'.", f"Known: {', '.join(sorted(_ROLES))}.")
    hints, notes = USUAL_NAMES.hints(record)
    if notes:
        raise SourceError(f"{name}: {notes[0]}.", "Write dates as YYYY-MM-DD.")
    return hints


def _mapping(data: bytes, name: str) -> Mapping[str, Any]:
    try:
        record = json.loads(data) if name.endswith(".json") else plainyaml.load(data)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{name} cannot be parsed: {' '.join(str(error).split())}.", "Mend or remove it.") from error
    if not isinstance(record, Mapping):
        raise SourceError(f"{name} holds no fields.", "Write fields such as title and published, one a line.")
    return record
