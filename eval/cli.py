"""`dossier eval`: scores the answers over cases, and judges the scores."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eval.asking import Asking
from eval.terminal import advancing, announce, reported

if TYPE_CHECKING:
    from eval.gate import Gate
    from eval.scorecard import Scorecard

DATA = Path(__file__).parent / "data"
THRESHOLDS = Path(__file__).parent / "thresholds.toml"

app = typer.Typer(no_args_is_help=True, help="Score the answers over cases, and judge the scores.")

CasesOption = Annotated[Path, typer.Option("--cases", help="JSONL file of cases; see eval/data/README.md.")]
ArticlesOption = Annotated[
    Path | None, typer.Option("--articles", help="Folder of their articles; usually beside the cases.")
]
LimitOption = Annotated[int | None, typer.Option("--limit", min=1, help="Only the first cases.")]
ModeOption = Annotated[Asking, typer.Option("--mode", help="quoted: no LLM; auto: the LLM of the settings words them.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
OutOption = Annotated[Path | None, typer.Option("--out", help="Folder for metrics.json and cases.jsonl.")]
ThresholdsOption = Annotated[Path, typer.Option("--thresholds", help="TOML file of floors and ceilings.")]


@app.command()
def run(
    cases: CasesOption = DATA / "cases.jsonl",
    articles: ArticlesOption = None,
    limit: LimitOption = None,
    mode: ModeOption = "quoted",
    as_json: JsonOption = False,
    out: OutOption = None,
) -> None:
    """Ask the cases and print their scores. Ends with 3 when it could not be run."""
    with reported():
        card = _evaluated(cases, articles, limit, mode)
        _deliver(card, None, as_json, out)


@app.command()
def gate(
    cases: CasesOption = DATA / "cases.jsonl",
    articles: ArticlesOption = None,
    limit: LimitOption = None,
    mode: ModeOption = "quoted",
    thresholds: ThresholdsOption = THRESHOLDS,
    as_json: JsonOption = False,
    out: OutOption = None,
) -> None:
    """Ask the cases and judge their scores. Ends with 0 pass, 1 worse, 2 broken (an inexact quote, a failed case),
    3 could not run."""
    with reported():
        from eval.gate import judge, read_bounds

        bounds = read_bounds(thresholds)
        card = _evaluated(cases, articles, limit, mode)
        verdict = judge(card, bounds)
        _deliver(card, verdict, as_json, out)
    raise typer.Exit(verdict.exit)


def _evaluated(cases: Path, articles: Path | None, limit: int | None, mode: Asking) -> Scorecard:
    from eval.cases import load
    from eval.scorecard import scorecard
    from eval.shelf import read_shelf
    from eval.temporary import temporary_house

    shelf = read_shelf(articles or cases.parent / "articles")
    wanted = load(cases, shelf)[:limit]
    with temporary_house(shelf.documents, mode, announce) as house, advancing("asking", len(wanted)) as progress:
        return scorecard(wanted, shelf, house.answerer, house.corpus.text_of, mode, progress)


def _deliver(card: Scorecard, verdict: Gate | None, as_json: bool, out: Path | None) -> None:
    from rich.console import Console

    from eval import report

    if out:
        report.write(card, out)
    if as_json:
        typer.echo(report.as_json(card, verdict))
    else:
        report.show(card, verdict, Console(highlight=False))
