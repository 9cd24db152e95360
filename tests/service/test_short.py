"""The short answer within a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.article import Article, Span
from service.reading import Selected
from service.short import with_short


def short(question: str, sentence: str) -> str | None:
    article = Article(f"Before. {sentence}", origin="test")
    found = with_short(question, Selected(article, Span(8, len(article.text)), 0.9)).short
    return found.of(article.text) if found else None


@pytest.mark.parametrize(
    ("question", "sentence", "answer"),
    [
        ("When was the harbour closed?", "The harbour was closed on 3 May 2012 after a storm.", "3 May 2012"),
        ("In what year was it closed?", "It was closed in 2012.", "2012"),
        ("How many ferries sank?", "The storm sank twelve ferries in May.", "twelve"),
        ("How many ferries sank in 2012?", "In 2012 the storm sank 12 ferries.", "12"),
        ("When was the harbour closed?", "It was closed in 2012 and again in 2014.", None),
        ("When was the harbour closed in 2012?", "It was closed in 2012.", None),
        ("Who closed the harbour?", "Ilse Brandt closed the harbour in 2012.", None),
        ("Why was the harbour closed?", "It was closed in 2012 for fear of a flood.", None),
        ("Was the harbour closed in 2012?", "It was closed on 3 May 2012.", None),
    ],
)
def test_it_is_the_one_date_or_amount_that_is_asked_for(question: str, sentence: str, answer: str | None) -> None:
    assert short(question, sentence) == answer


@given(st.sampled_from(["When was it?", "How many were there?", "Who?"]), st.text(max_size=80))
def test_it_lies_within_the_sentence(question: str, sentence: str) -> None:
    found = short(question, sentence)
    assert found is None or (found and found in sentence)
