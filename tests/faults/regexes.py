"""The regular expressions of the rooms, and strings that are made to be slow for each."""

from __future__ import annotations

import ast
import re
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from importlib import import_module
from re import _constants as codes
from re import _parser as parsing
from typing import Any

from tests.commands import ROOT

ROOMS = ("ingest", "service", "eval")
ANCHORED = frozenset({"match", "fullmatch", "prefixmatch"})
METHODS = frozenset({"search", "finditer", "findall", "split", "sub", "subn", *ANCHORED})
SHORT, LONG = 2_500, 10_000
SECONDS = 0.015
RATIO = 9.0
PATIENCE = 1.0
USUAL = [
    "a",
    "A",
    "1",
    " ",
    "\n",
    ".",
    ",",
    "-",
    "(",
    "[",
    "<",
    '"',
    "'",
    "“",
    "a ",
    "A ",
    "1 ",
    "a.",
    "A. ",
    "a,",
    "a-",
    "\t",
]
USUAL += [
    "|",
    "*",
    "#",
    "`",
    "_",
    "/",
    "a/",
    "&",
    ";",
    ":",
    "a:",
    "\r\n",
    " \n",
    "a\n",
    "<a",
    "<a ",
    "a'",
    "1,",
    "1.",
    "$",
    "é",
    "the ",
]


@dataclass(frozen=True, slots=True)
class Use:
    """A pattern of a module with the ways it is used in; `anchored` where it is only tried at a start."""

    where: str
    pattern: re.Pattern[Any]
    methods: frozenset[str]

    def __str__(self) -> str:
        return f"{self.where} {'|'.join(sorted(self.methods))}"

    def run(self, text: str) -> None:
        """Uses it on a text, to the end."""
        given: Any = text.encode("utf-8", "replace") if isinstance(self.pattern.pattern, bytes) else text
        for method in self.methods:
            if method in ANCHORED:
                getattr(self.pattern, method)(given)
            else:
                for _ in self.pattern.finditer(given):
                    pass


def uses() -> list[Use]:
    """Every compiled pattern that a module holds, and every literal one that its code passes to `re`."""
    found: dict[tuple[str, str, int], Use] = {}
    trees = dict(_trees())
    methods = _methods_by_name(trees.values())
    for name, tree in trees.items():
        module = import_module(name)
        for attribute, value in vars(module).items():
            for place, pattern in _patterns(value, f"{name}.{attribute}"):
                key = (str(pattern.pattern), "", pattern.flags)
                ways = methods.get(attribute, frozenset()) or frozenset({"search"})
                known = found.get(key)
                found[key] = Use(
                    known.where if known else place, pattern, ways | (known.methods if known else frozenset())
                )
        for line, method, pattern in _literals(tree):
            key = (str(pattern.pattern), method, pattern.flags)
            found.setdefault(key, Use(f"{name}:{line}", pattern, frozenset({method})))
    return list(found.values())


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            relative = path.relative_to(ROOT)
            # The peers of a bench are an extra, which need not be installed; they read nothing of strangers.
            if {"migrations", "peers"} & set(relative.parts) or relative.name == "__main__.py":
                continue
            name = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
            tree = ast.parse(path.read_text(encoding="utf-8"))
            if any(isinstance(node, ast.Import) and node.names[0].name == "re" for node in ast.walk(tree)):
                yield name, tree


def _methods_by_name(trees: Iterable[ast.Module]) -> Mapping[str, frozenset[str]]:
    """The methods that are called on a name anywhere: `_WORD.search` and `words._WORD.search` are of `_WORD`."""
    found: dict[str, set[str]] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in METHODS:
                owner = node.value
                name = (
                    owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
                )
                found.setdefault(name, set()).add(node.attr)
    return {name: frozenset(methods) for name, methods in found.items()}


def _patterns(value: object, place: str, depth: int = 0) -> Iterator[tuple[str, re.Pattern[Any]]]:
    if isinstance(value, re.Pattern):
        yield place, value
    elif depth < 4 and isinstance(value, Mapping):
        for key, item in value.items():
            yield from _patterns(key, place, depth + 1)
            yield from _patterns(item, f"{place}[{key!r}]", depth + 1)
    elif depth < 4 and isinstance(value, list | tuple | set | frozenset):
        for number, item in enumerate(value):
            yield from _patterns(item, f"{place}[{number}]", depth + 1)
    elif depth < 4 and is_dataclass(value):
        for field in fields(value):
            yield from _patterns(getattr(value, field.name, None), f"{place}.{field.name}", depth + 1)


def _literals(tree: ast.Module) -> Iterator[tuple[int, str, re.Pattern[str]]]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        owner, first = node.func.value, node.args[0]
        named = isinstance(owner, ast.Name) and owner.id == "re" and node.func.attr in METHODS
        if named and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield node.lineno, node.func.attr, re.compile(first.value)


