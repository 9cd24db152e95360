"""docs/slack.md says what is so: its settings, its errors, its log lines, its pictures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from service.settings import SlackSettings
from service.slack import troubles
from tests.commands import ROOT

TEXT = (ROOT / "docs/slack.md").read_text(encoding="utf-8")
PICTURES = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", TEXT)
LARGEST = 120_000
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line.startswith("| ")]


def code() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in Path(ROOT, "service").rglob("*.py"))


def test_the_table_of_settings_is_that_of_the_code() -> None:
    table = {name: row[1] for row in ROWS for name in re.findall(r"DOSSIER_SLACK_([A-Z_]+)", row[0])}
    assert set(table) == {name.upper() for name in SlackSettings.model_fields}
    for name, field in SlackSettings.model_fields.items():
        assert table[name.upper()] == (f"`{field.default}`" if field.default else ""), name


def test_its_errors_are_those_that_the_bot_explains() -> None:
    known = {*troubles._TROUBLES, *troubles._POSTING, "missing_scope"}
    named = {name for row in ROWS if len(row) == 3 for name in re.findall(r"`([a-z]+_[a-z_]+|ratelimited)`", row[1])}
    assert named
    assert named <= known


@pytest.mark.parametrize(
    "line",
    ["slack refused", "slack question failed", "slack event failed", "slack not installed", "slack question refused"],
)
def test_its_lines_of_the_log_are_written(line: str) -> None:
    assert f"`{line}`" in TEXT
    assert f'"{line}"' in code()


def test_what_people_see_is_what_the_bot_says() -> None:
    said = code().replace('"\n    "', "")
    for words in re.findall(r"^\| [“\"]([^\"”|]+)[\"”] \|", TEXT, re.MULTILINE):
        assert words in said or all(part.strip('"') in said for part in words.split(", ")), words


def test_its_pictures_are_there_small_and_described() -> None:
    shown = {name for _, name in PICTURES}
    assert shown == {f"slack/{path.name}" for path in (ROOT / "docs/slack").iterdir()}
    for _, name in PICTURES:
        assert (ROOT / "docs" / name).stat().st_size < LARGEST, name


def test_what_it_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", TEXT)
    assert [name for name in links if not (ROOT / "docs" / name).exists()] == []
