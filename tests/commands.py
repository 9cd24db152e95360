"""The `dossier` command: called in this process, or started as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Done:
    """What a command did: its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The JSON document on standard output."""
        return json.loads(self.out)


class Command:
    """Calls `dossier` in this process, with everything but the start of a new interpreter."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *arguments: str | Path) -> Done:
        from service.cli import main

        self._capsys.readouterr()
        self._monkeypatch.setattr(sys, "argv", ["dossier", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self._capsys.readouterr()
        code = ended.value.code
        assert code is None or isinstance(code, int), code
        return Done(code or 0, out, err)


def start(
    *arguments: str | Path, environment: Mapping[str, str] | None = None, before: tuple[str, ...] = ()
) -> subprocess.Popen[str]:
    """Starts `dossier` as a process of its own; `before` is a command that runs it, such as setpriv."""
    return subprocess.Popen(
        [*before, sys.executable, "-m", "service.cli", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | dict(environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )


def finished(process: subprocess.Popen[str], seconds: float = 120.0) -> Done:
    """Waits for a process to end."""
    out, err = process.communicate(timeout=seconds)
    return Done(process.returncode, out, err)