# Slow strings


def attacks(pattern: re.Pattern[Any]) -> Iterator[Callable[[int], str]]:
    """Ways to write a text of about so many characters that may be slow for the pattern."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    tree = parsing.parse(source, pattern.flags & ~re.DEBUG)
    pumps = dict.fromkeys([*_pumps(list(tree), ""), *(("", unit) for unit in USUAL)])
    for before, unit in pumps:
        for after in ("", "\0", "\n\0", "a\0"):
            yield lambda size, b=before, u=unit, a=after: b + u * (size // len(u)) + a  # type: ignore[misc]
        if before:
            yield lambda size, b=before, u=unit: (b + u * 3) * (size // (len(b) + 3 * len(u)))  # type: ignore[misc]


def _pumps(items: list[Any], before: str) -> Iterator[tuple[str, str]]:
    """(what leads to a repetition, one round of it) for each repetition of a parsed pattern, inner ones too."""
    for code, value in items:
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            _, most, body = value
            if most > 8:
                for unit in _samples(list(body)):
                    yield before[-200:], unit
            yield from _pumps(list(body), before)
        elif code is codes.SUBPATTERN:
            yield from _pumps(list(value[3]), before)
        elif code is codes.ATOMIC_GROUP:
            yield from _pumps(list(value), before)
        elif code is codes.BRANCH:
            for branch in value[1]:
                yield from _pumps(list(branch), before)
        elif code in (codes.ASSERT, codes.ASSERT_NOT):
            yield from _pumps(list(value[1]), before)
        before += _sample([(code, value)], 0)


def _samples(items: list[Any]) -> set[str]:
    return {text for which in range(6) if (text := _sample(items, which))}


def _sample(items: list[Any], which: int) -> str:
    """A text that the items may match; `which` of several."""
    return "".join(_one(code, value, which) for code, value in items)


def _one(code: Any, value: Any, which: int) -> str:
    if code is codes.LITERAL:
        return chr(value)
    if code is codes.ANY:
        return "a .x1,"[which]
    if code is codes.NOT_LITERAL:
        return next(one for one in "a .x1,"[which:] + "ab" if ord(one) != value)
    if code is codes.IN:
        return _member(value, which)
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        rounds: int = min(max(value[0], 1), 50)
        return _sample(list(value[2]), which) * rounds
    if code is codes.SUBPATTERN:
        return _sample(list(value[3]), which)
    if code is codes.ATOMIC_GROUP:
        return _sample(list(value), which)
    if code is codes.BRANCH:
        return _sample(list(value[1][which % len(value[1])]), which)
    return ""


CATEGORIES = {
    codes.CATEGORY_DIGIT: "1",
    codes.CATEGORY_SPACE: " \n",
    codes.CATEGORY_WORD: "aA1",
    codes.CATEGORY_NOT_SPACE: "a.1",
    codes.CATEGORY_NOT_WORD: " .\n",
    codes.CATEGORY_NOT_DIGIT: "a .",
}


def _member(value: list[Any], which: int) -> str:
    negated = value[0][0] is codes.NEGATE
    members = [one for code, item in value for one in _characters(code, item)]
    if negated:
        members = [one for one in "a .x1,A\n-" if one not in members]
    return members[which % len(members)] if members else "a"


def _characters(code: Any, item: Any) -> str:
    if code is codes.LITERAL:
        return chr(item)
    if code is codes.RANGE:
        return chr(item[0])
    return CATEGORIES.get(item, "") if code is codes.CATEGORY else ""


# Time


class Slow(Exception):
    """It took too long to wait for."""


@contextmanager
def _patience(seconds: float) -> Iterator[None]:
    def stop(_signal: int, _frame: object) -> None:
        raise Slow

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def seconds_of(use: Use, text: str, tries: int) -> float:
    """Processor time of the best of some tries."""
    times = []
    for _ in range(tries):
        began = time.thread_time()
        use.run(text)
        times.append(time.thread_time() - began)
    return min(times)


def is_slow(use: Use, attack: Callable[[int], str]) -> bool:
    """Whether four times the text takes much more than four times as long."""
    text = attack(LONG)
    try:
        with _patience(PATIENCE):
            if seconds_of(use, text, 1) < SECONDS:
                return False
            return seconds_of(use, text, 3) > RATIO * seconds_of(use, attack(SHORT), 5)
    except Slow:
        return True


def slow_text(use: Use) -> str | None:
    """The shortest text of those that the pattern is slow for, None where there is none."""
    return next((attack(30) for attack in attacks(use.pattern) if is_slow(use, attack)), None)
