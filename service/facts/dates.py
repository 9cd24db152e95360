"""Dates as written: any of day, month, year, weekday."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.facts.lexicon import MONTH_COMPANIONS, MONTHS, ORDINALS, WEEKDAYS
from service.facts.tokens import Token, Tokens

_YEAR = re.compile(r"1[0-9]{3}|20[0-9]{2}|21[0-9]{2}")
_ORDINAL_ENDINGS = frozenset(("st", "nd", "rd", "th"))
_RANGE = frozenset(("-", "–", "to", "and", "or", "/"))


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """The parts of a date that the text names; `first` and `last` are the token indexes it covers."""

    first: int
    last: int
    day: int | None = None
    month: int | None = None
    year: int | None = None
    weekday: str | None = None

    def agrees(self, other: WrittenDate) -> bool:
        """Whether `other` names every part that this date names, with the same value."""
        pairs = (
            (self.day, other.day), (self.month, other.month), (self.year, other.year), (self.weekday, other.weekday)
        )  # fmt: skip
        return all(mine is None or mine == theirs for mine, theirs in pairs)


def find_dates(tokens: Tokens) -> list[WrittenDate]:
    """Every date in order; a day range ("April 15-16") gives one date for each end."""
    found: list[WrittenDate] = []
    index = 0
    while index < len(tokens):
        dates = _at(tokens, index)
        found.extend(dates)
        index = max((date.last for date in dates), default=index) + 1
    return found


def _at(tokens: Tokens, index: int) -> list[WrittenDate]:
    token = tokens.items[index]
    if token.kind == "number":
        return _iso(tokens, index) or _day_first(tokens, index) or _year(tokens, index)
    if token.norm in WEEKDAYS or (token.norm.endswith("s") and token.norm[:-1] in WEEKDAYS):
        return [WrittenDate(index, index, weekday=token.norm.rstrip("s"))]
    if token.norm in MONTHS and _is_month(tokens, token):
        return _month_first(tokens, index)
    return []


def _is_month(tokens: Tokens, token: Token) -> bool:
    """May, March, Jan and Mar are also words and names: they need a date's company."""
    if token.norm not in ("may", "march", "mar", "jan", "dec", "sep"):
        return True
    before, after = tokens.norm(token.index - 1), tokens.norm(token.index + 1)
    if after in (".", ","):
        after = tokens.norm(token.index + 2)
    if after.isdigit() or before.isdigit() or before in _ORDINAL_ENDINGS:
        return True
    return before in MONTH_COMPANIONS and (token.capital or token.norm == "may")


def _iso(tokens: Tokens, index: int) -> list[WrittenDate]:
    parts = [tokens.norm(index + offset) for offset in range(5)]
    if parts[1] not in ("-", "/") or parts[3] != parts[1] or not all(_whole(parts[k]) for k in (0, 2, 4)):
        return []
    first, second, third = int(parts[0]), int(parts[2]), int(parts[4])
    if first > 31 and 1 <= second <= 12 and 1 <= third <= 31:
        return [WrittenDate(index, index + 4, third, second, first)]
    if _YEAR.fullmatch(parts[4]) and 1 <= second <= 12 and 1 <= first <= 31:
        return [WrittenDate(index, index + 4, first, second, third)]
    return []


def _day_first(tokens: Tokens, index: int) -> list[WrittenDate]:
    day = _day(tokens, index)
    if day is None:
        return []
    after = day[1] + 1
    if tokens.norm(after) in _RANGE:
        second = _day(tokens, after + 1)
        if second and tokens.norm(second[1] + 1) in MONTHS:
            last, month, year = _month_year(tokens, second[1] + 1)
            return [WrittenDate(index, last, value, month, year) for value in (day[0], second[0])]
    if tokens.norm(after) == "of":
        after += 1
    if tokens.norm(after) not in MONTHS:
        return []
    last, month, year = _month_year(tokens, after)
    return [WrittenDate(index, last, day[0], month, year)]


def _month_year(tokens: Tokens, index: int) -> tuple[int, int, int | None]:
    month = MONTHS[tokens.norm(index)]
    after = index + 1
    if tokens.norm(after) in (",", "."):
        after += 1
    if _YEAR.fullmatch(tokens.norm(after)):
        return after, month, int(tokens.norm(after))
    return index, month, None


def _month_first(tokens: Tokens, index: int) -> list[WrittenDate]:
    after = index + 2 if tokens.norm(index + 1) == "." else index + 1
    day = _day(tokens, after)
    if day is None:
        last, month, year = _month_year(tokens, index)
        return [WrittenDate(index, last, month=month, year=year)]
    days, last = [day[0]], day[1]
    if tokens.norm(last + 1) in _RANGE:
        second = _day(tokens, last + 2)
        if second and not _YEAR.fullmatch(tokens.norm(last + 2)):
            days.append(second[0])
            last = second[1]
    month = MONTHS[tokens.norm(index)]
    after = last + 2 if tokens.norm(last + 1) == "," else last + 1
    year = int(tokens.norm(after)) if _YEAR.fullmatch(tokens.norm(after)) else None
    return [WrittenDate(index, after if year else last, value, month, year) for value in days]


def _day(tokens: Tokens, index: int) -> tuple[int, int] | None:
    """The day of the month written at `index` and the index of its last token."""
    norm = tokens.norm(index)
    if norm in ORDINALS:
        return ORDINALS[norm], index
    if not _whole(norm) or not 1 <= int(norm) <= 31:
        return None
    return int(norm), index + 1 if tokens.norm(index + 1) in _ORDINAL_ENDINGS else index


def _whole(norm: str) -> bool:
    return norm.isascii() and norm.isdigit() and len(norm) <= 4


def _year(tokens: Tokens, index: int) -> list[WrittenDate]:
    norm = tokens.norm(index)
    token = tokens.items[index]
    if not _YEAR.fullmatch(norm) or "," in token.text or _is_amount(tokens, index):
        return []
    dates = [WrittenDate(index, index, year=int(norm))]
    ending = tokens.norm(index + 2)
    if tokens.norm(index + 1) in ("-", "–", "/") and len(ending) == 2 and ending.isdigit():
        dates.append(WrittenDate(index, index + 2, year=int(norm[:2] + ending)))
    return dates


def _is_amount(tokens: Tokens, index: int) -> bool:
    """Whether a four-digit number is money, a percentage, a decade or the start of a larger number."""
    before, after = tokens.norm(index - 1), tokens.norm(index + 1)
    return before in ("$", "€", "£", "¥") or after in ("%", "s", "percent", "million", "billion", "thousand")
