"""Facts about an article that come from outside its text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Hints:
    """What someone says about an article: the user, a sidecar, a feed's entry, or the document's own metadata.

    None means that nothing was said.
    """

    title: str | None = None
    url: str | None = None
    source: str | None = None
    author: str | None = None
    published: date | None = None
    updated: date | None = None

    def over(self, other: Hints) -> Hints:
        """These facts, with the gaps filled from `other`."""
        return Hints(
            title=self.title or other.title,
            url=self.url or other.url,
            source=self.source or other.source,
            author=self.author or other.author,
            published=self.published or other.published,
            updated=self.updated or other.updated,
        )


NO_HINTS = Hints()
