"""What the commands share: their options, the articles they measure with, and tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eval.terminal import console

if TYPE_CHECKING:
    from ingest.documents import Document, Failure

SAMPLE = Path(__file__).parents[2] / "data" / "articles"
ASK_ARTICLES = 2000

ArticlesOption = Annotated[
    Path | None, typer.Option("--articles", help="File or folder of articles; usually synthetic news prose.")
]
LimitOption = Annotated[int | None, typer.Option("--limit", min=1, help="Only so many articles.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@contextmanager
def documents_of(
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


def milliseconds(seconds: float | tuple[float, float]) -> str:
    """Seconds, or an interval of them, in milliseconds."""
    if isinstance(seconds, tuple):
        return " to ".join(map(milliseconds, seconds))
    return f"{seconds * 1000:.1f}"


def table(headings: tuple[str, ...], rows: list[Any]) -> None:
    """Prints a table: the first column to the left, the others to the right."""
    from rich.table import Table

    drawn = Table()
    for number, heading in enumerate(headings):
        drawn.add_column(heading, justify="right" if number else "left")
    for row in rows:
        drawn.add_row(*row)
    console().print(drawn)
