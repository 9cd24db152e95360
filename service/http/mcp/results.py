"""What get_article gives; the other tools give results that other doors give too."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from ingest.records import ArticleRecord
from service.http.handlers import ProblemError
from service.http.problems import REQUEST_INVALID
from service.http.schemas import ArticleOut

MAX_TEXT = 20_000


class ArticleText(ArticleOut):
    """One version of an article and the stretch of its text from `start` to `end`, at most 20,000 characters of it.
    `next_start` is where the next call goes on; null at the end of what was asked for. `versions` are those kept of the
    same article, oldest first."""

    start: int = Field(ge=0)
    end: int
    text: str
    next_start: int | None
    versions: Sequence[ArticleOut]


def stretch(record: ArticleRecord, versions: Sequence[ArticleRecord], start: int, end: int | None) -> ArticleText:
    """Raises: ProblemError for a stretch that no character of the text lies in."""
    text = record.text or ""
    last = min(len(text), len(text) if end is None else end)
    if start and start >= last:
        raise ProblemError(
            REQUEST_INVALID,
            f"No character of the article lies from {start} to {last if end is None else end}: it has {len(text)}.",
            "Begin with a smaller start, and end after it.",
        )
    until = min(last, start + MAX_TEXT)
    return ArticleText(
        **dict(ArticleOut.model_validate(record)),
        start=start,
        end=until,
        text=text[start:until],
        next_start=until if until < last else None,
        versions=[ArticleOut.model_validate(each) for each in versions],
    )
