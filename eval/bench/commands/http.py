"""`dossier bench http`: what HTTP adds."""

from __future__ import annotations

from typing import Annotated

import typer

from eval.bench.commands.shared import (
    ASK_ARTICLES,
    ArticlesOption,
    JsonOption,
    LimitOption,
    documents_of,
    milliseconds,
    table,
)
from eval.terminal import advancing, announce, print_json, reported


def http(
    articles: ArticlesOption = None,
    limit: LimitOption = None,
    questions: Annotated[int, typer.Option("--questions", min=1, help="How many to ask each way.")] = 100,
    as_json: JsonOption = False,
) -> None:
    """Time what HTTP adds: the same questions asked of one service by a call in its process and through its doors."""
    with reported():
        from eval.bench.http import TARGET, WARM_UP, measure_http

        with documents_of(articles, limit, ASK_ARTICLES) as documents:
            announce("Building the corpus ...")
            with advancing("asking", questions + WARM_UP) as progress:
                found = measure_http(documents(), questions, progress).summary()
        if as_json:
            print_json(found)
            return
        rows = [(name, *map(milliseconds, way.values())) for name, way in found["ways"].items()]
        headings = ("quoted answer, ms", "median", "95th percentile", "medians differ", "adds, median", "95 % interval")
        table(headings, rows)
        typer.echo(
            f"HTTP adds {found['adds'] * 1000:.1f} ms at the median (target: at most {TARGET * 1000:.0f}); "
            f"{found['articles']} articles, {found['passages']} passages, {found['questions']} questions"
        )
