"""When a question is asked back."""

from __future__ import annotations

import pytest

from ingest.article import Article, Passage, Span
from service.clarify import clarification, unnamed
from service.evidence import Evidence
from service.reading import Reading


def evidence(title: str, score: float) -> Evidence:
    article = Article("Text.", title=title, origin=title)
    span = Span(0, 5)
    return Evidence(article, Passage(article.id, 0, span, (span,)), title, 1.0, score)


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("What are the services offered by this state library?", "state"),
        ("Why is this burger so popular?", "burger"),
        ("When did he resign?", ""),
        ("Why did they leave?", ""),
    ],
)
def test_what_is_pointed_at_without_a_name_is_found(question: str, thing: str) -> None:
    found = unnamed(question)
    assert found is not None
    assert found.split()[:1] == thing.split()


@pytest.mark.parametrize(
    "question",
    [
        "Why did Tashkent leave the CSTO?",
        "What did Karimov say of this decision?",
        "Which product did the company show this week?",
        "What is a leap year?",
        "Which of the oil fields that they found last year did the ministry close for good?",
    ],
)
def test_a_question_that_names_something_stands(question: str) -> None:
    assert unnamed(question) is None


def test_the_stories_that_compete_are_the_options() -> None:
    reading = Reading((evidence("A", 0.4), evidence("B", 0.3), evidence("C", 0.1)), 0.8)
    back = clarification("When did he resign?", reading, answerable=True)
    assert back is not None
    assert back.options == ("A", "B")
    assert back.question == "Who or what do you mean: “A” or “B”?"


def test_where_one_story_answers_nothing_is_asked_back() -> None:
    reading = Reading((evidence("A", 0.8), evidence("B", 0.1)), 0.9)
    assert clarification("When did he resign?", reading, answerable=True) is None


def test_without_options_it_is_asked_plainly() -> None:
    back = clarification("Why is this burger so popular?", Reading((), 0.0), answerable=False)
    assert back is not None
    assert (back.question, back.options) == ("Which burger do you mean?", ())
