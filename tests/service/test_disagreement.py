"""Sources that tell different things."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ingest.article import Article, Passage, Span
from ingest.sentences import sentences
from service.disagreement import sides
from service.evidence import Evidence, ScoredSentence
from service.reading import Reading

QUESTION = "How many soldiers left the base?"


def evidence(text: str, score: float, story: str) -> Evidence:
    article = Article(text, title=story, published=date(2012, 5, 3), origin=f"{story}/{text}")
    spans = tuple(sentences(text, Span(0, len(text))))
    marks = tuple(ScoredSentence(span, score) for span in spans)
    return Evidence(article, Passage(article.id, 0, Span(0, len(text)), spans), story, 1.0, score, marks)


def told(*found: Evidence) -> list[str]:
    return [values.shown for _, values in sides(QUESTION, Reading(found, 1.0))]


def test_two_stories_with_two_figures_are_two_sides() -> None:
    one = evidence("On Monday 1,250 soldiers left the base.", 0.9, "one")
    other = evidence("Only 400 soldiers left the base on Monday.", 0.8, "other")
    assert told(one, other) == ["1,250", "400"]


def test_the_same_figure_twice_is_no_disagreement() -> None:
    one = evidence("On Monday 1,250 soldiers left the base.", 0.9, "one")
    assert told(one, evidence("The base saw 1,250 soldiers leave: they left at noon.", 0.8, "other")) == []


def test_two_tellings_of_one_story_are_one_source() -> None:
    one = evidence("On Monday 1,250 soldiers left the base.", 0.9, "one")
    assert told(one, evidence("Only 400 soldiers left the base on Monday.", 0.8, "one")) == []


def test_a_sentence_that_hardly_answers_is_no_side() -> None:
    one = evidence("On Monday 1,250 soldiers left the base.", 0.9, "one")
    assert told(one, evidence("Only 400 soldiers left the base on Monday.", 0.1, "other")) == []


def test_a_sentence_that_falls_behind_the_best_is_a_side_if_it_answers_half_as_well() -> None:
    one = evidence("On Monday 1,250 soldiers left the base.", 0.8, "one")
    other = evidence("Only 400 soldiers left the base on Monday.", 0.41, "other")
    behind = replace(other, marked=(), fainter=other.marked)
    assert told(one, behind) == ["1,250", "400"]
    assert told(one, replace(behind, fainter=(replace(other.marked[0], score=0.39),))) == []


def test_sentences_about_different_things_do_not_contradict() -> None:
    one = evidence("On Monday 1,250 soldiers left the base.", 0.9, "one")
    assert told(one, evidence("There are 400 beds.", 0.8, "other")) == []


def test_a_reason_is_compared_with_nothing() -> None:
    one = evidence("They left because 1,250 of them were ill.", 0.9, "one")
    other = evidence("They left because 30 of them were ill.", 0.9, "other")
    assert sides("Why did the soldiers leave?", Reading((one, other), 1.0)) == []


def test_nothing_read_holds_no_sides() -> None:
    assert sides(QUESTION, Reading((), 0.0)) == []
