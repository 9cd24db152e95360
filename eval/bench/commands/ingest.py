"""`dossier bench ingest`: how fast articles go in."""

from __future__ import annotations

import typer

from eval.bench.commands.shared import ArticlesOption, JsonOption, LimitOption, documents_of, table
from eval.terminal import advancing, print_json, reported

INGEST_ARTICLES = 200


def ingest(articles: ArticlesOption = None, limit: LimitOption = None, as_json: JsonOption = False) -> None:
    """Compare the ingest pipeline with the bare embedding model, over the same passages, in turns."""
    with reported():
        from eval.bench.ingest import ROUNDS, TARGET, measure_ingest

        with documents_of(articles, limit, INGEST_ARTICLES) as documents, advancing("rounds", ROUNDS) as progress:
            speed = measure_ingest(documents, progress=progress)
        if as_json:
            print_json(speed.summary())
            return
        rows = [
            (f"round {number}", f"{each.pipeline:.1f}", f"{each.bare:.1f}", f"{each.ratio:.3f}")
            for number, each in enumerate(speed.rounds, start=1)
        ]
        rows.append(("median", f"{speed.pipeline:.1f}", f"{speed.bare:.1f}", f"{speed.ratio:.3f} (target {TARGET})"))
        table(("", "pipeline, passages/s", "bare model, passages/s", "ratio"), rows)
        typer.echo(f"{speed.articles} articles, {speed.passages} passages, {speed.embedder}, {speed.variant}")
