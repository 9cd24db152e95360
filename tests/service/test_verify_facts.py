"""What is read from a text before any rule looks at it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.facts.names import same_name
from service.facts.reading import read_facts
from service.facts.stem import stem
from service.facts.tokens import tokenize


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("twenty-one tanks", (21, "plain", "", "tank")),
        ("two hundred and five tanks", (205, "plain", "", "tank")),
        ("$2.5 billion", (2.5e9, "money:dollar", "", "")),
        ("€5m", (5e6, "money:euro", "", "")),
        ("1,200 soldiers", (1200, "plain", "", "soldier")),
        ("12 percent", (12, "percent", "", "")),
        ("12 per cent", (12, "percent", "", "")),
        ("7%", (7, "percent", "", "")),
        ("the 21st session", (21, "ordinal", "", "session")),
        ("the third visit", (3, "ordinal", "", "visit")),
        ("more than 40 people", (40, "plain", "over", "person")),
        ("nearly 40 people", (40, "plain", "under", "person")),
        ("about forty people", (40, "plain", "about", "person")),
        ("the 1990s", (1990, "decade", "", "")),
        ("12 hundred million", (1.2e9, "plain", "", "")),
    ],
)
def test_quantities(text: str, expected: tuple[float, str, str, str]) -> None:
    (found,) = read_facts(text).quantities
    assert (found.value, found.kind, found.bound, found.head) == (*expected[:3], stem(expected[3]))


@pytest.mark.parametrize("text", ["no one came", "one of them left", "First, they met", "May I go?"])
def test_no_quantity_and_no_date(text: str) -> None:
    assert (read_facts(text).quantities, read_facts(text).dates) == ([], [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("April 15, 2013", [(15, 4, 2013, None)]),
        ("15 April 2013", [(15, 4, 2013, None)]),
        ("the 15th of April", [(15, 4, None, None)]),
        ("2013-04-15", [(15, 4, 2013, None)]),
        ("in May 2012", [(None, 5, 2012, None)]),
        ("April 15-16, 2013", [(15, 4, 2013, None), (16, 4, 2013, None)]),
        ("post-2014 Afghanistan", [(None, None, 2014, None)]),
        ("2012–14", [(None, None, 2012, None), (None, None, 2014, None)]),
        ("on Monday", [(None, None, None, "monday")]),
        ("last may", [(None, 5, None, None)]),
        ("they may leave", []),
        ("the march on Rome", []),
        ("$2000 apiece", []),
    ],
)
def test_dates(text: str, expected: list[tuple[int | None, int | None, int | None, str | None]]) -> None:
    assert [(date.day, date.month, date.year, date.weekday) for date in read_facts(text).dates] == expected


@pytest.mark.parametrize(
    "forms",
    ["Uzbekistan Uzbek Uzbekistani", "Russia Russian", "France French", "China Chinese", "Iraq Iraqi", "Italy Italian"],
)
def test_a_country_and_its_people_are_one_name(forms: str) -> None:
    first, *others = forms.casefold().split()
    assert all(same_name(first, other) and same_name(other, first) for other in others)


@pytest.mark.parametrize("pair", ["iran iraq", "austria australia", "niger nigeria", "putin karimov", "mali malta"])
def test_two_countries_are_two_names(pair: str) -> None:
    assert not same_name(*pair.split())


def test_names_are_capitals_inside_a_sentence_and_runs_at_its_start() -> None:
    names = read_facts("Islam Karimov met the U.S. envoy. Delegates in Osh left on Monday.").names
    assert [token.text for token in names] == ["Islam", "Karimov", "U.S.", "Osh"]


@pytest.mark.parametrize(
    "words",
    [
        "strengthen strengthens strengthened strengthening",
        "deteriorate deteriorates deteriorating deterioration",
        "agree agreed agreement agreements",
        "meet met meets meeting",
        "organise organized organization organisation",
        "metre meters",
        "take taking taken took",
    ],
)
def test_inflections_share_a_stem(words: str) -> None:
    assert len({stem(word) for word in words.split()}) == 1


@pytest.mark.parametrize("words", ["base basis", "arm army", "general generate", "united unit"])
def test_other_words_keep_their_own_stem(words: str) -> None:
    first, second = words.split()
    assert stem(first) != stem(second)


@pytest.mark.parametrize(
    ("text", "kind", "bent"),
    [
        ("The talks did not produce a deal.", "negation", {"produce"}),
        ("No foreign bases will appear.", "negation", {"foreign", "bases"}),
        ("They failed to sign the pact.", "negation", {"sign"}),
        ("The lease was never extended.", "negation", {"extended"}),
        ("Security might deteriorate.", "modal", {"deteriorate"}),
        ("Russia plans to open a base.", "intent", {"open"}),
        ("Some officials left.", "part", {"officials"}),
        ("It was planned, but this did not occur.", "reversal", set()),
    ],
)
def test_cues_bend_the_next_words(text: str, kind: str, bent: set[str]) -> None:
    facts = read_facts(text)
    scopes = [{facts.tokens.items[index].text for index in cue.scope} for cue in facts.bending(kind)]
    assert bent in scopes or (not bent and all("planned" in scope for scope in scopes))


@pytest.mark.parametrize(
    "text",
    ["It was not only late.", "There is no doubt.", "The number-one partner", "He noted the state of the report."],
)
def test_no_cue(text: str) -> None:
    assert read_facts(text).cues == []


@given(st.text(max_size=300))
def test_tokens_are_exact_and_in_order(text: str) -> None:
    tokens = list(tokenize(text))
    assert [text[token.start : token.end] for token in tokens] == [token.text for token in tokens]
    assert all(left.end <= right.start for left, right in pairwise(tokens))
    assert not "".join(text.split()).replace("".join(token.text for token in tokens), "", 1)


def test_brackets_and_dashes_are_segments_of_their_own() -> None:
    tokens = tokenize("The exit (see EDM) was late; it came.")
    segment = {token.text: token.segment for token in tokens}
    assert segment["exit"] == segment["was"] != segment["EDM"]
    assert segment["it"] not in (segment["was"], segment["EDM"])


@pytest.mark.parametrize(
    ("text", "count"), [("Mr. Karimov left. He won.", 2), ("The U.S. army of J. Dunford left.", 1)]
)
def test_sentences(text: str, count: int) -> None:
    assert len({token.sentence for token in tokenize(text)}) == count
