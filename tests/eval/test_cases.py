import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from eval.cases import Case, load
from eval.cli import DATA
from eval.errors import CaseError
from eval.shelf import Place, read_shelf
from ingest.article import Span
from service.question import Turn
from tests.eval.doubles import BASES, LEAVING, NOTE, OTHER, SHELF, case, unanswerable


def written(folder: Path, *lines: Any) -> Path:
    path = folder / "cases.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return path


def line(one: Case, **fields: Any) -> dict[str, Any]:
    return one.model_dump(mode="json") | fields


def test_cases_come_in_the_order_of_the_file_and_blank_lines_do_not_count(tmp_path: Path) -> None:
    path = written(tmp_path, line(case("b")), "", line(unanswerable("a")), "")
    assert load(path, SHELF) == [case("b"), unanswerable("a")]


def test_fields_with_a_usual_value_may_be_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, {"id": "x", "question": "Who?", "expected": "abstained"})
    assert load(path, SHELF)[0].filters.since is None


@pytest.mark.parametrize(
    ("lines", "where", "what"),
    [
        ([line(case("a")), "", line(case("a"))], 3, "that of line 1 too"),
        ([line(case("a"), colour="red")], 1, "colour"),
        ([line(case("a"), filters={"region": "x"})], 1, "filters.region"),
        ([line(case("a"), gold=[{"article": "gone.md", "quote": NOTE}])], 1, "no article 'gone.md'"),
        ([line(case("a"), gold=[{"article": "leaving.md", "quote": "Nobody said so."}])], 1, "stands 0 times"),
        ([line(case("a"), gold=[{"article": "leaving.md", "quote": "20"}])], 1, "stands 2 times"),
        ([line(case("a"), gold=[])], 1, "needs a gold sentence"),
        ([line(unanswerable("a"), answers=["x"])], 1, "neither gold"),
        ([line(case("a"), expected="maybe")], 1, "expected"),
        ([line(case("a"), question=" ")], 1, "empty"),
        ([line(case("a"), filters={"since": "2013-01-01", "until": "2012-01-01"})], 1, "after the last"),
        ([line(case("a")), "{not json"], 2, "JSON"),
    ],
)
def test_what_cannot_be_used_is_refused_with_file_and_line(
    tmp_path: Path, lines: list[Any], where: int, what: str
) -> None:
    path = written(tmp_path, *lines)
    with pytest.raises(CaseError) as caught:
        load(path, SHELF)
    assert f"{path}:{where}: " in caught.value.message
    assert what in caught.value.message
    assert caught.value.help


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\x00"])
def test_a_file_without_readable_cases_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "cases.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CaseError, match=r"cases\.jsonl"):
        load(path, SHELF)


def test_a_case_is_asked_with_its_turns_and_filters() -> None:
    one = case(
        conversation=[{"question": "Who left?", "answer": "Uzbekistan."}],
        filters={"since": "2012-01-01", "sources": ["Wire"]},
    )
    asked = one.asked("quoted")
    assert asked.conversation == (Turn("Who left?", "Uzbekistan."),)
    assert asked.filters.since == date(2012, 1, 1)
    assert asked.filters.sources == ("Wire",)
    assert asked.mode == "quoted"


def test_gold_is_where_the_quote_stands() -> None:
    (place,) = case(gold=[{"article": "leaving.md", "quote": BASES}]).places(SHELF)
    assert place.article_id == LEAVING.id
    assert place.span.of(LEAVING.text) == BASES


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


def test_the_project_s_own_cases_fit_its_articles() -> None:
    shelf = read_shelf(DATA / "articles")
    cases = load(DATA / "cases.jsonl", shelf)
    for one in cases:
        for gold, place in zip(one.gold, one.places(shelf), strict=True):
            assert place.span.of(shelf.articles[gold.article].text) == gold.quote
    assert sum(one.expected == "answered" for one in cases) >= 60
    assert sum(one.expected == "abstained" for one in cases) >= 20
