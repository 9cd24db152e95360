from pathlib import Path
from typing import Any

import pytest

from eval.adapters import read_dataset
from eval.errors import CaseError
from tests.eval.adapters.written import write, write_lines

NOTE = "The ferry Anna sailed to Osh in 1912."


def own(folder: Path, **fields: Any) -> Path:
    write(folder / "articles" / "2012" / "ferry.md", f"# The ferry\n\n{NOTE} It carried bread.\n")
    gold = [{"article": "2012/ferry.md", "quote": NOTE}]
    case = {"id": "a", "question": "When?", "expected": "answered", "gold": gold} | fields
    write_lines(folder / "cases.jsonl", [case, {"id": "b", "question": "Who?", "expected": "abstained"}])
    return folder


def test_our_own_cases_are_read_by_folder_by_file_and_by_name(tmp_path: Path) -> None:
    folder = own(tmp_path)
    for address in (f"own:{folder}", str(folder), str(folder / "cases.jsonl")):
        read = read_dataset(address)
        assert [case.id for case in read.cases] == ["a", "b"]
        assert list(read.shelf.articles) == ["2012/ferry.md"]
        assert read.measures == {"retrieval", "answer", "sentences", "long", "abstention"}
        assert read.note == ""


def test_what_few_cases_state_is_measured_where_they_do(tmp_path: Path) -> None:
    assert "dispute" in read_dataset(str(own(tmp_path / "a", answers=["1912"], rivals=["1913"]))).measures
    assert "asking back" in read_dataset(str(own(tmp_path / "b", asks_back=True))).measures


def test_articles_elsewhere_are_named(tmp_path: Path) -> None:
    folder = own(tmp_path / "cases")
    (folder / "articles").rename(tmp_path / "shelf")
    assert len(read_dataset(str(folder), tmp_path / "shelf").cases) == 2
    with pytest.raises(CaseError, match="articles"):
        read_dataset(str(folder))


def test_ids_of_articles_are_the_same_wherever_the_folder_lies(tmp_path: Path) -> None:
    here, there = (read_dataset(str(own(tmp_path / name))) for name in ("here", "there"))
    assert here.fingerprint == there.fingerprint
    assert here.shelf.articles["2012/ferry.md"].id == there.shelf.articles["2012/ferry.md"].id
    assert [document.origin for document in here.shelf.documents] == ["2012/ferry.md"]
    assert len(here.shelf.narrowed({"2012/ferry.md"}).documents) == 1


def test_drafts_are_told(tmp_path: Path) -> None:
    assert "1 of 2 cases" in read_dataset(str(own(tmp_path, tags=["draft"]))).note


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("nothing/here.jsonl", "nothing at"),
        ("squadron:x", "no adapter called 'squadron'"),
        ("squad2:nothing", "nothing at nothing"),
        ("own:nothing", "nothing at nothing"),
    ],
)
def test_an_address_without_a_set_is_refused(address: str, what: str) -> None:
    with pytest.raises(CaseError, match=what) as caught:
        read_dataset(address)
    assert caught.value.help


def test_only_our_own_cases_take_a_folder_of_articles(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="brings its own"):
        read_dataset("wice:x", tmp_path)
