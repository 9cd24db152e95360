"""The time a question names, as days of publication: "last April", "before 2012", "this week"."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ingest.filters import Filters

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
REPORTED_WITHIN = timedelta(days=7)
"""What happened in a week or month is still told in the week after."""

_MONTH = "|".join(MONTHS)
_WHEN = rf"(?:(?P<month>{_MONTH})\s+)?(?P<year>(?:19|20)\d\d)"
_NUMBERS = {word: number for number, word in enumerate(("one", "two", "three", "four", "five", "six", "seven"), 1)}
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


@dataclass(frozen=True, slots=True)
class Period:
    """A time that a question names in the words `phrase`, both ends included; None where it is open."""

    phrase: str
    since: date | None = None
    until: date | None = None

    def narrowed(self, filters: Filters) -> Filters | None:
        """The filters within this period too, or None where nothing can be in both."""
        since = max(filter(None, (self.since, filters.since)), default=None)
        until = min(filter(None, (self.until, filters.until)), default=None)
        return None if since and until and since > until else replace(filters, since=since, until=until)


def period(question: str, asked_on: date) -> Period | None:
    """The first time the question names by which articles can be told apart, or None.

    A bare date ("in 2012") is when something happened, which later articles tell as well: it is none.
    """
    found = [(match.start(), match, read) for pattern, read in _READERS if (match := pattern.search(question))]
    for _, match, read in sorted(found, key=lambda each: each[0]):
        since, until = read(match, asked_on)
        return Period(match[0], since, until)
    return None


_Ends = tuple[date | None, date | None]
_Read = Callable[[re.Match[str], date], _Ends]


def _today(_: re.Match[str], asked_on: date) -> _Ends:
    return asked_on - timedelta(days=1), asked_on


def _yesterday(_: re.Match[str], asked_on: date) -> _Ends:
    return asked_on - timedelta(days=2), asked_on


def _this(match: re.Match[str], asked_on: date) -> _Ends:
    unit = match["unit"].lower()
    if unit == "week":
        return asked_on - timedelta(days=7), asked_on
    return asked_on.replace(day=1) if unit == "month" else asked_on.replace(month=1, day=1), asked_on


def _last(match: re.Match[str], asked_on: date) -> _Ends:
    unit = match["unit"].lower()
    if unit == "week":
        return asked_on - timedelta(days=14), asked_on
    if unit == "year":
        return date(asked_on.year - 1, 1, 1), date(asked_on.year - 1, 12, 31)
    end = asked_on.replace(day=1) - timedelta(days=1)
    return end.replace(day=1), end + REPORTED_WITHIN


def _past(match: re.Match[str], asked_on: date) -> _Ends:
    given = (match["number"] or "1").lower()
    number = _NUMBERS.get(given) or int(given)
    return _back(asked_on, number * _DAYS[match["unit"].lower()]), asked_on


def _last_month(match: re.Match[str], asked_on: date) -> _Ends:
    month = MONTHS.index(match["month"].lower()) + 1
    year = asked_on.year if month < asked_on.month else asked_on.year - 1
    return date(year, month, 1), _end(year, month) + REPORTED_WITHIN


def _before(match: re.Match[str], _: date) -> _Ends:
    return None, _start(match["year"], match["month"]) - timedelta(days=1)


def _after(match: re.Match[str], _: date) -> _Ends:
    year, month = int(match["year"]), match["month"]
    end = _end(year, MONTHS.index(month.lower()) + 1) if month else date(year, 12, 31)
    return end + timedelta(days=1), None


def _since(match: re.Match[str], _: date) -> _Ends:
    return _start(match["year"], match["month"]), None


def _between(match: re.Match[str], _: date) -> _Ends:
    first, last = sorted((int(match["first"]), int(match["last"])))
    return date(first, 1, 1), date(last, 12, 31)


def _start(year: str, month: str | None) -> date:
    return date(int(year), MONTHS.index(month.lower()) + 1 if month else 1, 1)


def _end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _back(day: date, days: int) -> date:
    return date.fromordinal(max(1, day.toordinal() - days))


def _reader(pattern: str, read: _Read) -> tuple[re.Pattern[str], _Read]:
    return re.compile(pattern, re.IGNORECASE), read


_READERS = (
    _reader(r"\b(?:today|tonight|this (?:morning|afternoon|evening))\b", _today),
    _reader(r"\byesterday\b", _yesterday),
    _reader(r"\bthis (?P<unit>week|month|year)\b", _this),
    _reader(r"\blast (?P<unit>week|month|year)\b", _last),
    _reader(
        rf"\b(?:in|over|during|within) the (?:last|past) (?:(?P<number>\d{{1,3}}|{'|'.join(_NUMBERS)}) )?"
        r"(?P<unit>day|week|month|year)s?\b",
        _past,
    ),
    _reader(rf"\b(?:last|this past) (?P<month>{_MONTH})\b", _last_month),
    _reader(rf"\b(?:before|until|prior to) {_WHEN}\b", _before),
    _reader(rf"\bafter {_WHEN}\b", _after),
    _reader(rf"\bsince {_WHEN}\b", _since),
    _reader(r"\bbetween (?P<first>(?:19|20)\d\d) and (?P<last>(?:19|20)\d\d)\b", _between),
)
