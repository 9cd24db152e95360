from io import StringIO

from rich.console import Console

from eval.reports.table import show
from eval.results import Result
from eval.verdicts import GateResult, MetricVerdict
from tests.eval.reports.doubles import HOSTILE, QUOTE, case, claim, gate, result


def shown(run: Result, told: GateResult | None = None) -> str:
    printed = StringIO()
    show(run, told, Console(file=printed, width=200))
    return printed.getvalue()


def row(text: str, name: str) -> list[str]:
    found = next(line for line in text.splitlines() if line.startswith(f"│ {name} "))
    return [cell.strip() for cell in found.strip("│").split("│")]


def test_a_run_shows_value_interval_n_and_meaning() -> None:
    text = shown(result())
    assert row(text, "right") == ["right", "0.500", "0.250 – 0.750", "2", "came out right"]
    assert row(text, "wrong_refusal")[3] == "4 (1 unscored)"
    assert "Pass" not in text
    assert "Worse" not in text


def test_the_unscored_say_why() -> None:
    assert "unscored: rouge_l (no answers)" in shown(result())


def test_an_unscored_metric_that_has_bounds_keeps_its_row() -> None:
    verdict = MetricVerdict(name="rouge_l", bounds="≥ 0.2", verdict="broken")
    text = shown(result(), gate("broken", metrics=(verdict,)))
    assert row(text, "rouge_l") == ["rouge_l", "unscored", "–", "0", "–", "≥ 0.2", "broken"]


def test_a_gate_shows_difference_bounds_and_verdict() -> None:
    text = shown(result(), gate())
    assert row(text, "right")[4:] == ["−0.250 (−0.500 … +0.125)", "≥ 0.55", "worse"]
    assert row(text, "wrong_refusal")[5:] == ["", ""]
    assert "right: 0.500 is under 0.55" in text
    assert "Worse: 1 of 2 bounded metrics failed: right." in text
    assert "1 case got worse and 1 better against baselines/own.json." in text


def test_a_gate_without_a_baseline_has_no_difference() -> None:
    text = shown(result(), gate("pass", changes=(), against=(), baseline=None))
    assert "against baseline" not in text
    assert "There is no baseline to compare with." in text
    assert "Pass: 2 bounded metrics held." in text


def test_faults_break_the_gate() -> None:
    text = shown(result(), gate("broken"))
    assert "fault: failed: The disk is full." in text
    assert "Broken: the run cannot be judged: 1 fault and right." in text


def test_speed_threshold_and_notes_are_told() -> None:
    text = shown(result())
    assert "speed: 17.2 a second; p50 / p95 in ms: read 40 / 82; 1,200 prompt tokens; peak memory 812 MB" in text
    assert "The threshold 0.500 gets 50.0 % right; 0.250 would get 75.0 % right on this very set." in text
    assert "note: Judged by r1 itself." in text
    assert "note: Written for a test." in text


def test_the_worst_come_first_with_why_and_the_gold() -> None:
    text = shown(result())
    assert text.index("failed: failed?") < text.index("bad: bad, please?")
    assert "right: no gold sentence is cited" in text
    assert f"gold, leaving.md: {QUOTE}" in text
    assert "good: good, please?" not in text


def test_only_so_many_of_the_worst_are_listed() -> None:
    text = shown(result(*(case(f"case-{number:02}", 0.0) for number in range(13))))
    assert "case-09:" in text
    assert "case-10:" not in text
    assert "and 3 more that lost a score" in text


def test_changed_cases_say_what_they_were() -> None:
    text = shown(result(), gate())
    worse, better = text.index("got worse: 1"), text.index("got better: 1")
    assert worse < text.index("bad: bad, please?") < better < text.index("good: good, please?")
    assert "right 1 → 0" in text
    assert "right 0 → 1" in text


def test_a_claim_is_shown_by_its_statement() -> None:
    metrics = [{**metric.model_dump(), "name": "support_right"} for metric in result().metrics[:1]]
    assert "claim: Rain fell." in shown(result(claim(), metrics=metrics))


def test_text_is_neither_markup_nor_a_command_to_the_terminal() -> None:
    text = shown(result(case("bad", 0.0, "[bold]why[/bold]", question=HOSTILE)))
    assert "\x1b" not in text
    assert "[bold]why[/bold]" in text
    assert "<script>alert(1)</script>" in text
