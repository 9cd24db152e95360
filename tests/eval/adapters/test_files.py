import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.adapters.files import Id, Ids, Part, Words, document, find, lines, records
from eval.errors import CaseError
from tests.eval.adapters.written import write, write_lines


class Port(Part):
    name: Words
    id: Id


class Ferry(Part):
    name: str
    seats: int = 0
    ports: tuple[str, ...] = ()


ROWS: list[dict[str, Any]] = [{"name": "Anna", "seats": 40, "colour": "red"}, {"name": "Béla"}]
FERRIES = [Ferry(name="Anna", seats=40), Ferry(name="Béla")]


@pytest.mark.parametrize("name", ["ferries.jsonl", "ferries.jsonl.gz"])
def test_records_come_with_file_and_line_and_unknown_fields_are_let_be(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, f"\ufeff{json.dumps(ROWS[0])}\r\n\n{json.dumps(ROWS[1])}")
    assert list(records(path, Ferry)) == [(f"{path}:1", FERRIES[0]), (f"{path}:3", FERRIES[1])]


def test_gzip_is_known_by_its_first_bytes_not_by_its_name(tmp_path: Path) -> None:
    zipped = write_lines(tmp_path / "a.jsonl.gz", ROWS)
    plain = zipped.rename(tmp_path / "a.jsonl")
    assert [ferry for _, ferry in records(plain, Ferry)] == FERRIES


def test_a_json_list_is_read_as_records_too(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", json.dumps(ROWS, indent=1))
    assert list(records(path, Ferry)) == [(f"{path}, item 1", FERRIES[0]), (f"{path}, item 2", FERRIES[1])]


def test_one_object_is_a_document(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", json.dumps(ROWS[0], indent=1))
    assert document(path, Ferry) == FERRIES[0]


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        ("{", "JSON"),
        ("3", "record: "),
        ('{"seats": 3}', "name: Field required"),
        ('{"name": "A", "seats": "many"}', "seats: "),
        ('{"name": "A", "ports": ["Osh", 3]}', "ports.1: "),
        ('{"name": "A", "ports": [1, 2, 3, 4, 5]}', "and 2 more"),
    ],
)
def test_a_bad_record_is_refused_with_file_and_line(tmp_path: Path, bad: str, what: str) -> None:
    path = write(tmp_path / "a.jsonl", f"{json.dumps(ROWS[0])}\n\n{bad}\n")
    with pytest.raises(CaseError) as caught:
        list(records(path, Ferry))
    assert caught.value.message.startswith(f"{path}:3: ")
    assert what in caught.value.message
    assert caught.value.help


def test_a_bad_item_of_a_list_or_document_is_refused_with_its_place(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", json.dumps([ROWS[0], {"seats": 1}]))
    with pytest.raises(CaseError, match=r"a\.json: 1\.name: Field required"):
        list(records(path, Ferry))
    with pytest.raises(CaseError, match=r"a\.json: "):
        document(path, Ferry)


@pytest.mark.parametrize(
    "content",
    [b"", b"\n \n", b"\xff\xfe\x00", b"\x1f\x8bnot gzip", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab"],
    ids=["empty", "blank", "not UTF-8", "not gzip", "cut off"],
)
def test_a_file_without_readable_records_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    with pytest.raises(CaseError, match=r"a\.jsonl"):
        list(records(path, Ferry))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"gone\.jsonl cannot be read"):
        list(lines(tmp_path / "gone.jsonl"))


@given(st.lists(st.text(), min_size=1))
def test_whatever_json_holds_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    path = write_lines(tmp_path_factory.mktemp("set") / "a.jsonl.gz", [{"name": name} for name in names])
    assert [ferry.name for _, ferry in records(path, Ferry)] == names


def test_the_file_of_a_folder_is_the_only_one_that_fits_the_first_pattern(tmp_path: Path) -> None:
    for name in ("b.jsonl", "._a.jsonl", "a.json.gz", "qrels/test.tsv"):
        write(tmp_path / name, "x")
    assert find(tmp_path / "b.jsonl", "a*") == tmp_path / "b.jsonl"
    assert find(tmp_path, "*.jsonl", "*.json") == tmp_path / "b.jsonl"
    assert find(tmp_path, "*.json", "*.jsonl") == tmp_path / "a.json.gz"
    assert find(tmp_path, "qrels*.tsv", "qrels/*.tsv") == tmp_path / "qrels" / "test.tsv"


def test_nothing_or_several_that_fit_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="nothing at"):
        find(tmp_path / "gone", "*.json")
    with pytest.raises(CaseError, match=r"no \*\.json or \*\.tsv in"):
        find(tmp_path, "*.json", "*.tsv")
    write(tmp_path / "a.json", "x")
    write(tmp_path / "b.json", "x")
    with pytest.raises(CaseError, match=r"a\.json, b\.json"):
        find(tmp_path, "*.json")


def test_an_id_may_be_a_number_and_what_must_say_something_may_not_be_blank(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", [{"name": " Osh ", "id": 7}, {"name": " ", "id": ""}])
    found = records(path, Port)
    assert next(found)[1] == Port(name="Osh", id="7")
    with pytest.raises(CaseError, match=r"a\.jsonl:2: name: .*; id: "):
        next(found)


def test_an_id_is_new_once() -> None:
    ids = Ids()
    assert ids.new("a", "file:1") == "a"
    assert ids.new("b", "file:2") == "b"
    with pytest.raises(CaseError, match="file:3: the id 'a' is that of file:1 too"):
        ids.new("a", "file:3")
