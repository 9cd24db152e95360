"""Which fields of a JSON record, a sidecar or a front matter hold what."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from ingest.dates import parse_date
from ingest.errors import SourceError
from ingest.hints import Hints
from ingest.text import one_line

ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FieldNames:
    """For each role, the field names that may hold it; the first one present wins."""

    text: tuple[str, ...] = ("text", "body", "content", "articleBody")
    title: tuple[str, ...] = ("title", "headline")
    url: tuple[str, ...] = ("url", "link", "canonical_url", "_id", "id")
    source: tuple[str, ...] = ("source", "publication", "publisher", "site_name", "outlet")
    author: tuple[str, ...] = ("author", "authors", "byline", "creator")
    published: tuple[str, ...] = (
        *("published", "published_at", "publishedAt", "date_published", "datePublished"),
        *("publication_date", "pubDate", "date"),
    )
    updated: tuple[str, ...] = (
        *("updated", "updated_at", "updatedAt", "modified", "date_modified", "dateModified", "lastmod"),
    )
    id: tuple[str, ...] = ("id", "_id", "doc_id", "guid")

    @classmethod
    def roles(cls) -> tuple[str, ...]:
        """The names on the left of `role=field`."""
        return tuple(field.name for field in fields(cls))

    @classmethod
    def parse(cls, text: str) -> FieldNames:
        """From `role=field,role=field`, such as `text=body,url=_id`; `a|b` names alternatives.

        Raises SourceError for an unknown role, a role named twice or a missing field name.
        """
        chosen: dict[str, tuple[str, ...]] = {}
        for pair in filter(None, (part.strip() for part in text.split(","))):
            role, _, value = (side.strip() for side in pair.partition("="))
            names = tuple(filter(None, (name.strip() for name in value.split("|"))))
            if role not in cls.roles():
                raise SourceError(f"'{role}' is not a role of a field.", f"Roles: {', '.join(cls.roles())}.")
            if not names:
                raise SourceError(f"'{pair}' names no field.", "Write role=field, for example text=body,url=_id.")
            if role in chosen:
                raise SourceError(f"The role '{role}' is given twice.", f"Write {role}=first|second for alternatives.")
            chosen[role] = names
        return replace(cls(), **chosen)

    def value(self, record: Mapping[str, Any], role: str) -> Any:
        """The first field of the role that is present and not empty, else None."""
        for name in getattr(self, role):
            value = record.get(name)
            if value is not None and value != "":
                return value
        return None

    def hints(self, record: Mapping[str, Any]) -> tuple[Hints, Sequence[str]]:
        """The facts of a record, and a note for each value that could not be used."""
        notes: list[str] = []
        dates = {}
        for role in ("published", "updated"):
            value = self.value(record, role)
            dates[role] = None if value is None else parse_date(value)
            if value is not None and dates[role] is None:
                notes.append(f"{role} {str(value)[:40]!r} is not a complete date; left unknown")
        hints = Hints(
            title=plain_value(self.value(record, "title")),
            url=self._address(record),
            source=plain_value(self.value(record, "source")),
            author=plain_value(self.value(record, "author")),
            **dates,
        )
        return hints, notes

    def _address(self, record: Mapping[str, Any]) -> str | None:
        for name in self.url:
            value = record.get(name)
            if isinstance(value, str) and ADDRESS.fullmatch(value.strip()):
                return value.strip()
        return None


USUAL_NAMES = FieldNames()


def plain_value(value: Any) -> str | None:
    """A string, number, list of them, or object with a `name`, as one line of text."""
    if isinstance(value, str):
        return one_line(value) or None
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Mapping):
        return plain_value(value["name"]) if isinstance(value.get("name"), str) else None
    if isinstance(value, Sequence):
        names = [plain_value(item) for item in value if isinstance(item, str | Mapping)]
        return ", ".join(filter(None, names)) or None
    return None
