import json
from pathlib import Path
from typing import Any

import pytest

from eval.casefile import load, schema
from eval.errors import CaseError
from eval.shelf import Shelf, read_shelf
from ingest.article import Article

REPOSITORY = Path(__file__).parents[2]
NOTE = "The note was handed over on 20 June 2012, eight days early."
SHELF = Shelf({"leaving.md": Article(text=f"{NOTE} It cost 200 roubles.", origin="leaving.md")})


def line(name: str, **fields: Any) -> dict[str, Any]:
    gold = [{"article": "leaving.md", "quote": NOTE}]
    return {"id": name, "question": "When?", "expected": "answered", "gold": gold} | fields


def written(folder: Path, *lines: Any) -> Path:
    path = folder / "cases.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return path


def test_cases_come_in_the_order_of_the_file_and_blank_lines_do_not_count(tmp_path: Path) -> None:
    path = written(tmp_path, line("b"), "", line("a", expected=None, gold=[]), "")
    assert [case.id for case in load(path, SHELF)] == ["b", "a"]


def test_fields_with_a_usual_value_may_be_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, {"id": "x", "question": "Who?", "expected": "abstained"})
    (case,) = load(path, SHELF)
    assert (case.filters.since, case.over, case.reference, case.group) == (None, (), None, None)


def test_a_gold_article_is_enough_for_an_answerable_case(tmp_path: Path) -> None:
    path = written(tmp_path, line("a", gold=[], gold_articles=["leaving.md"]))
    assert load(path, SHELF)[0].named_gold == {"leaving.md"}


@pytest.mark.parametrize(
    ("lines", "where", "what"),
    [
        ([line("a"), "", line("a")], 3, "that of line 1 too"),
        ([line("a", colour="red")], 1, "colour"),
        ([line("a", filters={"region": "x"})], 1, "filters.region"),
        ([line("a", gold=[{"article": "gone.md", "quote": NOTE}])], 1, "no article 'gone.md'"),
        ([line("a", gold_articles=["gone.md"])], 1, "no article 'gone.md'"),
        ([line("a", over=["gone.md", "leaving.md"])], 1, "no article 'gone.md'"),
        ([line("a", over=["army.md"])], 1, "gold lies outside"),
        ([line(" ")], 1, "id"),
        ([line("a", answers=[""])], 1, "answers"),
        ([line("a", gold=[{"article": "leaving.md", "quote": "Nobody said so."}])], 1, "stands 0 times"),
        ([line("a", gold=[{"article": "leaving.md", "quote": "20"}])], 1, "stands 3 times"),
        ([line("a", gold=[])], 1, "needs a gold sentence"),
        ([line("a", expected="abstained")], 1, "do not answer"),
        ([line("a", expected="maybe")], 1, "expected"),
        ([{"id": "a", "question": "Who?"}], 1, "expected"),
        ([line("a", question=" ")], 1, "empty"),
        ([line("a", filters={"since": "2013-01-01", "until": "2012-01-01"})], 1, "after the last"),
        ([line("a"), "{not json"], 2, "JSON"),
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


def test_the_published_schema_is_current() -> None:
    published = (REPOSITORY / "docs" / "case.schema.json").read_text(encoding="utf-8")
    assert published == schema(), "write eval.casefile.schema() to docs/case.schema.json"


def test_the_project_s_own_cases_fit_its_articles() -> None:
    data = REPOSITORY / "eval" / "data"
    shelf = read_shelf(data / "articles")
    cases = load(data / "cases.jsonl", shelf)
    for one in cases:
        for gold, place in zip(one.gold, one.places(shelf), strict=True):
            assert place.span.of(shelf.articles[gold.article].text) == gold.quote
    assert sum(one.expected == "answered" for one in cases) >= 60
    assert sum(one.expected == "abstained" for one in cases) >= 20
