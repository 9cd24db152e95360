"""Which articles may be searched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ingest.errors import FilterError
from ingest.text import is_whole


@dataclass(frozen=True, slots=True)
class Filters:
    """Dates are of publication, both ends included; an empty tuple means any.

    An article with an unknown date is left out as soon as a date is asked for. `articles` are ids of versions.
    Raises: FilterError when `since` is after `until`, or a name is no text.
    """

    since: date | None = None
    until: date | None = None
    sources: Sequence[str] = ()
    authors: Sequence[str] = ()
    articles: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.since and self.until and self.since > self.until:
            raise FilterError(f"The first date, {self.since}, is after the last, {self.until}.", "Swap the two dates.")
        if not all(map(is_whole, (*self.sources, *self.authors, *self.articles))):
            raise FilterError("A name to filter by holds half a character.", "Write it as results write it.")

    def __bool__(self) -> bool:
        return bool(self.since or self.until or self.sources or self.authors or self.articles)
