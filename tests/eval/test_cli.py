import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from eval.cli import BASELINE, CASES, THRESHOLDS, app

pytestmark = pytest.mark.slow

ARTICLES = CASES.parent / "articles"


def invoked(*arguments: str) -> Result:
    done = CliRunner().invoke(app, arguments)
    assert "Traceback" not in done.output
    return done


def said(done: Result) -> str:
    return "".join(done.stderr.split())


@pytest.mark.parametrize("command", ["run", "gate", "aa"])
def test_without_cases_it_could_not_run(command: str, tmp_path: Path) -> None:
    bounds = ["--thresholds", str(THRESHOLDS)] if command != "run" else []
    done = invoked(command, str(tmp_path / "gone.jsonl"), "--articles", str(ARTICLES), *bounds)
    assert done.exit_code == 3
    assert "gone.jsonl" in said(done)


def test_articles_are_looked_for_beside_the_cases(tmp_path: Path) -> None:
    (tmp_path / "cases.jsonl").write_text("{}", encoding="utf-8")
    done = invoked("run", str(tmp_path / "cases.jsonl"))
    assert done.exit_code == 3
    assert f"{tmp_path}/articles" in said(done)


def test_thresholds_are_read_before_anything_is_asked(tmp_path: Path) -> None:
    done = invoked("gate", str(tmp_path / "x"), "--thresholds", str(tmp_path / "gone.toml"))
    assert done.exit_code == 3
    assert "gone.toml" in said(done)


def test_thresholds_are_looked_for_beside_the_cases(tmp_path: Path) -> None:
    (tmp_path / "cases.jsonl").write_text("", encoding="utf-8")
    assert f"{tmp_path}/thresholds.toml" in said(invoked("gate", str(tmp_path)))
    assert f"{tmp_path}/thresholds.toml" in said(invoked("gate", f"own:{tmp_path / 'cases.jsonl'}"))


@pytest.mark.parametrize("wrong", [["run", "--nope"], ["nope"], ["gate", "--limit", "x"], ["accept"]])
def test_wrong_use_is_no_verdict(wrong: list[str]) -> None:
    assert invoked(*wrong).exit_code == 3


def test_a_gate_takes_no_drafts(tmp_path: Path) -> None:
    line = json.loads(CASES.read_text(encoding="utf-8").splitlines()[0])
    (tmp_path / "cases.jsonl").write_text(json.dumps(line | {"tags": ["when", "draft"]}), encoding="utf-8")
    done = invoked(
        *("gate", str(tmp_path), "--articles", str(ARTICLES)),
        *("--thresholds", str(THRESHOLDS), "--baseline", str(BASELINE)),
    )
    assert done.exit_code == 3
    assert "draftsthatnobodyhaslookedat" in said(done)


def test_a_service_is_no_baseline_system(tmp_path: Path) -> None:
    done = invoked("run", "--system", "bm25", "--url", "http://127.0.0.1:9")
    assert done.exit_code == 3
    assert "isnobm25" in said(done)


@pytest.mark.parametrize(
    ("options", "what"), [(["--door", "openai"], "--door"), (["--calibrate", "qags:x"], "--calibrate")]
)
def test_options_that_would_do_nothing_are_refused(options: list[str], what: str) -> None:
    done = invoked("run", *options)
    assert done.exit_code == 3
    assert what in said(done)


def test_a_run_does_not_write_over_what_is_a_user_s(tmp_path: Path) -> None:
    (tmp_path / "cases.jsonl").write_bytes(CASES.read_bytes())
    (tmp_path / "articles").mkdir()
    for out in (tmp_path, tmp_path / "articles" / "run"):
        done = invoked("run", str(tmp_path), "--out", str(out))
        assert done.exit_code == 3
        assert "Giv" in said(done)
    assert (tmp_path / "cases.jsonl").read_bytes() == CASES.read_bytes()
    assert not (tmp_path / "articles" / "run").exists()


def test_other_people_s_sets_have_no_thresholds_of_ours() -> None:
    done = invoked("gate", "squad2:/somewhere/dev.json")
    assert done.exit_code == 3
    assert "/somewhere/thresholds.toml" in said(done)


def test_without_any_set_there_are_no_figures(tmp_path: Path) -> None:
    done = invoked("quality", str(tmp_path), "--write", str(tmp_path / "quality.md"))
    assert done.exit_code == 3
    assert not (tmp_path / "quality.md").exists()


def test_sets_and_schema_are_told() -> None:
    assert "squad2" in invoked("sets").stdout
    assert "squad2" in json.loads(invoked("sets", "--json").stdout)
    assert json.loads(invoked("schema").stdout)["title"] == "Case"


def test_from_cases_to_a_gate_and_back(tmp_path: Path) -> None:
    """A user's whole way, over a few of our own cases, in this process."""
    where = ["--articles", str(ARTICLES), "--limit", "6", "--jobs", "2"]
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "cases.jsonl").write_bytes(CASES.read_bytes())
    (mine / "thresholds.toml").write_text("[exactness]\nfloor = 1.0\n\n[right]\ndelta = 0.02\n", encoding="utf-8")
    assert invoked("run", str(mine), *where, "--out", str(tmp_path / "run")).exit_code == 0

    baseline = ["--baseline", str(mine / "baseline.json")]
    accepted = invoked("accept", str(tmp_path / "run"), *baseline, "--who", "Anna", "--why", "first figures")
    assert accepted.exit_code == 0, accepted.output
    gated = invoked("gate", str(mine), *where, "--out", str(tmp_path / "gate"))
    assert gated.exit_code == 0, gated.output
    assert "No case changed against the baseline" in gated.stdout
    metrics = (tmp_path / "gate" / "metrics.json").read_bytes()
    assert metrics == (tmp_path / "run" / "metrics.json").read_bytes()

    compared = invoked("compare", str(mine / "baseline.json"), str(tmp_path / "gate"), "--json")
    assert json.loads(compared.stdout)["changes"] == []
    (tmp_path / "gate" / "report.html").unlink()
    assert invoked("report", str(tmp_path / "gate")).exit_code == 0
    assert (tmp_path / "gate" / "report.html").stat().st_size > 10_000


def test_identical_input_gets_the_same_verdict(tmp_path: Path) -> None:
    where = ["--articles", str(ARTICLES), "--limit", "5", "--jobs", "2", "--thresholds", str(THRESHOLDS)]
    done = invoked("aa", str(CASES), *where, "--times", "3", "--json")
    found = json.loads(done.stdout)
    assert done.exit_code == 0
    assert (found["times"], found["flips"], found["deterministic"], found["changed"]) == (3, 0, True, [])
