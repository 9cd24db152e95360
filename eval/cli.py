"""`dossier eval`: scores the answers over cases, and judges the scores."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from eval.asking import Asking
from eval.draft_cli import draft
from eval.measured.opening import Door, Kind, open_system
from eval.quality_cli import quality
from eval.terminal import advancing, announce, console, print_json, reported, usage_errors
from eval.train_cli import train

if TYPE_CHECKING:
    from eval.dataset import Dataset
    from eval.evaluation import Evaluation
    from eval.results import Result
    from eval.verdicts import GateResult

HOME = Path(__file__).parent
CASES = HOME / "data" / "cases.jsonl"
THRESHOLDS = HOME / "thresholds.toml"
BASELINE = HOME / "baselines" / "own.json"


class EvalGroup(TyperGroup):
    """Commands whose wrong use ends with 3: click's own 2 would say that the answers are broken."""

    def invoke(self, ctx: Any) -> Any:
        """Runs a command."""
        with usage_errors():
            return super().invoke(ctx)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Reads what is before the command's name."""
        with usage_errors():
            return super().parse_args(ctx, args)


app = typer.Typer(cls=EvalGroup, no_args_is_help=True, help="Score the answers over cases, and judge the scores.")

SetArgument = Annotated[
    str, typer.Argument(metavar="SET", help="NAME:PATH (see `dossier eval sets`), or your own cases: a file or folder.")
]
ArticlesOption = Annotated[
    Path | None, typer.Option("--articles", help="Folder of the articles of your own cases; usually beside them.")
]
HeldOutOption = Annotated[bool, typer.Option("--held-out", help="Only what no part of Dossier was fitted on.")]
LimitOption = Annotated[
    int | None, typer.Option("--limit", min=1, help="At most so many, drawn from the whole set, each time the same.")
]
ModeOption = Annotated[Asking, typer.Option("--mode", help="quoted: no LLM; auto: the LLM of the settings words them.")]
SystemOption = Annotated[
    Kind, typer.Option("--system", help="What is measured: Dossier, or a baseline to compare with.")
]
UrlOption = Annotated[str | None, typer.Option("--url", help="Measure the service at this address.")]
DoorOption = Annotated[Door, typer.Option("--door", help="The service's door: /v1/ask, or the OpenAI-compatible one.")]
JobsOption = Annotated[
    int | None, typer.Option("--jobs", min=1, help="How many at a time; as many as there are cores.")
]
VerifierOption = Annotated[
    str, typer.Option("--verifier", help="Who judges support: `rules`, or a CrossEncoder for NLI by folder or name.")
]
JudgeOption = Annotated[str | None, typer.Option("--judge", help="An LLM that grades too, such as openai:gpt-4o.")]
CalibrateOption = Annotated[
    str | None, typer.Option("--calibrate", help="A set with people's labels to calibrate the judge on, as qags:PATH.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
OutOption = Annotated[
    Path | None, typer.Option("--out", help="Folder for the metrics and reports; a killed run goes on there.")
]
ThresholdsOption = Annotated[
    Path | None, typer.Option("--thresholds", help="TOML file of bounds; thresholds.toml beside the cases.")
]
BaselineOption = Annotated[
    Path | None, typer.Option("--baseline", help="An accepted run; baseline.json beside the cases, where it is there.")
]


@app.command()
def run(
    cases: SetArgument = str(CASES),
    articles: ArticlesOption = None,
    held_out: HeldOutOption = False,
    limit: LimitOption = None,
    mode: ModeOption = "quoted",
    system: SystemOption = "dossier",
    url: UrlOption = None,
    door: DoorOption = "ask",
    jobs: JobsOption = None,
    verifier: VerifierOption = "rules",
    judge: JudgeOption = None,
    calibrate: CalibrateOption = None,
    as_json: JsonOption = False,
    out: OutOption = None,
) -> None:
    """Ask the cases of a set and print their scores. Ends with 3 when it could not be run."""
    with reported():
        _require_sense(cases, articles, out, url, door, judge, calibrate)
        dataset = _dataset(cases, articles, held_out, limit)
        with _evaluation(dataset, mode, limit, jobs, out, system, url, door, verifier, judge, calibrate) as evaluation:
            _deliver(_result(evaluation), None, as_json, out)


@app.command()
def gate(
    cases: SetArgument = str(CASES),
    articles: ArticlesOption = None,
    held_out: HeldOutOption = False,
    limit: LimitOption = None,
    mode: ModeOption = "quoted",
    system: SystemOption = "dossier",
    url: UrlOption = None,
    door: DoorOption = "ask",
    jobs: JobsOption = None,
    verifier: VerifierOption = "rules",
    judge: JudgeOption = None,
    calibrate: CalibrateOption = None,
    thresholds: ThresholdsOption = None,
    baseline: BaselineOption = None,
    as_json: JsonOption = False,
    out: OutOption = None,
) -> None:
    """Ask the cases and judge their scores. Ends with 0 pass, 1 worse, 2 broken (an inexact quote, a failed case),
    3 could not run."""
    with reported():
        from eval.baseline import read_baseline
        from eval.gate import judge as judged
        from eval.thresholds import read_thresholds

        _require_sense(cases, articles, out, url, door, judge, calibrate)
        bounds = read_thresholds(thresholds or _beside(cases, "thresholds.toml", THRESHOLDS))
        known = baseline or _beside(cases, "baseline.json", BASELINE)
        before = read_baseline(known) if baseline or known.exists() else None
        dataset = _dataset(cases, articles, held_out, limit)
        _require_no_drafts(dataset)
        with _evaluation(dataset, mode, limit, jobs, out, system, url, door, verifier, judge, calibrate) as evaluation:
            result = _result(evaluation)
        verdict = judged(result, bounds, before)
        _deliver(result, verdict, as_json, out)
    raise typer.Exit(verdict.exit)


@app.command()
def accept(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="The --out folder of the run to accept.")],
    baseline: Annotated[Path, typer.Option("--baseline", help="The file to write; the one reviewed with the cases.")],
    why: Annotated[str, typer.Option("--why", help="Why these figures are the ones to be held to.")],
    who: Annotated[str | None, typer.Option("--who", help="On whose word; git's user.name.")] = None,
) -> None:
    """Make a run the new baseline, on purpose."""
    with reported():
        from datetime import datetime

        from eval.baseline import accepted, write_baseline
        from eval.code import user_name
        from eval.reports.folder import read

        result, _ = read(folder)
        today = datetime.now().astimezone().date()
        write_baseline(accepted(result, who or user_name() or "", why, today), baseline)
        announce(f"{baseline} holds {len(result.records)} records now; review it and commit it.")


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(help="A run's folder, or a baseline.")],
    after: Annotated[Path, typer.Argument(help="A run's folder.")],
    as_json: JsonOption = False,
) -> None:
    """Compare two runs, record by record."""
    with reported():
        from eval.baseline import points, read_baseline
        from eval.comparison import metric_changes, record_changes
        from eval.reports.comparing import show_changes
        from eval.reports.folder import read

        first = points(read(before)[0].records) if before.is_dir() else read_baseline(before).points
        result, _ = read(after)
        metrics = metric_changes(first, points(result.records))
        records = record_changes(first, result.records)
        if as_json:
            print_json(
                {"metrics": [each.model_dump() for each in metrics], "changes": [each.model_dump() for each in records]}
            )
        else:
            show_changes(metrics, records, console())


