"""`dossier bench slack`: how fast Slack hears."""

from __future__ import annotations

from typing import Annotated

import typer

from eval.bench.commands.shared import ASK_ARTICLES, ArticlesOption, JsonOption, LimitOption, documents_of, table
from eval.terminal import advancing, announce, print_json, reported


def slack(
    articles: ArticlesOption = None,
    limit: LimitOption = None,
    questions: Annotated[int, typer.Option("--questions", min=1, help="How often to mention the bot.")] = 60,
    as_json: JsonOption = False,
) -> None:
    """Time a mention in Slack: until it is acknowledged, until a sign is seen, until the whole quoted answer is."""
    with reported():
        from eval.bench.slack import WARM_UP, measure_slack

        with documents_of(articles, limit, ASK_ARTICLES) as documents:
            announce("Building the corpus ...")
            with advancing("asking", questions + WARM_UP) as progress:
                found = measure_slack(documents(), questions, progress).summary()
        if as_json:
            print_json(found)
            return
        rows = [
            (name, *(f"{found[name][figure]:.3f} s" for figure in ("p50", "p95", "slowest", "target")))
            for name in ("acknowledged", "sign", "answer")
        ]
        table(("a mention, until", "median", "95th percentile", "slowest", "target"), rows)
        typer.echo(f"{found['articles']} articles, {found['passages']} passages, {found['questions']} questions")
