"""Complete dates out of what documents say. What is incomplete, relative or ambiguous stays unknown."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY, _YEAR = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", r"(?P<year>[12]\d{3})"
WRITTEN = (
    re.compile(rf"(?<!\d){_DAY}(?: of)?[ -]{_MONTH},?[ -]{_YEAR}(?!\d)", re.IGNORECASE),
    re.compile(rf"\b{_MONTH} {_DAY},? {_YEAR}(?!\d)", re.IGNORECASE),
)
_ISO = re.compile(r"(?P<year>[12]\d{3})-(?P<month>\d{2})-(?P<day>\d{2})(?!\d)")
_COMPACT = re.compile(r"(?P<year>[12]\d{3})(?P<month>\d{2})(?P<day>\d{2})(?:T\d{4,6}Z?)?")
_YEAR_FIRST = re.compile(r"(?P<year>[12]\d{3})[/.](?P<month>\d{1,2})[/.](?P<day>\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(
    r"(?<!\d)(?P<first>\d{1,2})(?P<mark>[/.-])(?P<second>\d{1,2})(?P=mark)(?P<year>[12]\d{3})(?!\d)"
)
_IN_ADDRESS = re.compile(r"/(?P<year>(?:19|20)\d{2})[/-](?P<month>\d{2})[/-](?P<day>\d{2})(?=[/-]|$)")
_IN_ENGLISH = re.compile(rf"\b{_MONTH}(?![^\W\d_])", re.IGNORECASE)
_HAS_DAY = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_HAS_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")
_LONGEST = 80
_MILLISECONDS = 10**11


def parse_date(value: object) -> date | None:
    """The one complete calendar date that `value` states, as written there (no change of time zone), else None.

    Takes dates, strings and seconds or milliseconds since 1970.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _from_number(value)
    return _from_string(value.strip()) if isinstance(value, str) else None


def find_date(text: str) -> date | None:
    """The date written in `text` with all its parts; None when there is none, or more than one."""
    found = {_calendar(match) for pattern in (*WRITTEN, _ISO, _YEAR_FIRST) for match in pattern.finditer(text)}
    found |= {_year_last(match) for match in _YEAR_LAST.finditer(text)}
    return found.pop() if len(found) == 1 else None


def date_in_address(address: str) -> date | None:
    """The date of a path such as `/2013/04/17/`, the form in which news sites file their articles."""
    match = _IN_ADDRESS.search(address)
    return _calendar(match) if match else None


def _from_number(value: float) -> date | None:
    compact = _COMPACT.fullmatch(str(value))
    if compact and _calendar(compact):
        return _calendar(compact)
    try:
        return datetime.fromtimestamp(value / 1000 if abs(value) >= _MILLISECONDS else value, UTC).date()
    except (ValueError, OverflowError, OSError):
        return None


def _from_string(text: str) -> date | None:
    if not text or len(text) > _LONGEST:
        return None
    iso = _ISO.match(text) or _COMPACT.fullmatch(text)
    if iso:
        return _calendar(iso)
    return find_date(text) or _in_another_language(text)


def _in_another_language(text: str) -> date | None:
    if not _HAS_YEAR.search(text) or not _HAS_DAY.search(text) or _IN_ENGLISH.search(text) or _YEAR_LAST.search(text):
        return None
    import dateparser  # slow to import, and few documents need it

    settings = {"PARSERS": ["absolute-time"], "STRICT_PARSING": True, "REQUIRE_PARTS": ["day", "month", "year"]}
    found: datetime | None = dateparser.parse(text, settings=settings)
    return found.date() if found else None


def _calendar(match: re.Match[str]) -> date | None:
    month = match["month"].lower()
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3]) + 1
    return _date(int(match["year"]), number, int(match["day"]))


def _year_last(match: re.Match[str]) -> date | None:
    first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
    if match["mark"] == "." or first > 12 or first == second:
        return _date(year, second, first)
    return _date(year, first, second) if second > 12 else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
