"""The `dossier` command in processes of its own, as a user starts it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from time import monotonic, perf_counter, sleep
from typing import IO

import httpx

from eval.errors import RunError
from ingest.ownership import Owner, Ownership

START_SECONDS = 120.0
STOP_SECONDS = 30.0
_POLL_SECONDS = 0.1


@contextmanager
def running_service(data: Path) -> Iterator[str]:
    """The address of a `dossier serve` over the data folder, ready to answer; it ends with the context.

    Raises: RunError when it does not start.
    """
    with TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        command = _command("serve", "--data", str(data), "--port", "0", "--llm", "none")
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)  # noqa: S603 - our own module
        try:
            yield _ready(process, data, said)
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def owner_of(data: Path) -> Owner:
    """The process that serves the data folder. Raises: RunError when none does."""
    owner = Ownership(data).owner()
    if owner is None:
        raise RunError("The service has gone.", "See its log.")
    return owner


def asked_anew(data: Path, question: str) -> float:
    """Seconds from the start of a quoted `dossier ask` to its end. Raises: RunError when it fails."""
    command = _command("ask", "--mode", "quoted", "--data", str(data), "--", question)
    began = perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)  # noqa: S603 - our own module; the question is one argument, never a shell line
    seconds = perf_counter() - began
    if done.returncode:
        raise RunError(f"`dossier ask` ended with {done.returncode}: {_last_line(done.stderr)}", "Run it by hand.")
    return seconds


def _command(*arguments: str) -> Sequence[str]:
    return [sys.executable, "-m", "service.cli", *arguments]


def _ready(process: subprocess.Popen[bytes], data: Path, said: IO[str]) -> str:
    deadline = monotonic() + START_SECONDS
    while process.poll() is None and monotonic() < deadline:
        owner = Ownership(data).owner()
        if owner and owner.url and owner.pid == process.pid and _answers(owner.url):
            return owner.url
        sleep(_POLL_SECONDS)
    said.seek(0)
    raise RunError(f"`dossier serve` did not start: {_last_line(said.read())}", "Run it by hand to see more.")


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=5, trust_env=False).is_success
    except httpx.TransportError:
        return False


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it said nothing"])[-1]
