"""What the cross-encoder learns from."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from eval.training.examples import Shelf, read_squad
from eval.training.lessons import lessons, swapped
from ingest.embedder import Embedder


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    asked = {"question": "When did Marwa close in 2012?", "is_impossible": False}
    paragraphs = [
        {"context": "Marwa closed in May. Ships left.", "qas": [{**asked, "answers": [{"answer_start": 0}]}] * 40},
        {"context": "Marwa has a port. It may close.", "qas": []},
        {
            "context": "Storms are common.",
            "qas": [{"question": "When did Lindo close in 1999?", "is_impossible": True}],
        },
    ]
    path = tmp_path / "set.json"
    path.write_text(json.dumps({"data": [{"title": "Ports", "paragraphs": paragraphs}]}), encoding="utf-8")
    return read_squad(path)["Ports"]


def test_the_right_sentence_stands_among_its_neighbours_and_near_misses(shelf: Shelf, embedder: Embedder) -> None:
    first = next(iter(lessons(shelf, embedder, random.Random(1))))
    right = [pair for pair, answers in zip(first.pairs, first.right, strict=True) if answers]
    assert [pair.sentence for pair in right] == ["Marwa closed in May."]
    assert len(first.pairs) == 4
    assert first.pairs[1].before == "Marwa closed in May."


def test_some_lessons_have_no_answer_because_it_was_taken_away_or_asked_of_another(
    shelf: Shelf, embedder: Embedder
) -> None:
    found = list(lessons(shelf, embedder, random.Random(1)))
    unanswered = [lesson for lesson in found if not any(lesson.right)]
    asked = {lesson.pairs[0].question for lesson in unanswered}
    assert len(found) > 41
    assert any("Lindo" in question or "1999" in question for question in asked)
    assert any("Marwa closed in May." not in {pair.sentence for pair in lesson.pairs} for lesson in unanswered)


def test_lessons_are_the_same_for_the_same_draw(shelf: Shelf, embedder: Embedder) -> None:
    one, other = (list(lessons(shelf, embedder, random.Random(5))) for _ in range(2))
    assert one == other


def test_a_name_gives_way_to_a_name_and_a_number_to_a_number() -> None:
    rng = random.Random(1)
    assert swapped("When did Marwa close?", ["Lindo", "1999"], rng) == "When did Lindo close?"
    assert swapped("What closed in 2012?", ["Lindo", "1999"], rng) == "What closed in 1999?"
    assert swapped("What closed?", ["Lindo"], rng) is None
    assert swapped("When did Marwa close?", ["Marwa"], rng) is None
