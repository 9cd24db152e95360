"""Which code is running: a hash over the files of the rooms, and what git says of them."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

from ingest.article import digest

ROOT = Path(__file__).parent.parent
ROOMS = ("ingest", "service", "prompts", "eval")
KINDS = frozenset([".py", ".md", ".json", ".toml", ".mako", ".txt"])
_SECONDS = 10


@cache
def code_hash(*rooms: str) -> str:
    """12 hex digits over the files of these rooms (all of them when none is named) that decide what the code does."""
    parts: list[str] = []
    for room in rooms or ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            relative = path.relative_to(ROOT).as_posix()
            if path.suffix in KINDS and not relative.startswith(("eval/data/", "eval/baselines/")):
                parts += [relative, path.read_text(encoding="utf-8", errors="replace")]
    return digest(*parts)[:12]


def revision() -> tuple[str | None, bool | None]:
    """The git revision of this code, and whether anything differs from it; None where it is no git checkout."""
    head = _git("rev-parse", "HEAD")
    if head is None or not (ROOT / ".git").exists():
        return None, None
    changes = _git("status", "--porcelain", "--", *ROOMS, "pyproject.toml", "constraints.txt")
    return head, None if changes is None else bool(changes)


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments, no shell
            ["git", "-C", str(ROOT), *arguments],  # noqa: S607 - the user's own git
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def user_name() -> str | None:
    """Who git says is at work."""
    return _git("config", "user.name")
