"""`dossier` command lines that documents and scripts show, held against the commands there are."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from importlib.metadata import entry_points
from itertools import product
from typing import Any

import typer

from service.cli import COMMANDS

_FENCE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`(dossier [^`\n]+)`")


def shown(document: str) -> list[str]:
    """Every command line of a Markdown document: in fenced blocks, and between backticks."""
    blocks = _FENCE.findall(document)
    return [*(line for block in blocks for line in typed(block)), *_SPAN.findall(_FENCE.sub("", document))]


def typed(script: str) -> Iterator[str]:
    """The lines of a script that begin with `dossier`, each with those it goes on in."""
    for line in re.sub(r"\s*\\\n\s*", " ", script).splitlines():
        if line.strip().startswith("dossier "):
            yield line.strip()


def faults(line: str) -> list[str]:
    """Why a command line is none that `dossier` takes. Of `run|gate` each is tried."""
    words = shlex.split(line.replace(r"\|", "|"), comments=True)
    return [
        f"{line}: {fault}"
        for chosen in product(*(word.split("|") for word in words[1:]))
        if (fault := _fault(_command(chosen[0]), chosen[1:]))
    ]


def _command(name: str) -> Any:
    found = [entry for entry in entry_points(group=COMMANDS) if entry.name == name]
    if not found:
        return None
    loaded = found[0].load()
    if not isinstance(loaded, typer.Typer):
        function, loaded = loaded, typer.Typer()
        loaded.command()(function)
    return typer.main.get_command(loaded)


def _fault(command: Any, words: Sequence[str]) -> str | None:
    if command is None:
        return "there is no such command"
    while (commands := getattr(command, "commands", None)) and words:
        if words[0] not in commands:
            return f"there is no {words[0]!r} among {', '.join(sorted(commands))}"
        command, words = commands[words[0]], words[1:]
    return _misused(command, words)


def _misused(command: Any, words: Sequence[str]) -> str | None:
    options = {name: each for each in command.params for name in each.opts if name.startswith("-")}
    places = [each.nargs for each in command.params if each.param_type_name == "argument"]
    given, left = 0, iter(words)
    for word in left:
        name, equals, _ = word.partition("=")
        if not name.startswith("-"):
            given += 1
        elif name not in options:
            return f"there is no {name} among {', '.join(sorted(options))}"
        elif not (equals or options[name].is_flag or next(left, None)):
            return f"{name} takes a value"
    return "there are too many arguments" if given > sum(places) and -1 not in places else None
