"""`dossier bench`: measures how fast articles go in and answers come out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eval.terminal import advancing, announce, reported

if TYPE_CHECKING:
    from ingest.documents import Document, Failure

SAMPLE = Path(__file__).parent.parent / "data" / "articles"
INGEST_ARTICLES = 200
ASK_ARTICLES = 2000

app = typer.Typer(no_args_is_help=True, help="Measure how fast articles go in and answers come out.")

ArticlesOption = Annotated[
    Path | None, typer.Option("--articles", help="File or folder of articles; usually synthetic news prose.")
]
LimitOption = Annotated[int | None, typer.Option("--limit", min=1, help="Only so many articles.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@app.command()
def ingest(articles: ArticlesOption = None, limit: LimitOption = None, as_json: JsonOption = False) -> None:
    """Compare the ingest pipeline with the bare embedding model, over the same passages, in turns."""
    with reported():
        from eval.bench.ingest import ROUNDS, TARGET, measure_ingest

        with _documents(articles, limit, INGEST_ARTICLES) as documents, advancing("rounds", ROUNDS) as progress:
            speed = measure_ingest(documents, progress=progress)
        if as_json:
            typer.echo(json.dumps(speed.summary(), indent=2))
            return
        rows = [
            (f"round {number}", f"{each.pipeline:.1f}", f"{each.bare:.1f}", f"{each.ratio:.3f}")
            for number, each in enumerate(speed.rounds, start=1)
        ]
        rows.append(("median", f"{speed.pipeline:.1f}", f"{speed.bare:.1f}", f"{speed.ratio:.3f} (target {TARGET})"))
        _table(("", "pipeline, passages/s", "bare model, passages/s", "ratio"), rows)
        typer.echo(f"{speed.articles} articles, {speed.passages} passages, {speed.embedder}, {speed.variant}")


@app.command()
def ask(
    articles: ArticlesOption = None,
    limit: LimitOption = None,
    questions: Annotated[int, typer.Option("--questions", min=1, help="How many to ask the warm service.")] = 200,
    as_json: JsonOption = False,
) -> None:
    """Time quoted answers: of a warm service over HTTP, and of the command started anew."""
    with reported():
        from eval.bench.ask import WARM_UP, measure_ask

        with _documents(articles, limit, ASK_ARTICLES) as documents:
            announce("Building the corpus ...")
            with advancing("asking", questions + WARM_UP) as progress:
                found = measure_ask(documents(), questions, progress=progress).summary()
        if as_json:
            typer.echo(json.dumps(found, indent=2))
            return
        warm, read, cold = found["warm_target"] * 1000, found["read_target"] * 1000, found["cold_target"]
        rows = [
            ("warm service, median", f"{found['warm_p50'] * 1000:.1f} ms", f"under {warm:.0f} ms"),
            ("of it the reader, median", f"{found['read_p50'] * 1000:.1f} ms", f"under {read:.0f} ms"),
            ("warm service, 95th percentile", f"{found['warm_p95'] * 1000:.1f} ms", ""),
            ("dossier ask from nothing, median", f"{found['cold_median']:.2f} s", f"under {cold:.0f} s"),
        ]
        _table(("quoted answer", "measured", "target"), rows)
        typer.echo(f"{found['articles']} articles, {found['passages']} passages, {found['questions']} questions")


@app.command()
def http(
    articles: ArticlesOption = None,
    limit: LimitOption = None,
    questions: Annotated[int, typer.Option("--questions", min=1, help="How many to ask each way.")] = 100,
    as_json: JsonOption = False,
) -> None:
    """Time what HTTP adds: the same questions asked of one service by a call in its process and through its doors."""
    with reported():
        from eval.bench.http import TARGET, WARM_UP, measure_http

        with _documents(articles, limit, ASK_ARTICLES) as documents:
            announce("Building the corpus ...")
            with advancing("asking", questions + WARM_UP) as progress:
                found = measure_http(documents(), questions, progress).summary()
        if as_json:
            typer.echo(json.dumps(found, indent=2))
            return
        rows = [(name, *map(_milliseconds, way.values())) for name, way in found["ways"].items()]
        headings = ("quoted answer, ms", "median", "95th percentile", "medians differ", "adds, median", "95 % interval")
        _table(headings, rows)
        typer.echo(
            f"HTTP adds {found['adds'] * 1000:.1f} ms at the median (target: at most {TARGET * 1000:.0f}); "
            f"{found['articles']} articles, {found['passages']} passages, {found['questions']} questions"
        )


@app.command()
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

        with _documents(articles, limit, ASK_ARTICLES) as documents:
            announce("Building the corpus ...")
            measured = measure_load(documents(), seconds, announce, rate)
        found = measured.summary()
        if as_json:
            typer.echo(json.dumps(found, indent=2))
        else:
            rows = [
                (f"highest rate with p95 under {P95_TARGET:.0f} s", f"{found['rate']:.1f}/s", ""),
                ("its p95", f"{found['p95']:.2f} s", ""),
                ("three times that rate", f"{found['overload_rate']:.1f}/s", ""),
                *((f"replies with status {name}", str(count), "") for name, count in found["statuses"].items()),
                *((each.name, each.measured, "kept" if each.held else "BROKEN") for each in measured.promises),
                ("/healthz, 99th percentile", f"{found['health_p99'] * 1000:.1f} ms", ""),
            ]
            _table((f"quoted answers, {seconds:.0f} s", "measured", "promise"), rows)
            typer.echo(f"{found['articles']} articles, {found['passages']} passages")
        if not measured.kept:
            raise typer.Exit(1)


@app.command()
def slack(
    articles: ArticlesOption = None,
    limit: LimitOption = None,
    questions: Annotated[int, typer.Option("--questions", min=1, help="How often to mention the bot.")] = 60,
    as_json: JsonOption = False,
) -> None:
    """Time a mention in Slack: until it is acknowledged, until a sign is seen, until the whole quoted answer is."""
    with reported():
        from eval.bench.slack import WARM_UP, measure_slack

        with _documents(articles, limit, ASK_ARTICLES) as documents:
            announce("Building the corpus ...")
            with advancing("asking", questions + WARM_UP) as progress:
                found = measure_slack(documents(), questions, progress).summary()
        if as_json:
            typer.echo(json.dumps(found, indent=2))
            return
        rows = [
            (name, *(f"{found[name][figure]:.3f} s" for figure in ("p50", "p95", "slowest", "target")))
            for name in ("acknowledged", "sign", "answer")
        ]
        _table(("a mention, until", "median", "95th percentile", "slowest", "target"), rows)
        typer.echo(f"{found['articles']} articles, {found['passages']} passages, {found['questions']} questions")


@contextmanager
def _documents(
    path: Path | None, limit: int | None, usual: int
) -> Iterator[Callable[[], Iterator[Document | Failure]]]:
    """Reads the articles each time it is called: those at `path`, or as many synthetic ones as asked for."""
    from eval.bench.synthetic import synthetic_articles, write_articles
    from eval.shelf import read_shelf
    from ingest.sources import read

    if path is not None:
        yield lambda: islice(read([str(path)]), limit)
        return
    with TemporaryDirectory(prefix="dossier-bench-") as folder:
        written = write_articles(synthetic_articles(read_shelf(SAMPLE), limit or usual), Path(folder) / "news.jsonl")
        yield lambda: read([str(written)])


def _milliseconds(seconds: float | tuple[float, float]) -> str:
    if isinstance(seconds, tuple):
        return " to ".join(map(_milliseconds, seconds))
    return f"{seconds * 1000:.1f}"


def _table(headings: tuple[str, ...], rows: list[Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table()
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number else "left")
    for row in rows:
        table.add_row(*row)
    Console(highlight=False).print(table)
