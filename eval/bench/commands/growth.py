"""`dossier bench growth`: what becomes slower, and larger, with more passages."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from eval.bench.commands.shared import SAMPLE, JsonOption, milliseconds, table
from eval.terminal import announce, print_json, reported, staging, usage_errors

_ROWS = (
    ("ingest, passages/s", "rate"),
    ("disk, MB", "disk"),
    ("memory while ingesting, MB", "filling"),
    ("full text, median", "text_p50"),
    ("full text, 95th percentile", "text_p95"),
    ("vectors, median", "vectors_p50"),
    ("vectors, 95th percentile", "vectors_p95"),
    ("whole retrieval, median", "retrieval_p50"),
    ("whole retrieval, 95th percentile", "retrieval_p95"),
    ("dossier ask from nothing", "cold"),
    ("service ready after", "ready"),
    ("memory of the service, MB", "resident"),
)


def growth(
    passages: Annotated[
        str, typer.Option("--passages", help="Sizes to measure, separated by commas.")
    ] = "1000,10000,100000,1000000",
    questions: Annotated[int, typer.Option("--questions", min=1, help="How many to retrieve for at each size.")] = 100,
    keep: Annotated[
        Path | None, typer.Option("--keep", help="Folder to keep the corpus and the figures in, and to go on from.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Grow a corpus of synthetic passages, and tell how fast each figure grows with it.

    The vectors are synthesised near real ones: embedding a million passages would take a day. Everything else is real.
    What is on paper goes on as from the last size but one to the last.
    """
    with usage_errors():
        sizes = _sizes(passages)
    with reported(), ExitStack() as stack:
        from eval.bench.growth import Growth, measure_growth
        from eval.shelf import read_shelf

        folder = keep or Path(stack.enter_context(TemporaryDirectory(prefix="dossier-bench-")))
        points = []
        with staging() as progress:
            for point in measure_growth(folder.expanduser().resolve(), sizes, read_shelf(SAMPLE), questions, progress):
                announce(f"{point.passages:,} passages: retrieval {milliseconds(point.retrieval_p50)} ms")
                points.append(point)
        found = Growth(points).summary()
        if as_json:
            print_json(found)
        else:
            _show(found)


def _sizes(text: str) -> list[int]:
    try:
        sizes = sorted({int(part.replace("_", "")) for part in text.split(",")})
    except ValueError:
        sizes = []
    if not sizes or sizes[0] < 1:
        raise typer.BadParameter("Write numbers separated by commas, such as 1000,10000.", param_hint="--passages")
    return sizes


def _show(found: dict[str, Any]) -> None:
    rows = []
    for heading, name in _ROWS:
        exponent = found["exponents"][name]
        figures = [_figure(name, point[name]) for point in found["points"]]
        paper = [_figure(name, figures[name]) for figures in found["projected"].values()]
        rows.append((heading, *figures, "" if exponent is None else f"{exponent:+.2f}", *paper))
    sizes = (f"{point['passages']:,}" for point in found["points"])
    table(("", *sizes, "exponent", *(f"{int(passages):,} on paper" for passages in found["projected"])), rows)
    goals = [
        (goal["name"], f"{goal['measured']:.2f}", f"{goal['target']:g}", "kept" if goal["held"] else "missed")
        for goal in found["goals"]
    ]
    table(("goal", "measured", "at most", ""), goals)
    typer.echo("Synthetic articles; the vectors are synthesised near real ones.")


def _figure(name: str, value: float) -> str:
    if name.endswith(("p50", "p95")):
        return f"{milliseconds(value)} ms"
    return f"{value:.2f} s" if name in {"cold", "ready"} else f"{value:,.0f}"
