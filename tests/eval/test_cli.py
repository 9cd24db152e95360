from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.cli import DATA, app


@pytest.mark.parametrize("command", ["run", "gate"])
def test_without_cases_it_could_not_run(command: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(
        app, [command, "--cases", str(tmp_path / "gone.jsonl"), "--articles", str(DATA / "articles")]
    )
    assert done.exit_code == 3
    assert "gone.jsonl cannot be read" in " ".join(done.stderr.split())
    assert "Traceback" not in done.output


def test_articles_are_looked_for_beside_the_cases(tmp_path: Path) -> None:
    (tmp_path / "cases.jsonl").write_text("{}", encoding="utf-8")
    done = CliRunner().invoke(app, ["run", "--cases", str(tmp_path / "cases.jsonl")])
    assert done.exit_code == 3
    assert f"{tmp_path}/articles" in "".join(done.stderr.split())


def test_bounds_are_read_before_anything_is_asked(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        app, ["gate", "--thresholds", str(tmp_path / "gone.toml"), "--cases", str(tmp_path / "x")]
    )
    assert done.exit_code == 3
    assert "gone.toml" in "".join(done.stderr.split())
