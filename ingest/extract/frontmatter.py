"""YAML front matter of text and Markdown files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ingest import plainyaml
from ingest.documents import NO_HINTS, USUAL_NAMES, Hints

_FENCED = re.compile(r"\s*---[ \t]*\r?\n(?P<yaml>.{0,100000}?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)", re.DOTALL)
_FIELD = re.compile(r"^[A-Za-z_][\w -]*+\s*+:", re.MULTILINE)


def split(text: str) -> tuple[str, Hints, Sequence[str]]:
    """The text without its front matter, what the front matter states, and notes."""
    match = _FENCED.match(text)
    if match is None or not _FIELD.match(match["yaml"].lstrip()):
        return text, NO_HINTS, ()
    rest = text[match.end() :]
    try:
        record = plainyaml.load(match["yaml"])
    except ValueError:
        return rest, NO_HINTS, ("the front matter is not YAML; ignored",)
    if not isinstance(record, Mapping):
        return rest, NO_HINTS, ("the front matter holds no fields; ignored",)
    hints, notes = USUAL_NAMES.hints(record)
    return rest, hints, notes
