"""docs/security.md against the tests: every threat has a test, and every test that it names is one."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.commands import ROOT

TEXT = (ROOT / "docs/security.md").read_text(encoding="utf-8")
COLUMNS = 4
NAMED = re.compile(r"`(tests/[\w/]+\.py(?:::\w+)+)`")


def rows() -> list[list[str]]:
    """The cells of each line of the tables, their heads left out."""
    lines = [line for line in TEXT.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [row for row in cells if row[0] != "who wants what" and set(row[0]) != {"-"}]


def test_every_threat_says_who_how_what_stops_it_and_what_proves_that() -> None:
    assert len(rows()) > 60
    for row in rows():
        assert len(row) == COLUMNS, row
        assert all(row), row
        assert row[-1] == "<br>".join(f"`{name}`" for name in NAMED.findall(row[-1])), row


def test_every_test_it_names_is_collected(request: pytest.FixtureRequest) -> None:
    collected = {item.nodeid.partition("[")[0] for item in request.session.items}
    named = sorted(set(NAMED.findall(TEXT)) - collected)
    if not named:
        return
    collect = [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider", *named]
    done = subprocess.run(collect, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    collected = {line.partition("[")[0] for line in done.stdout.splitlines() if "::" in line}
    assert collected == set(named)
