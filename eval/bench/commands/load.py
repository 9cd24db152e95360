"""`dossier bench load`: how many questions at once."""

from __future__ import annotations

from typing import Annotated

import typer

from eval.bench.commands.shared import ASK_ARTICLES, ArticlesOption, JsonOption, LimitOption, documents_of, table
from eval.terminal import announce, print_json, reported


def load(
    articles: ArticlesOption = None,
    limit: LimitOption = None,
    seconds: Annotated[float, typer.Option("--seconds", min=1, help="How long a rate must hold.")] = 60,
    rate: Annotated[float, typer.Option("--rate", min=0.1, help="Requests a second to begin the search with.")] = 2,
    as_json: JsonOption = False,
) -> None:
    """Find the highest rate of arrivals with quick answers, then send three times as many.

    Ends with 1 when the service does not stay itself under these: each must end in an answer or in 429 or 503 with
    Retry-After, its memory must not grow, and it must say at once that it is alive.
    """
    with reported():
        from eval.bench.load import P95_TARGET, measure_load

        with documents_of(articles, limit, ASK_ARTICLES) as documents:
            announce("Building the corpus ...")
            measured = measure_load(documents(), seconds, announce, rate)
        found = measured.summary()
        if as_json:
            print_json(found)
        else:
            rows = [
                (f"highest rate with p95 under {P95_TARGET:.0f} s", f"{found['rate']:.1f}/s", ""),
                ("its p95", f"{found['p95']:.2f} s", ""),
                ("three times that rate", f"{found['overload_rate']:.1f}/s", ""),
                *((f"replies with status {name}", str(count), "") for name, count in found["statuses"].items()),
                *((each.name, each.measured, "kept" if each.held else "BROKEN") for each in measured.promises),
                ("/healthz, 99th percentile", f"{found['health_p99'] * 1000:.1f} ms", ""),
                ("a server that does nothing, slowest", f"{found['idle_max'] * 1000:.1f} ms", ""),
                ("the same, 99th percentile", f"{found['idle_p99'] * 1000:.1f} ms", ""),
            ]
            table((f"quoted answers, {seconds:.0f} s", "measured", "promise"), rows)
            typer.echo(f"{found['articles']} articles, {found['passages']} passages")
        if not measured.kept:
            raise typer.Exit(1)
