"""Stops: which full stop, question mark or ellipsis of English news text ends its sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ingest.abbreviations import ANY_CASE, LETTERED, MARKED_NAMES, NUMBERED, OPEN, STARTERS, TITLES

CLOSERS = "\"”’'»)]"
OPENERS = "\"“‘'«([¿¡"
DASHES = "-–—"
STOPS = ".!?…‽。！？｡؟۔।"

_TIMES = re.compile(
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|[ECMP][SD]?T|GMT|UTC|BST|CES?T|EES?T|IST|JST|MSK|A[EK][SD]T|HST"
    r"|Eastern|Central|Pacific|Mountain|[A-Z]\w+ (?:[Tt]ime|[Ss]tandard|[Dd]aylight)"
    r"|Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\b"
)
_SPEAKER = re.compile(
    r"(?:[A-Z][\w.’'-]*,?\s+){1,6}(?:who\s+)?(?:said|says|asked|asks|wrote|writes|added|adds|told|replied|tweeted|shouted"
    r"|wondered|quipped|joked|exclaimed|recalled|recalls|cried|yelled|responded|continued|demanded)\b"
)
_ASIDE = re.compile(r"[(\[]([^()\[\]]{1,240})[)\]]")
_FIRST = re.compile(r"[\W_]{0,12}([^\W_])")
_FIRST_WORD = re.compile(r"[\W_]*([\w’']+)(\.?)")
_APART = re.compile(r"\.(?!\S)")
_BRAND = re.compile(r"[\W_]{0,3}[a-z]{1,2}[A-Z]")
_FOOTNOTES = re.compile(r"(?:\[\w{1,3}\])+$")
_ACRONYM = re.compile(r"(?:[^\W\d_]{1,2}\.)+-?[^\W\d_]{1,2}$")
_INITIAL = re.compile(r"(?:[A-Z]\.?-)?[A-Z]$")
_SHOUTED = re.compile(r"\W{0,2}[^\W\d_]{2,}\b(?<=[A-Z])")
_UNVOWELLED = re.compile(r"[A-Z][b-df-hj-np-tv-xz]{1,3}")
_GLUED = re.compile(r"[a-z]{2}$")
_LEADING = re.compile(r"^[\W_]+")
_REACH = 60
_ASIDE_REACH = 400


@dataclass(slots=True)
class _Stop:
    """A stop in its surroundings.

    `token` stands before `mark`, `word` is its last part; `tail` follows after `gap` characters of white space.
    """

    block: str
    start: int
    end: int
    before: str
    token: str
    word: str
    mark: str
    closers: str
    tail: str
    gap: int
    proposed: bool

    @property
    def next_is_starter(self) -> bool:
        match = _FIRST_WORD.match(self.tail)
        return match is not None and not match[2] and match[1].casefold() in STARTERS and self.tail[0] not in DASHES

    @property
    def next_is_digit(self) -> bool:
        return self.tail[:1].isdigit()

    @property
    def opens_sentence(self) -> bool:
        """Whether `token` is all that the sentence has so far, as in `1.` or `A.`"""
        limit = self.end - len(self.mark + self.closers + self.token)
        return not any(map(str.isalnum, self.block[self.start : min(limit, self.start + _REACH)]))


def sentence_end(block: str, start: int, end: int, proposed: bool) -> int | None:
    """Where the sentence begun at `start` ends, if it does so at the stop whose closing marks end at `end`.

    Usually `end`; later when a parenthesised source belongs to it; None when the sentence goes on.
    `proposed` says whether a general splitter would end it here: it decides where the rules below are silent.
    """
    stop = _read(block, start, end, proposed)
    if not _ends(stop):
        return None
    aside = _ASIDE.match(stop.tail)
    if aside is None:
        return end
    return _with_aside(stop, aside)


def _read(block: str, start: int, end: int, proposed: bool) -> _Stop:
    body = block[max(start, end - _REACH) : end]
    notes = _FOOTNOTES.search(body) if body.endswith("]") else None
    core = body[: notes.start()] if notes else body
    marked = core.rstrip(CLOSERS)
    before = marked.rstrip(STOPS)
    token = before.rsplit(None, 1)[-1] if before and not before[-1].isspace() else ""
    word = token.rstrip(CLOSERS)
    for joint in '—–/:([“"':
        word = word.rpartition(joint)[2] if joint in word else word
    raw = block[end : end + 260]
    tail = raw.lstrip()
    return _Stop(
        block=block,
        start=start,
        end=end,
        before=before,
        token=token,
        word=_LEADING.sub("", word),
        mark=marked[len(before) :],
        closers=body[len(marked) :],
        tail=tail,
        gap=len(raw) - len(tail),
        proposed=proposed,
    )


def _with_aside(stop: _Stop, aside: re.Match[str]) -> int | None:
    """`... views.” (Interfax, April 15)` keeps its source; `(He was right.)` and `(2)` open a new sentence."""
    inner = aside[1].strip()
    if len(inner) < 3 or inner.isdigit() or inner[-1] in STOPS + CLOSERS:
        return stop.end
    rest = stop.tail[aside.end() :]
    first = _FIRST.match(rest)
    if rest[:1] in (".", ",", ";", ":", "?", "!"):
        return None
    if first is not None and first[1].islower():
        return stop.end
    return stop.end + stop.gap + aside.end()


def _ends(stop: _Stop) -> bool:
    for rule in _RULES:
        verdict = rule(stop)
        if verdict is not None:
            return verdict
    return stop.proposed or not _UNVOWELLED.fullmatch(stop.word)


def _nothing_to_part(stop: _Stop) -> bool | None:
    first = _FIRST.match(stop.tail)
    if first is None or (stop.opens_sentence and not any(map(str.isalnum, stop.word))):
        return False
    if first[1].islower() and not stop.tail.startswith(("@", "#", "http", "www.")):
        return bool(_BRAND.match(stop.tail) and stop.gap and len(stop.word) > 2 and stop.word.islower())
    return None


def _glued(stop: _Stop) -> bool | None:
    """A stop with no space after it ends a sentence between words, never inside an address or a name."""
    if stop.gap or stop.closers:
        return None
    plain = _GLUED.search(stop.word) and stop.tail[1:2].islower() and not set("/@:.") & set(stop.token)
    return None if plain and stop.proposed else False


def _bracketed(stop: _Stop) -> bool | None:
    low = max(stop.start, stop.end - _ASIDE_REACH)
    opener = stop.block.rfind("(", low, stop.end)
    if opener < 0:
        return None
    if stop.block.find(")", opener, stop.end) < 0:
        return False if stop.block.find(")", stop.end, stop.end + _ASIDE_REACH) >= 0 else None
    if ")" not in stop.closers:
        return None
    opens = not any(map(str.isalnum, stop.block[max(stop.start, opener - _REACH) : opener]))
    return True if opens else stop.block.count(" ", opener, stop.end) > 2 and not _is_abbreviation(stop)


def _exclaimed(stop: _Stop) -> bool | None:
    if not set(stop.mark) & set("!?‽"):
        return None
    quoted = bool(set(stop.closers) & set("\"”’'»"))
    if quoted and not stop.next_is_starter and _SPEAKER.match(stop.tail):
        return False
    return not (stop.word.casefold() in MARKED_NAMES and not stop.next_is_starter)


def _elided(stop: _Stop) -> bool | None:
    """Dots set apart (`. . .`) end a sentence when they are four; `...` ends it when it touches the word before."""
    if stop.gap and _APART.match(stop.tail):
        return False
    if not stop.token and stop.mark == ".":
        return stop.before[-6:].count(".") == 3
    if stop.mark in (".", ""):
        return None
    return bool(stop.token) or stop.before.rstrip()[-1:] in STOPS + CLOSERS


def _timed(stop: _Stop) -> bool | None:
    if stop.word.casefold() not in ("a.m", "p.m", "am", "pm"):
        return None
    return not _TIMES.match(stop.tail) and stop.tail[0] not in DASHES + "("


def _enumerated(stop: _Stop) -> bool | None:
    """`1. First` and `Q. What` are one sentence."""
    short = (stop.word.isdecimal() and len(stop.word) <= 3) or len(stop.word) == 1
    return False if short and not stop.closers and stop.opens_sentence else None


def _abbreviated(stop: _Stop) -> bool | None:
    lower = stop.word.casefold()
    if stop.word.islower() and lower not in ANY_CASE:
        return None
    if lower in NUMBERED and stop.next_is_digit:
        return False
    if len(lower) > 1 and stop.word.isupper() and not _SHOUTED.match(stop.tail):
        return None
    if lower in TITLES:
        return False
    return stop.next_is_starter if lower in OPEN else None


def _initialled(stop: _Stop) -> bool | None:
    if _ACRONYM.match(stop.word):
        return stop.next_is_starter
    if not _INITIAL.match(stop.word):
        return None
    preceding = stop.before[: -len(stop.word)].split()[-1:]
    if preceding and (preceding[0].casefold() in LETTERED or (stop.word == "I" and preceding[0].islower())):
        return True
    return stop.next_is_starter


def _is_abbreviation(stop: _Stop) -> bool:
    last = stop.word.rpartition("-")[2].casefold()
    return last in TITLES | OPEN or bool(_ACRONYM.match(stop.word))


_RULES: tuple[Callable[[_Stop], bool | None], ...] = (
    _nothing_to_part,
    _glued,
    _bracketed,
    _exclaimed,
    _elided,
    _timed,
    _enumerated,
    _abbreviated,
    _initialled,
)
