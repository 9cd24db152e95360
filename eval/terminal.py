"""What the evaluation's commands share: exit codes for errors, progress on a terminal."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from ingest.errors import DossierError

COULD_NOT_RUN = 3

_USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[1]
"""Typer's class of errors of use; the module that holds it has moved between versions."""


def console() -> Console:
    """Where the result goes."""
    return Console(highlight=False)


def print_json(content: Any) -> None:
    """What a machine reads."""
    typer.echo(json.dumps(content, indent=2, ensure_ascii=False))


def errors() -> Console:
    """Where everything goes that is not the result."""
    return Console(stderr=True, highlight=False)


@contextmanager
def reported() -> Iterator[None]:
    """Prints an error and ends the process with 3, since 1 would say that the answers got worse."""
    try:
        yield
        sys.stdout.flush()
    except typer.Exit:
        raise
    except DossierError as error:
        errors().print(Text(f"error: {error}", style="red"))
        raise typer.Exit(COULD_NOT_RUN) from error
    except BrokenPipeError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left of the result goes nowhere
        raise typer.Exit(COULD_NOT_RUN) from error
    except Exception as error:  # a bug must not look like a verdict
        errors().print(Text(f"error: it could not be run ({type(error).__name__}: {error})", style="red"))
        raise typer.Exit(COULD_NOT_RUN) from error


@contextmanager
def usage_errors() -> Iterator[None]:
    """Ends the process with 3 for an option or argument that cannot be used."""
    try:
        yield
    except _USAGE_ERROR as error:
        vars(error)["exit_code"] = COULD_NOT_RUN
        raise


@contextmanager
def advancing(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal, nothing elsewhere. The callback is told how many are done more."""
    with _bar() as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.advance(task, done)


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int, float], None]]:
    """A progress bar on a terminal, nothing elsewhere. The callback is told the step, of how many, and a figure."""
    with _bar() as progress:
        task = progress.add_task(what, total=None)
        yield lambda step, steps, figure: progress.update(
            task, completed=step, total=steps, description=f"{what} ({figure:.3f})"
        )


@contextmanager
def staging() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on a terminal, nothing elsewhere. The callback is told what is done, and how much of how much."""
    with _bar() as progress:
        task = progress.add_task("", total=None)
        yield lambda what, done, total: progress.update(task, description=what, completed=done, total=total)


def _bar() -> Progress:
    console = errors()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal, transient=True)


def announce(message: str) -> None:
    """Says on stderr what takes long."""
    errors().print(Text(message, style="dim"))
