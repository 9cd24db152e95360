"""Where a reader sees the exact characters."""

from __future__ import annotations

from urllib.parse import urlencode

from service.answer import Citation, Closest


class Links:
    """Links to the characters on Dossier's own page, where it has an address; else to the article's own."""

    def __init__(self, page: str | None) -> None:
        self._page = page.rstrip("/") if page else None

    def of(self, cited: Citation | Closest) -> str | None:
        """None where there is nothing to open."""
        if self._page is None:
            web = cited.url is not None and cited.url.startswith(("https://", "http://"))
            return cited.url if web else None
        place = {"article": cited.article_id, "start": cited.start, "end": cited.end}
        return f"{self._page}/#{urlencode(place)}"
