"""`dossier eval quality`: all figures of the product on all sets at hand."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from eval.terminal import announce, reported

OWN = Path(__file__).parent / "data"
UsualOut = Path(".dossier") / "quality"


def quality(
    data: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder that holds the sets, each in its own.")],
    out: Annotated[Path, typer.Option("--out", help="Where the runs are kept; a killed one goes on there.")] = UsualOut,
    write: Annotated[
        Path | None, typer.Option("--write", help="The Markdown file to write; else it is printed.")
    ] = None,
    verifiers: Annotated[
        Path | None, typer.Option("--verifiers", help="Also keep what the verifier reached, for reports to name.")
    ] = None,
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, help="How many questions at a time.")] = None,
) -> None:
    """Run the product and the plain baselines on every set, and write down what they reach."""
    with reported():
        from eval.atomic import write_whole
        from eval.quality import document, run_plan, verifier_accuracy, verifiers_json

        results = run_plan(data, OWN, out, jobs or os.cpu_count() or 1)
        told = document(results)
        if write:
            write_whole(write, told)
        if verifiers:
            write_whole(verifiers, verifiers_json(verifier_accuracy(results)))
        if write is None:
            typer.echo(told, nl=False)
        announce(f"The runs are in {out}.")
