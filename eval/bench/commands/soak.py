"""`dossier bench soak`: whether a service stays what it is for as long as it works."""

from __future__ import annotations

from typing import Annotated

import typer

from eval.bench.commands.shared import SAMPLE, ArticlesOption, JsonOption, LimitOption, documents_of, table
from eval.terminal import announce, print_json, reported, staging

ARTICLES = 500


def soak(
    articles: ArticlesOption = None,
    limit: LimitOption = None,
    minutes: Annotated[float, typer.Option("--minutes", min=0.1, help="How long to go on.")] = 30,
    as_json: JsonOption = False,
) -> None:
    """Ask a service and change its articles at the same time, and watch its memory and open files.

    Ends with 1 when they are not flat, or a reply is no answer, abstention, or 429 or 503 with Retry-After.
    """
    with reported():
        from eval.bench.soak import measure_soak
        from eval.shelf import read_shelf

        with documents_of(articles, limit, ARTICLES) as documents, staging() as progress:
            announce("Building the corpus ...")
            measured = measure_soak(documents(), read_shelf(SAMPLE), minutes * 60, progress)
        found = measured.summary()
        if as_json:
            print_json(found)
        else:
            done = {"questions": found["questions"], **found["writes"]}
            counted = [
                (f"{name}, status {each}", str(count), "") for name in done for each, count in done[name].items()
            ]
            held = [(each.name, each.measured, "kept" if each.held else "BROKEN") for each in measured.promises]
            memory, handles = found["memory"], found["handles"]
            rows = [
                *counted,
                ("memory, first and last", f"{memory['first'] / 1e6:.0f}, {memory['last'] / 1e6:.0f} MB", ""),
                ("open files and sockets, first and last", f"{handles['first']}, {handles['last']}", ""),
                *held,
            ]
            table((f"mixed work, {minutes:g} minutes", "measured", "promise"), rows)
            typer.echo(f"{found['articles']} articles, {found['passages']} passages")
        if not measured.kept:
            raise typer.Exit(1)
