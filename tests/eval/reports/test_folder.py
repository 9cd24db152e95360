import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from eval.atomic import encoded
from eval.errors import RunError
from eval.records import QuoteRecord, Record, ScoreRecord, StatementRecord
from eval.reports import folder as reports
from eval.reports.folder import cases_jsonl, metrics_json, read, read_cases, require_place, write
from eval.results import Speed
from tests.eval.reports.doubles import STAMP, case, claim, failed, gate, result

FILES = ("cases.jsonl", "junit.xml", "metrics.json", "report.html", "run.json", "summary.md")


def rounded(content: Any) -> Any:
    if isinstance(content, float):
        return round(content, 6)
    if isinstance(content, dict):
        return {key: rounded(value) for key, value in content.items()}
    return [rounded(each) for each in content] if isinstance(content, list) else content


def dumped(model: BaseModel) -> Any:
    return rounded(model.model_dump(mode="json"))


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("once")
    write(result(), gate(), folder)
    return folder


@pytest.fixture
def written(once: Path, tmp_path: Path) -> Path:
    """A run with its gate, in a folder of the test's own."""
    return shutil.copytree(once, tmp_path / "written")


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    run = result(case("good"), claim(), failed())
    write(run, gate(), tmp_path / "a" / "run")
    found, told = read(tmp_path / "a" / "run")
    assert dumped(found) == dumped(run)
    assert told is not None
    assert dumped(told) == dumped(gate())
    assert sorted(path.name for path in (tmp_path / "a" / "run").iterdir()) == sorted((*FILES, "gate.json"))


def test_a_run_without_a_gate_leaves_none(tmp_path: Path) -> None:
    write(result(), gate(), tmp_path)
    write(result(), None, tmp_path)
    assert read(tmp_path)[1] is None
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)


TEXT = st.text(max_size=12)
SHARE = st.floats(0, 1)
QUOTES = st.builds(
    QuoteRecord,
    number=st.none() | st.integers(1, 9),
    article=TEXT,
    published=st.none() | st.dates(),
    start=st.integers(0, 99),
    end=st.integers(0, 99),
    before=TEXT,
    quote=TEXT,
    after=TEXT,
)
RECORDS = st.builds(
    Record,
    kind=st.sampled_from(["case", "claim"]),
    id=TEXT,
    cluster=TEXT,
    tags=st.lists(TEXT, max_size=2).map(tuple),
    question=TEXT,
    status=st.sampled_from([None, "answered", "abstained"]),
    confidence=st.none() | SHARE,
    statements=st.lists(st.builds(StatementRecord, text=TEXT, support=st.none() | SHARE), max_size=2).map(tuple),
    citations=st.lists(QUOTES, max_size=2).map(tuple),
    error=st.none() | TEXT,
    scores=st.dictionaries(TEXT, st.builds(ScoreRecord, value=st.none() | SHARE, why=TEXT), max_size=2),
    signals=st.dictionaries(st.sampled_from(["confidence", "answerable", "hit"]), SHARE),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(RECORDS, min_size=1, max_size=3, unique_by=lambda record: record.id))
def test_any_records_are_read_back(tmp_path: Path, records: list[Record]) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes(encoded(cases_jsonl(records)))
    assert [dumped(record) for record in read_cases(path)] == [dumped(record) for record in records]


def test_half_a_surrogate_pair_is_kept(tmp_path: Path) -> None:
    write(result(failed(error="no \udcff")), gate(), tmp_path)
    assert read(tmp_path)[0].records[0].error == "no \udcff"
    assert "no \\udcff" in (tmp_path / "report.html").read_text("utf-8")


def test_equal_answers_give_equal_metrics_to_the_byte() -> None:
    stamp = STAMP.model_copy(update={"revision": "other", "dirty": None, "key": "x", "packages": {}, "processor": "p"})
    other = result(stamp=stamp, speed=Speed(items_per_second=3.0), notes=())
    assert metrics_json(other) == metrics_json(result())


