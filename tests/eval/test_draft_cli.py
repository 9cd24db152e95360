"""`dossier eval draft`, where no terminal is."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from eval.casefile import load
from eval.draft_cli import draft
from eval.shelf import read_shelf
from tests.eval.drafting.shelves import PORT, RIVER

APP = typer.Typer()
APP.command()(draft)


@pytest.fixture
def articles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of two articles."""
    monkeypatch.delenv("DOSSIER_LLM", raising=False)
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "port.md").write_text(PORT)
    (folder / "river.md").write_text(RIVER)
    return folder


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(APP, [str(argument) for argument in arguments])


def test_drafts_go_to_a_file_beside_the_folder_and_only_new_ones_are_added(articles: Path) -> None:
    first = run(articles, "--count", "4")
    assert first.exit_code == 0, first.output
    path = articles.parent / "cases.jsonl"
    cases = load(path, read_shelf(articles))
    assert len(cases) == 4
    assert all("draft" in case.tags for case in cases)
    assert "4 drafts added" in first.output
    assert "Rules word the questions" in first.output
    assert run(articles, "--count", "50").exit_code == 0
    more = load(path, read_shelf(articles))
    assert more[:4] == cases
    quotes = [gold.quote for case in more for gold in case.gold]
    assert len(set(quotes)) == len([case for case in more if case.gold])
    assert "Nothing new" in run(articles, "--count", "50").output


def test_another_file_is_never_overwritten(articles: Path) -> None:
    path = articles.parent / "notes.txt"
    path.write_text("mine")
    result = run(articles, "--out", path)
    assert result.exit_code == 3
    assert "cannot be added to" in " ".join(result.output.split())
    assert path.read_text() == "mine"


def test_no_articles_and_nothing_to_ask_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOSSIER_LLM", raising=False)
    folder = tmp_path / "articles"
    folder.mkdir()
    assert run(folder).exit_code == 3
    (folder / "a.md").write_text("# Nothing\n\nIt rained. They stayed at home, and we did too.\n")
    result = run(folder)
    assert result.exit_code == 3
    assert "--llm openai:gpt-4o-mini" in " ".join(result.output.split())
    assert not (tmp_path / "cases.jsonl").exists()


def test_an_unknown_model_is_told_and_the_small_one_is_not_used(articles: Path) -> None:
    unknown = run(articles, "--llm", "nonsense")
    assert unknown.exit_code == 3
    assert "nonsense cannot be set up" in " ".join(unknown.output.split())
    assert "too small" in run(articles, "--llm", "embedded", "--count", "1").output
