"""No regular expression that reads a stranger's text takes time beyond the length of that text."""

from __future__ import annotations

import re
from time import thread_time

import pytest

from tests.faults.regexes import Use, attacks, is_slow, slow_text, uses

pytestmark = pytest.mark.slow

TRUSTED = {
    "eval.reports.plots": "reads the drawings that matplotlib makes",
    "service.followup.mentions:": "reads Babel's names of countries",
}
BOUNDED = {
    "ingest.extract.prose._CREDIT": 400,
    "ingest.stops._FOOTNOTES": 60,
    "eval.drafting.checks._REPORTED": 2000,
}
"""Patterns that grow faster than their text, with the most characters that the code around them lets them read."""

USES = [use for use in uses() if not use.where.startswith(tuple(TRUSTED))]


def test_there_is_something_to_look_at() -> None:
    assert len(USES) > 200
    assert {use.where.partition(".")[0] for use in USES} == {"ingest", "service", "eval"}


@pytest.mark.parametrize("part", range(8))
def test_time_grows_with_the_text_and_no_faster(part: int) -> None:
    found = {str(use): text for use in USES[part::8] if use.where not in BOUNDED and (text := slow_text(use))}
    assert found == {}


@pytest.mark.parametrize("use", [use for use in USES if use.where in BOUNDED], ids=str)
def test_what_grows_faster_reads_little(use: Use) -> None:
    for attack in attacks(use.pattern):
        text = attack(BOUNDED[use.where])
        began = thread_time()
        use.run(text)
        assert thread_time() - began < 0.25, text


@pytest.mark.parametrize("pattern", [r"\s+$", r"(?:a+)+$", r"a\s*\s*b", r"<[^>]*>"])
def test_a_slow_one_is_caught(pattern: str) -> None:
    assert slow_text(Use("here", re.compile(pattern), frozenset({"search"})))


@pytest.mark.parametrize("pattern", [r"\s+", r"(?<!\s)\s++$", r"<[^<>]*>", r"[a-z]{2}$", r"(?:a|b)+"])
def test_a_linear_one_is_not(pattern: str) -> None:
    use = Use("here", re.compile(pattern), frozenset({"search"}))
    assert not any(is_slow(use, attack) for attack in attacks(use.pattern))
