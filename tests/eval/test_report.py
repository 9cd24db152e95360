import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from eval.errors import RunError
from eval.gate import Bound, judge
from eval.report import as_json, show, write
from service.answer import Timings
from tests.eval.doubles import ARMY, COST, LEAVING, NOTE, abstained, answered, card, case, outcome, unanswerable

GOOD = outcome(case("good", question="What [red]date[/red]?"), answered((LEAVING, NOTE)))
BAD = outcome(case("bad"), answered((ARMY, COST)))
REFUSED = outcome(unanswerable("cup"), abstained())
FAILED = outcome(case("failed"), None, "The disk [bold]is full.")
CARD = card(GOOD, BAD, REFUSED, FAILED)


def shown(*, gate: bool) -> str:
    printed = StringIO()
    show(CARD, judge(CARD, {"gold_hit": Bound(floor=0.6)}) if gate else None, Console(file=printed, width=200))
    return printed.getvalue()


def test_a_gate_shows_value_bound_and_verdict() -> None:
    row = next(line for line in shown(gate=True).splitlines() if "gold_hit" in line and "0.500" in line)
    assert "≥ 0.600" in row
    assert "worse" in row


def test_the_worst_cases_come_first_with_their_reason_and_the_gold() -> None:
    text = shown(gate=True)
    assert text.index("failed: failed?") < text.index("bad: bad?")
    assert "The disk [bold]is full." in text
    assert f"no gold sentence is cited, but: {COST}" in text
    assert f"gold, leaving.md: {NOTE}" in text
    assert "gate: broken" in text


def test_a_run_has_no_verdict() -> None:
    assert "gate:" not in shown(gate=False)


def test_json_tells_the_same() -> None:
    found = json.loads(as_json(CARD, judge(CARD, {"gold_hit": Bound(floor=0.6)})))
    assert found["metrics"]["gold_hit"] == {
        "value": 0.5,
        "interval": None,
        "n": 2,
        "unscored": 2,
        "better": "higher",
    }
    assert found["errors"] == 1
    assert found["models"]["reader"] == ["r"]
    assert found["gate"]["verdict"] == "broken"
    assert found["gate"]["bounds"] == {"gold_hit": {"floor": 0.6, "verdict": "worse"}}
    assert "gate" not in json.loads(as_json(CARD, None))


def test_equal_answers_give_equal_bytes_whatever_their_id_and_speed(tmp_path: Path) -> None:
    assert GOOD.answer is not None
    slow = GOOD.answer.model_copy(update={"id": "another", "timings_ms": Timings(read=99)})
    write(card(GOOD, REFUSED), tmp_path / "one" / "deep")
    write(card(outcome(GOOD.case, slow), REFUSED), tmp_path / "two")
    for name in ("metrics.json", "cases.jsonl"):
        assert (tmp_path / "one" / "deep" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_each_case_is_written_with_its_scores_and_named_articles(tmp_path: Path) -> None:
    write(CARD, tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "cases.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["id"] for line in lines] == ["good", "bad", "cup", "failed"]
    assert lines[1]["citations"][0]["article"] == "army.md"
    assert lines[1]["scores"]["gold_hit"]["value"] == 0.0
    assert lines[3]["error"] == "The disk [bold]is full."


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(RunError, match="cannot be written"):
        write(CARD, tmp_path / "file")
