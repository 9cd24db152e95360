"""The rule verifier: what it must refuse, what it must accept, and what holds for any text."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from service.facts.parts import parts
from service.reading import Verifier
from service.support import FEATURES, Calibration, calibration
from service.verify import RuleVerifier
from tests.service.verify_pairs import ACCEPTED, CUT, FRAGMENTS, MET, REFUSED, Pair

verifier: Verifier = RuleVerifier()
texts = st.text(max_size=200)
sentences = st.lists(
    st.sampled_from(
        [
            "The",
            "Kremlin",
            "expects",
            "no",
            "bases",
            "in",
            "Uzbekistan",
            "after",
            "2014",
            ",",
            "Karimov",
            "met",
            "Putin",
            "not",
            "said",
            "might",
            "because",
            "15",
            "%",
            "(",
            ")",
            "“",
            "”",
        ]
    ),
    min_size=1,
    max_size=25,
).map(" ".join)


def _name(pair: Pair) -> str:
    return pair.statement[:60]


@pytest.mark.parametrize("pair", REFUSED, ids=_name)
def test_refuses(pair: Pair) -> None:
    judgement = verifier.judge(pair.statement, pair.quotes, pair.context)
    assert not judgement.stands
    assert judgement.reasons
    assert pair.because in " ".join(judgement.reasons)


@pytest.mark.parametrize("pair", ACCEPTED, ids=_name)
def test_accepts(pair: Pair) -> None:
    judgement = verifier.judge(pair.statement, pair.quotes, pair.context)
    assert (judgement.verdict, judgement.reasons) == ("supported", ())
    assert calibration().threshold <= judgement.support < 1


@pytest.mark.parametrize("pair", FRAGMENTS, ids=_name)
def test_a_clause_of_a_quote_is_quoted(pair: Pair) -> None:
    judgement = verifier.judge(pair.statement, pair.quotes, pair.context)
    assert (judgement.verdict, judgement.support) == ("quoted", 1.0)


@pytest.mark.parametrize("pair", CUT, ids=_name)
def test_a_fragment_that_loses_what_bends_it_is_refused(pair: Pair) -> None:
    judgement = verifier.judge(pair.statement, pair.quotes, pair.context)
    assert not judgement.stands
    assert pair.because in " ".join(judgement.reasons)


@given(st.one_of(texts, sentences), st.lists(texts, max_size=2))
def test_a_statement_equal_to_a_quote_is_quoted(text: str, others: list[str]) -> None:
    assume(any(character.isalnum() for character in text))
    judgement = verifier.judge(text, [*others, text])
    assert (judgement.verdict, judgement.support) == ("quoted", 1.0)


@given(sentences, st.integers(min_value=3, max_value=10**9), st.data())
def test_a_number_that_is_not_in_the_quote_is_refused(text: str, number: int, data: st.DataObject) -> None:
    assume(str(number) not in ("15", "2014"))
    words = text.split(" ")
    place = data.draw(st.integers(min_value=0, max_value=len(words)))
    judgement = verifier.judge(" ".join([*words[:place], str(number), *words[place:]]), [text])
    assert not judgement.stands
    # A part before a comma stands by itself, without the number.
    assert str(number) not in (judgement.held or "")


@settings(max_examples=200)
@example("He:hE:mET,0", ["MET"], "")
@given(st.one_of(texts, sentences), st.lists(st.one_of(texts, sentences), max_size=3), texts)
def test_judging_never_raises_and_stays_in_range(statement: str, quotes: list[str], context: str) -> None:
    judgement = verifier.judge(statement, quotes, context)
    assert 0.0 <= judgement.support <= 1.0
    assert judgement.stands != bool(judgement.reasons)
    assert (judgement.verdict == "partly") == (judgement.held is not None)


def test_the_sentence_on_bases_supports_what_the_kremlin_expects() -> None:
    path = Path(__file__).parents[3] / "shared" / "corpus" / "tashkent-moscow-2013.txt"
    if not path.exists():
        pytest.skip(f"{path} is absent")
    text = path.read_text(encoding="utf-8")
    start = text.index("According to Kommersant")
    quote = text[start : text.index("April 10).", start) + 10]
    expected = "The Kremlin expects guarantees that no foreign bases will appear in Uzbekistan after 2014."
    assert verifier.judge(expected, [quote]).verdict == "quoted"
    reworded = "In return, the Kremlin expects guarantees that there will be no foreign bases in Uzbekistan after 2014."
    assert verifier.judge(reworded, [quote]).verdict == "supported"
    assert verifier.judge(expected.replace("no ", ""), [quote]).verdict == "unsupported"


@pytest.mark.parametrize("statement", ["", "   ", "—…", "“”"])
def test_an_empty_statement_says_nothing(statement: str) -> None:
    assert verifier.judge(statement, [statement]).verdict == "unsupported"


def test_what_is_too_long_to_check_is_refused() -> None:
    long = "Karimov met Putin in Moscow. " * 60
    assert verifier.judge(long, [MET]).reasons == ("It is too long to be checked.",)
    assert verifier.judge("Karimov met Putin.", [long * 10]).reasons == ("It is too long to be checked.",)


def test_a_long_quote_told_on_one_line_is_still_a_quote() -> None:
    quote = "Karimov met Putin\n- in Moscow;\n" * 60
    assert verifier.judge(" ".join(quote.split()), [quote]).verdict == "quoted"


@pytest.mark.parametrize(
    ("statement", "held"),
    [
        (
            "Karimov met Putin in Moscow on April 15, and both praised the CSTO.",
            "Karimov met Putin in Moscow on April 15.",
        ),
        ("Karimov met Putin on April 15, 2018.", "Karimov met Putin on April 15."),
        ("Karimov met Putin in Moscow — a sign of weakness, experts said.", "Karimov met Putin in Moscow."),
    ],
)
def test_what_says_more_than_its_quote_is_cut_back_to_what_the_quote_says(statement: str, held: str) -> None:
    judgement = verifier.judge(statement, [MET])
    assert (judgement.verdict, judgement.held, judgement.stands) == ("partly", held, False)
    assert judgement.reasons
    assert verifier.judge(held, [MET]).stands


@pytest.mark.parametrize(
    ("statement", "quote"),
    [
        ("Karimov will visit Moscow, and sign a treaty.", "Karimov will visit Moscow unless the talks fail."),
        ("Karimov left Moscow, and the talks failed.", "Karimov denied that he left Moscow."),
        ("In the spring of 2012, Karimov signed the treaty.", "Snow fell in the spring of 2012."),
    ],
)
def test_no_part_is_kept_whose_sense_the_quote_bends_or_that_is_no_clause(statement: str, quote: str) -> None:
    judgement = verifier.judge(statement, [quote])
    assert (judgement.verdict, judgement.held) == ("unsupported", None)


def test_parts_are_clauses_the_longest_first() -> None:
    told = "In May, the ministers met in Bishkek, and they signed; nobody spoke. It rained, it was said."
    assert parts(told) == [
        "In May, the ministers met in Bishkek, and they signed.",
        "In May, the ministers met in Bishkek.",
    ]
    assert parts("Kazakhstan, Kyrgyzstan, and Uzbekistan") == []
    assert parts("") == []


def test_without_quotes_nothing_is_supported() -> None:
    assert verifier.judge("Karimov met Putin.", [], "Karimov met Putin.").verdict == "unsupported"


def test_the_context_explains_names_but_supports_nothing() -> None:
    quote, context = "He met his Russian counterpart in Moscow.", "Karimov spoke in 2013 about 40 bases."
    assert verifier.judge("Karimov met his Russian counterpart in Moscow.", [quote], context).verdict == "supported"
    assert verifier.judge("Karimov met his Russian counterpart in Moscow in 2013.", [quote], context).reasons
    assert verifier.judge("Karimov spoke about bases.", [quote], context).verdict == "unsupported"


def test_the_name_moves_with_the_coefficients() -> None:
    other = RuleVerifier(Calibration((1.0,) * len(FEATURES), 0.0, 0.5, "a test"))
    assert verifier.name == RuleVerifier().name
    assert verifier.name != other.name


def test_a_stricter_threshold_refuses_more() -> None:
    stored = calibration()
    strict = RuleVerifier(Calibration(stored.weights, stored.bias, 0.999, "a test"))
    pair = ACCEPTED[0]
    judgement = strict.judge(pair.statement, pair.quotes, pair.context)
    assert judgement.verdict == "unsupported"
    assert judgement.reasons


def test_a_judgement_takes_under_three_milliseconds() -> None:
    pairs = [*ACCEPTED, *REFUSED]
    best = min(_seconds(pairs) for _ in range(3))
    assert best / len(pairs) < 0.003


def _seconds(pairs: list[Pair]) -> float:
    start = time.perf_counter()
    for pair in pairs:
        verifier.judge(pair.statement + " ", pair.quotes, pair.context)
    return time.perf_counter() - start
