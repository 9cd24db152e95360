"""`dossier bench ask`: how fast answers come out."""

from __future__ import annotations

from typing import Annotated

import typer

from eval.bench.commands.shared import ASK_ARTICLES, ArticlesOption, JsonOption, LimitOption, documents_of, table
from eval.terminal import advancing, announce, print_json, reported


def ask(
    articles: ArticlesOption = None,
    limit: LimitOption = None,
    questions: Annotated[int, typer.Option("--questions", min=1, help="How many to ask the warm service.")] = 200,
    as_json: JsonOption = False,
) -> None:
    """Time quoted answers: of a warm service over HTTP, and of the command started anew."""
    with reported():
        from eval.bench.ask import WARM_UP, measure_ask

        with documents_of(articles, limit, ASK_ARTICLES) as documents:
            announce("Building the corpus ...")
            with advancing("asking", questions + WARM_UP) as progress:
                found = measure_ask(documents(), questions, progress=progress).summary()
        if as_json:
            print_json(found)
            return
        warm, read, cold = found["warm_target"] * 1000, found["read_target"] * 1000, found["cold_target"]
        rows = [
            ("warm service, median", f"{found['warm_p50'] * 1000:.1f} ms", f"under {warm:.0f} ms"),
            ("of it the reader, median", f"{found['read_p50'] * 1000:.1f} ms", f"under {read:.0f} ms"),
            ("warm service, 95th percentile", f"{found['warm_p95'] * 1000:.1f} ms", ""),
            ("dossier ask from nothing, median", f"{found['cold_median']:.2f} s", f"under {cold:.0f} s"),
        ]
        table(("quoted answer", "measured", "target"), rows)
        typer.echo(f"{found['articles']} articles, {found['passages']} passages, {found['questions']} questions")
