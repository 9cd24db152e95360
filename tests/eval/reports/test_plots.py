import re

from lxml import etree

from eval.reports import plots
from eval.reports.curve import curve
from eval.reports.rows import rows
from tests.eval.reports.doubles import case, gate, result


def drawn() -> dict[str, str]:
    run = result(case("a"), case("b", 0.0, signals={"confidence": 0.4, "answerable": 1.0, "hit": 0.0}))
    risk = curve(run.records)
    assert risk is not None
    return {
        "intervals": plots.intervals(rows(run, gate())),
        "coverage": plots.risk_coverage(risk, run.threshold),
        "latency": plots.latency(run.speed.stages),
    }


def texts(svg: str) -> list[str]:
    return ["".join(element.itertext()) for element in etree.fromstring(svg).iter("{*}text")]


def test_equal_input_gives_equal_bytes_whatever_was_drawn_before() -> None:
    first = drawn()
    plots.latency({"other": {"p50": 1.0, "p95": 2.0}})
    assert drawn() == first


def test_the_style_sheet_gives_the_colours() -> None:
    for svg in drawn().values():
        assert "var(--ink)" in svg
        assert not re.search(r"#[0-9a-f]{6}\b", svg)


def test_nothing_is_dated_or_asked_for() -> None:
    for svg in drawn().values():
        assert "<metadata" not in svg
        assert "DOCTYPE" not in svg
        assert not [found for found in re.findall(r'(?:href|src)="([^"]*)"', svg) if not found.startswith("#")]


def test_no_two_plots_share_an_id() -> None:
    found = [name for svg in drawn().values() for name in re.findall(r'\bid="([^"]*)"', svg)]
    assert len(found) == len(set(found)) > 0


def test_references_stay_inside_the_plot() -> None:
    for svg in drawn().values():
        ids = set(re.findall(r'\bid="([^"]*)"', svg))
        assert set(re.findall(r'(?:href="#|url\(#)([^")]*)', svg)) <= ids


def test_each_scored_metric_is_named_with_its_value() -> None:
    found = texts(drawn()["intervals"])
    assert {"right", "0.500", "wrong_refusal", "0.250", "baseline"} <= set(found)
    assert "rouge_l" not in found


def test_a_metric_that_failed_has_the_colour_of_failure() -> None:
    assert "var(--bad)" in plots.intervals(rows(result(), gate("worse")))
    assert "var(--bad)" not in plots.intervals(rows(result(), gate("pass")))


def test_both_thresholds_are_marked() -> None:
    assert {"0.25, implied by this set", "0.50, in use"} <= set(texts(drawn()["coverage"]))


def test_stages_are_named_with_both_times() -> None:
    assert {"read", "40 / 82"} <= set(texts(drawn()["latency"]))


def test_a_name_is_text_and_no_formula() -> None:
    svg = plots.latency({"<b> $x_1$": {"p50": 1.0, "p95": 2.0}})
    assert "<b> $x_1$" in texts(svg)
