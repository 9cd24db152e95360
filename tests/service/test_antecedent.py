"""Whom a pronoun at the head of a quoted sentence means, and how a statement shows it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.article import Article, Span
from ingest.sentences import sentences
from service.antecedent import antecedent
from service.explained import explained
from service.reading import Selected


def last_of(text: str) -> tuple[Article, Span]:
    """The article, and its last sentence."""
    article = Article(text, origin="test")
    return article, sentences(text, Span(0, len(text)))[-1]


def named(text: str) -> str | None:
    found = antecedent(*last_of(text))
    return found.name if found else None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ilse Brandt shut the quays in May. She wanted to spare the town a flood.", "Ilse Brandt"),
        ("President Islam Karimov visited Moscow on Monday. He met nobody there.", "President Islam Karimov"),
        ("Ilse Brandt is the mayor of Marwa. Her term ends in May. But she may run again.", None),
        ("Ilse Brandt is the mayor. She has run twice. She may run again.", "Ilse Brandt"),
        ("Ilse Brandt was born in Marwa. She left early. She never returned.", "Ilse Brandt"),
        ("Tom Okoro resigned on Friday. His party lost.", "Tom Okoro’s"),
        ("Tom Okoro resigned on Friday. But he stays in parliament.", "Tom Okoro"),
    ],
)
def test_the_only_person_before_is_meant(text: str, name: str | None) -> None:
    assert named(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "Ilse Brandt met Anna Lind in May. She was pleased.",
        "The quays were shut by Tom Okoro. He was pleased.",
        "Tom Okoro spoke to a colleague on Monday. He was pleased.",
        "Mr. Tom Okoro resigned. She was pleased.",
        "She was a friend of Tom Okoro, he said. He was pleased.",
        "Biden, unlike Putin, was calm. His deputy was pleased.",
        "The harbour was shut. He was pleased.",
        "Tom Okoro resigned.\n\nHe was pleased.",
        "The president was ill. He was pleased.",
        "Tom Okoro resigned. He'd had enough.",
        "Tom Okoro resigned. It rained.",
        "Tom Okoro resigned. Here it rained.",
        "He was pleased.",
        "Tom Okoro told " + "many and " * 300 + "Carl Maro left. He was pleased.",
    ],
)
def test_where_another_could_be_meant_nobody_is_named(text: str) -> None:
    assert named(text) is None


def test_the_name_stands_in_brackets_and_its_sentence_is_cited_too() -> None:
    article, span = last_of("Ilse Brandt shut the quays. She wanted to spare the town a flood.")
    source = Selected(article, span, 0.9)
    text, sources = explained(source.quote, (source,))
    assert text == "She [Ilse Brandt] wanted to spare the town a flood."
    assert [each.quote for each in sources] == [source.quote, "Ilse Brandt shut the quays."]


def test_a_sentence_that_tells_the_name_is_cited_once() -> None:
    article, span = last_of("Ilse Brandt shut the quays. She wanted to spare the town a flood.")
    first = Selected(article, sentences(article.text, Span(0, len(article.text)))[0], 0.9)
    _, sources = explained("She wanted to spare the town a flood.", (Selected(article, span, 0.9), first))
    assert len(sources) == 2


@pytest.mark.parametrize("text", ["The mayor wanted to spare the town a flood.", "S", ""])
def test_a_statement_that_begins_otherwise_stays_as_it_is(text: str) -> None:
    article, span = last_of("Ilse Brandt shut the quays. She wanted to spare the town a flood.")
    sources = (Selected(article, span, 0.9),)
    assert explained(text, sources) == (text, sources)


@given(st.text(max_size=200), st.sampled_from(["He left.", "She left.", "His ship left.", "But he left."]))
def test_whatever_stands_before_the_name_is_there_word_for_word(before: str, sentence: str) -> None:
    article = Article(f"{before} {sentence}", origin="test")
    span = Span(len(before) + 1, len(article.text))
    found = antecedent(article, span)
    if found is not None:
        assert found.name.removesuffix("’s") in found.told.of(article.text)
        assert found.told.end <= span.start