@app.command()
def ablate(
    cases: SetArgument = str(CASES),
    articles: ArticlesOption = None,
    held_out: HeldOutOption = False,
    limit: LimitOption = None,
    mode: ModeOption = "quoted",
    jobs: JobsOption = None,
) -> None:
    """Print what the product reaches on a set, whole and without each of its parts."""
    with reported():
        from eval.ablation import ablate as measured
        from eval.ablation import table

        rows = measured(_dataset(cases, articles, held_out, limit), mode, jobs or os.cpu_count() or 1)
        typer.echo(table(rows), nl=False)


@app.command()
def report(folder: Annotated[Path, typer.Argument(metavar="RUN", help="The --out folder of a run.")]) -> None:
    """Write the reports of a run again, from what its folder holds."""
    with reported():
        from eval.reports.folder import read, write

        result, verdict = read(folder)
        write(result, verdict, folder)
        announce(f"Look at {folder / 'report.html'}.")


@app.command()
def aa(
    cases: SetArgument = str(CASES),
    articles: ArticlesOption = None,
    held_out: HeldOutOption = False,
    limit: LimitOption = None,
    mode: ModeOption = "quoted",
    jobs: JobsOption = None,
    thresholds: ThresholdsOption = None,
    times: Annotated[int, typer.Option("--times", min=1, help="How often to ask again.")] = 100,
    as_json: JsonOption = False,
) -> None:
    """Ask the same again and again: how often would the gate change its mind? Ends with 1 when in more than 1 %."""
    with reported():
        from eval.constancy import MOST_FLIPS, constancy
        from eval.reports.comparing import constancy_json, show_constancy
        from eval.thresholds import read_thresholds

        bounds = read_thresholds(thresholds or _beside(cases, "thresholds.toml", THRESHOLDS))
        dataset = _dataset(cases, articles, held_out, limit)
        with (
            _evaluation(dataset, mode, limit, jobs, None) as evaluation,
            advancing("times", times) as progress,
        ):
            found = constancy(evaluation.result, bounds, times, progress)
        if as_json:
            print_json(constancy_json(found))
        else:
            show_constancy(found, console())
    raise typer.Exit(int(found.rate > MOST_FLIPS))


