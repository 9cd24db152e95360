from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from eval.cases import Case
from eval.errors import CaseError
from eval.shelf import Place, Shelf, read_shelf
from ingest.article import Article, Span
from service.question import Turn

NOTE = "The note was handed over on 20 June 2012, eight days early."
OTHER = "The river was low that summer."
LEAVING = Article(text=f"{NOTE} {OTHER}", title="Leaving", origin="leaving.md")
SHELF = Shelf({"leaving.md": LEAVING})


def case(**fields: Any) -> Case:
    usual: dict[str, Any] = {
        "id": "when",
        "question": "When was it handed over?",
        "expected": "answered",
        "gold": [{"article": "leaving.md", "quote": NOTE}],
    }
    return Case.model_validate(usual | fields)


def test_a_case_is_asked_with_its_turns_and_filters_over_the_articles_named() -> None:
    one = case(
        conversation=[{"question": "Who left?", "answer": "Uzbekistan."}],
        filters={"since": "2012-01-01", "sources": ["Wire"]},
    )
    asked = one.asked("quoted", over=("a1", "a2"))
    assert asked.conversation == (Turn("Who left?", "Uzbekistan."),)
    assert asked.filters.since == date(2012, 1, 1)
    assert asked.filters.sources == ("Wire",)
    assert asked.filters.articles == ("a1", "a2")
    assert asked.mode == "quoted"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"gold": [], "answers": ["20 June"]},
        {"gold": [], "reference": "On 20 June."},
        {"gold": [], "gold_articles": ["x"]},
    ],
)
def test_what_the_articles_do_not_answer_has_no_answer(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="do not answer"):
        case(expected="abstained", **fields)


def test_where_both_are_right_answers_may_be_stated() -> None:
    assert case(expected=None, reference="On 20 June.").expected is None


def test_gold_is_where_the_quote_stands() -> None:
    (place,) = case().places(SHELF)
    assert place.article_id == LEAVING.id
    assert place.span.of(LEAVING.text) == NOTE


def test_a_case_names_its_gold_articles_and_those_it_is_asked_over() -> None:
    one = case(gold_articles=["b.md"], over=["c.md", "b.md", "leaving.md"])
    assert one.named_gold == {"leaving.md", "b.md"}
    assert one.named == {"leaving.md", "b.md", "c.md"}


@pytest.mark.parametrize(
    ("fields", "cluster"),
    [
        ({"group": "talk"}, "talk"),
        ({"gold_articles": ["a.md"]}, "a.md"),
        ({"expected": "abstained", "gold": []}, "case:when"),
    ],
)
def test_cases_of_one_group_or_article_stand_together(fields: dict[str, Any], cluster: str) -> None:
    assert case(**fields).cluster == cluster


def test_places_overlap_only_within_one_article_and_by_a_character() -> None:
    place = Place("a", Span(10, 20))
    assert place.overlaps(Place("a", Span(19, 30)))
    assert not place.overlaps(Place("a", Span(20, 30)))
    assert not place.overlaps(Place("b", Span(10, 20)))


def test_overlapping_copies_of_a_quote_are_all_counted(tmp_path: Path) -> None:
    (tmp_path / "echo.md").write_text(f"Anna and Anna and Anna went there. {OTHER}", encoding="utf-8")
    assert len(read_shelf(tmp_path).places("echo.md", "Anna and Anna")) == 2


def test_articles_are_named_by_their_path_below_the_folder(tmp_path: Path) -> None:
    (tmp_path / "2012").mkdir()
    (tmp_path / "2012" / "note.txt").write_text(f"{NOTE} {OTHER}", encoding="utf-8")
    shelf = read_shelf(tmp_path)
    assert list(shelf.articles) == ["2012/note.txt"]
    assert len(shelf.documents) == 1


def test_a_folder_without_articles_or_with_an_unusable_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError):
        read_shelf(tmp_path / "gone")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CaseError):
        read_shelf(tmp_path / "empty")
    (tmp_path / "short.txt").write_text("No.", encoding="utf-8")
    with pytest.raises(CaseError, match=r"short\.txt"):
        read_shelf(tmp_path)
