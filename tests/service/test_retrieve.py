"""How what was found is put in order."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from service.retrieve import freshened, fuse

TODAY = date(2012, 6, 28)
DATES = st.one_of(st.none(), st.dates(TODAY - timedelta(days=2000), TODAY + timedelta(days=5)))


def best(published: dict[str, date | None]) -> list[str]:
    scores = freshened(fuse([list(published)]), published, TODAY)
    return sorted(scores, key=lambda name: -scores[name])


def test_news_of_these_days_comes_before_older_news_that_fits_as_well() -> None:
    yesterday = TODAY - timedelta(days=1)
    assert best({"old": date(2011, 1, 1), "undated": None, "new": yesterday}) == ["new", "old", "undated"]


def test_in_an_archive_the_newest_article_gains_nothing() -> None:
    found: dict[str, date | None] = {f"{year}": date(year, 1, 1) for year in range(1998, 2011)}
    assert best(found) == list(found)


@given(st.lists(DATES, min_size=1, max_size=20))
def test_no_score_falls_and_what_is_newer_gains_no_less(dates: list[date | None]) -> None:
    published = {f"{index}": when for index, when in enumerate(dates)}
    scores = freshened(dict.fromkeys(published, 1.0), published, TODAY)
    assert all(1.0 <= score <= 1.3 for score in scores.values())
    dated = sorted((when, scores[name]) for name, when in published.items() if when)
    assert [score for _, score in dated] == sorted(score for _, score in dated)
    assert all(scores[name] == 1.0 for name, when in published.items() if when is None)
