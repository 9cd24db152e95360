"""The `dossier` command: called in this process, or started as a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import pytest

ROOT = Path(__file__).parents[1]
MORTAL = ("setpriv", "--pdeathsig", "KILL") if shutil.which("setpriv") else ()
"""Before a command: it must not outlive the tests, however they end."""


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


class Service:
    """A `dossier serve` as a process of its own, with an `address` once it answers, and the lines that it logged."""

    def __init__(
        self,
        data: Path,
        port: int = 0,
        environment: Mapping[str, str] | None = None,
        before: tuple[str, ...] = (),
    ) -> None:
        given = ("serve", "--data", data, "--port", str(port), "--llm", "none")
        self.process = start(*given, environment=environment, before=(*MORTAL, *before))
        self.log: list[str] = []
        self._address = ""
        self._announced = threading.Event()
        # Read to its end, or the process would wait for somebody who does.
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @cached_property
    def address(self) -> str:
        """Its base address. It is waited for: what takes signals begins after the announcement."""
        assert self._announced.wait(120), self.log
        assert self._address, self.log
        with httpx.Client(transport=httpx.HTTPTransport(retries=8), timeout=30) as client:
            assert client.get(f"{self._address}/healthz").is_success, self.log
        return self._address

    def stop(self, how: signal.Signals = signal.SIGTERM, seconds: float = 30) -> Done:
        """Sends the signal, and waits for the end."""
        self.process.send_signal(how)
        code = self.process.wait(seconds)
        self._reader.join(seconds)
        assert self.process.stdout is not None
        return Done(code, self.process.stdout.read(), "".join(self.log))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop(signal.SIGKILL)
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log.append(line)
            if "Answering at" in line:
                self._address = line.split()[2]
                self._announced.set()
        self._announced.set()