def test_metrics_are_rounded_sorted_and_end_in_a_newline() -> None:
    metric = result().metrics[0].model_copy(update={"value": 2 / 3, "interval": (-1e-9, 0.7)})
    text = metrics_json(result(metrics=(metric,)))
    assert text.endswith("}\n")
    found = json.loads(text)
    assert found["metrics"]["right"] == {
        "value": 0.666667,
        "interval": [0.0, 0.7],
        "n": 2,
        "unscored": 0,
        "better": "higher",
    }
    assert '"interval": [\n        0.0,' in text
    assert list(found) == sorted(found)
    assert found["dataset"] == {"name": "own", "hash": "d" * 16}
    assert (found["cases"], found["claims"]) == (3, 0)


@pytest.mark.parametrize("name", ["metrics.json", "cases.jsonl", "run.json"])
def test_a_missing_file_is_named(written: Path, name: str) -> None:
    (written / name).unlink()
    with pytest.raises(RunError, match=name):
        read(written)


@pytest.mark.parametrize("name", ["metrics.json", "cases.jsonl", "run.json", "gate.json"])
@pytest.mark.parametrize("content", [b"{", b"[1]", b"{}", b'{"a": 1}', b"\xff", b"null", b'{"metrics": [[], 2]}'])
def test_a_damaged_file_is_named(written: Path, name: str, content: bytes) -> None:
    (written / name).write_bytes(content)
    with pytest.raises(RunError, match=r"metrics\.json|" + name.replace(".", r"\.")):
        read(written)


def test_lost_lines_are_noticed(written: Path) -> None:
    path = written / "cases.jsonl"
    path.write_text(path.read_text("utf-8").split("\n")[0] + "\n", "utf-8")
    with pytest.raises(RunError, match=r"cases\.jsonl"):
        read(written)


def test_a_damaged_line_is_named(written: Path) -> None:
    path = written / "cases.jsonl"
    path.write_text(path.read_text("utf-8").replace('"bad"', '"bad', 1), "utf-8")
    with pytest.raises(RunError, match=r"cases\.jsonl:2 is damaged"):
        read(written)


def test_metrics_of_another_run_are_noticed(written: Path) -> None:
    (written / "metrics.json").write_text(metrics_json(result(metrics=result().metrics[:1])), "utf-8")
    with pytest.raises(RunError, match="different metrics"):
        read(written)


def test_a_folder_that_cannot_be_written_is_a_run_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="cannot be written"):
        write(result(), None, tmp_path / "file")
    with pytest.raises(RunError, match="cannot be read"):
        read(tmp_path / "file")


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(result(), None, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    whole = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if path.name.startswith(".run"):
            raise OSError(28, "No space left on device")
        return whole(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(RunError, match="No space left"):
        write(result(case("other")), None, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_files_are_as_readable_as_any_other(tmp_path: Path) -> None:
    write(result(), None, tmp_path)
    (tmp_path / "plain").write_text("")
    modes = {os.stat(path).st_mode for path in tmp_path.iterdir()}  # noqa: PTH116 - the mode, as the system tells it
    assert len(modes) == 1


def test_the_files_say_what_the_reports_say(written: Path) -> None:
    assert (written / reports.SUMMARY).read_text("utf-8").startswith("### ❌")
    assert (written / reports.JUNIT).read_text("utf-8").startswith("<?xml")
    assert (written / reports.REPORT).read_text("utf-8").startswith("<!doctype html>")


def test_a_record_that_stands_twice_is_damage(tmp_path: Path) -> None:
    write(result(case("a")), None, tmp_path)
    path = tmp_path / "cases.jsonl"
    first = path.read_text(encoding="utf-8").splitlines(keepends=True)[0]
    path.write_text(first + first, encoding="utf-8")
    with pytest.raises(RunError, match="stands there twice"):
        read_cases(path)


def test_a_place_that_holds_what_no_run_wrote_is_refused(tmp_path: Path) -> None:
    write(result(case("a")), None, tmp_path / "run")
    require_place(tmp_path / "run", tmp_path / "articles")
    require_place(tmp_path / "new", tmp_path / "articles")
    (tmp_path / "cases.jsonl").write_text("{}", encoding="utf-8")
    with pytest.raises(RunError, match="no run wrote"):
        require_place(tmp_path, tmp_path / "articles")
    with pytest.raises(RunError, match="among the articles"):
        require_place(tmp_path / "articles" / "run", tmp_path / "articles")