@app.command()
def sets(as_json: JsonOption = False) -> None:
    """List the sets that can be addressed as NAME:PATH."""
    with reported():
        from eval.adapters import ADAPTERS

        if as_json:
            print_json(ADAPTERS)
            return
        for name, what in ADAPTERS.items():
            typer.echo(f"{name:14} {what}")


@app.command()
def schema() -> None:
    """Print the JSON schema of a case."""
    with reported():
        from eval.casefile import schema as published

        typer.echo(published(), nl=False)


app.command()(draft)
app.command()(quality)
app.add_typer(train, name="train")


def _require_sense(
    cases: str,
    articles: Path | None,
    out: Path | None,
    url: str | None,
    door: Door,
    judge: str | None,
    calibrate: str | None,
) -> None:
    """Refuses options that would do nothing, and an --out that would do harm."""
    from eval.errors import RunError
    from eval.reports.folder import require_place

    if door == "openai" and url is None:
        raise RunError("--door is a door of a service.", "Give its address as --url.")
    if calibrate and judge is None:
        raise RunError("--calibrate is of a judge.", "Name one as --judge.")
    if out:
        require_place(out, articles or _folder(_path(cases)) / "articles")


def _path(address: str) -> Path:
    """The path of a set, without the name of its adapter."""
    from eval.adapters import ADAPTERS

    name, _, path = address.partition(":")
    return Path(path if path and name in ADAPTERS else address).expanduser()


def _folder(path: Path) -> Path:
    return path if path.is_dir() else path.parent


def _dataset(address: str, articles: Path | None, held_out: bool, limit: int | None) -> Dataset:
    from eval.adapters import read_dataset
    from eval.splits import held_out as unseen

    found = read_dataset(address, articles)
    return (unseen(found) if held_out else found).limited(limit)


@contextmanager
def _evaluation(
    dataset: Dataset,
    mode: Asking,
    limit: int | None,
    jobs: int | None,
    out: Path | None,
    system: Kind = "dossier",
    url: str | None = None,
    door: Door = "ask",
    verifier: str = "rules",
    judge: str | None = None,
    calibrate: str | None = None,
) -> Iterator[Evaluation]:
    from eval.evaluation import Evaluation
    from eval.grading import grading
    from eval.verifiers import verifier_named

    grader = grading(judge, calibrate) if judge else None
    judging = verifier_named(verifier)
    with open_system(dataset, system, mode, url, door, announce) as opened:
        yield Evaluation(dataset, opened, judging, mode, limit, jobs or os.cpu_count() or 1, out, grader)


def _result(evaluation: Evaluation) -> Result:
    total = len(evaluation.dataset.cases) + len(evaluation.dataset.claims)
    with advancing("asking", total) as progress:
        return evaluation.result(progress)


def _beside(cases: str, name: str, ours: Path) -> Path:
    """The file of that name beside the cases; ours for our own. Other people's sets have none beside them."""
    path = _path(cases)
    return ours if path == CASES else _folder(path) / name


def _require_no_drafts(dataset: Dataset) -> None:
    from eval.casefile import DRAFT
    from eval.errors import CaseError

    drafts = [case.id for case in dataset.cases if DRAFT in case.tags]
    if drafts:
        raise CaseError(
            f"{len(drafts)} cases are drafts that nobody has looked at, such as {drafts[0]}.",
            f"Check them, then take the tag {DRAFT!r} away.",
        )


def _deliver(result: Result, verdict: GateResult | None, as_json: bool, out: Path | None) -> None:
    from eval.reports.folder import metrics_json, write
    from eval.reports.table import show

    if out:
        write(result, verdict, out)
    if as_json:
        told = json.loads(metrics_json(result)) | {"speed": result.speed.model_dump(), "notes": list(result.notes)}
        print_json(told | ({"gate": verdict.model_dump(mode="json")} if verdict else {}))
    else:
        show(result, verdict, console())
        if out:
            announce(f"The report is {out / 'report.html'}.")
