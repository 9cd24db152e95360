"""The figures of the product on every set at hand, as docs/quality.md tells them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from eval.adapters import read_dataset
from eval.asking import Asking
from eval.errors import CaseError, RunError
from eval.evaluation import Evaluation
from eval.measured.opening import Kind, open_system
from eval.reports.figures import cell, told
from eval.reports.folder import write
from eval.results import Result
from eval.splits import FITTED_ON, held_out
from eval.terminal import advancing, announce
from service.verify import RuleVerifier

MODE: Asking = "quoted"


@dataclass(frozen=True, slots=True)
class Planned:
    """One system over one set. `path` is below the folder of the sets; None is the project's own cases."""

    name: str
    path: str | None
    system: Kind = "dossier"
    limit: int | None = None

    @property
    def address(self) -> str:
        """What the set is called."""
        return f"{self.name}:{self.path}" if self.path else self.name


PLAN = (
    Planned("own", None),
    Planned("own", None, "cosine"),
    Planned("own", None, "bm25"),
    Planned("realtimeqa", "realtimeqa-2022"),
    Planned("realtimeqa", "realtimeqa-2022", "cosine"),
    Planned("realtimeqa", "realtimeqa-2022", "bm25"),
    Planned("scifact", "scifact"),
    Planned("scifact", "scifact", "cosine"),
    Planned("scifact", "scifact", "bm25"),
    Planned("squad2", "squad2/squad2.json"),
    Planned("squad2", "squad2/squad2.json", "cosine"),
    Planned("clapnq", "clapnq"),
    Planned("clapnq", "clapnq", "cosine"),
    Planned("mtrag-un", "mtrag-un"),
    Planned("rgb", "rgb/en_fact.json"),
    Planned("wice", "wice"),
    Planned("qags", "qags"),
    Planned("climate-fever", "climate-fever"),
    Planned("halueval", "halueval"),
)


def run_plan(data: Path, own: Path, out: Path, jobs: int) -> list[tuple[Planned, Result]]:
    """Runs what the folder of sets holds; each run is kept below `out`, and a killed one goes on there.

    Raises: RunError when it holds none of them, and what reading a set, opening a system or running it raises.
    """
    results = []
    missing = dict.fromkeys(each.address for each in PLAN if each.path and not (data / each.path).exists())
    if len(missing) == len({each.address for each in PLAN if each.path}):
        raise RunError(f"None of the sets is in {data}.", f"It should hold such as {', '.join(list(missing)[:3])}.")
    for address in missing:
        announce(f"{address} is not there; left out.")
    for planned in PLAN:
        path = own if planned.path is None else data / planned.path
        if planned.address in missing:
            continue
        dataset = read_dataset(f"{planned.name}:{path}")
        try:
            dataset = held_out(dataset).limited(planned.limit)
        except CaseError:
            dataset = dataset.limited(planned.limit)
        folder = out / f"{planned.name}-{planned.system}"
        with open_system(dataset, planned.system, MODE, announce=announce) as system:
            evaluation = Evaluation(dataset, system, RuleVerifier(), MODE, planned.limit, jobs, folder)
            total = len(dataset.cases) + len(dataset.claims)
            with advancing(f"{planned.address}, {planned.system}", total) as progress:
                result = evaluation.result(progress)
        write(result, None, folder)
        results.append((planned, result))
    return results


def document(results: Sequence[tuple[Planned, Result]]) -> str:
    """docs/quality.md: a section a set, a column a system. Nothing in it depends on when it was made."""
    return "\n".join([*_head([result for _, result in results]), *_sections(results)]) + "\n"


def verifier_accuracy(results: Sequence[tuple[Planned, Result]]) -> Mapping[str, Mapping[str, float]]:
    """Balanced accuracy of the product's verifier by set, under its name; without the set it was fitted on."""
    found: dict[str, dict[str, float]] = {}
    for planned, result in results:
        metric = result.metric("support_ba")
        name = result.stamp.models.get("verifier")
        if planned.system == "dossier" and planned.name not in FITTED_ON and name and metric and metric.value:
            found.setdefault(name, {})[planned.name] = metric.value
    return found


def verifiers_json(accuracy: Mapping[str, Mapping[str, float]]) -> str:
    """As eval/baselines/verifiers.json holds it."""
    return json.dumps(accuracy, indent=2, sort_keys=True) + "\n"


def _head(results: Sequence[Result]) -> Iterator[str]:
    stamp = results[0].stamp
    models = {
        role: name
        for result in results
        for role, name in result.stamp.models.items()
        if result.stamp.system == "dossier"
    }
    yield from (
        "# Quality",
        "",
        "Written by `dossier eval quality FOLDER --write docs/quality.md`; FOLDER holds the sets, each in a folder of",
        "its name. Every figure is of the deployed product in quoted mode, with a 95 % bootstrap interval clustered by",
        "article or conversation. Sets that a part was fitted on are asked only over the articles that it never saw;",
        "where there are none, the section says so. `cosine` is the packaged MiniLM alone: the nearest sentence",
        "of the nearest passages. `bm25` ranks whole articles with the bm25s library. What each metric means stands",
        "in [evaluation.md](evaluation.md).",
        "",
        f"Code {stamp.code}, " + ", ".join(f"{role} {name}" for role, name in sorted(models.items())) + ".",
        f"Processor: {stamp.processor}; Python {stamp.python}; "
        + ", ".join(f"{name} {version}" for name, version in sorted(stamp.packages.items()))
        + ".",
        "",
    )


def _sections(results: Sequence[tuple[Planned, Result]]) -> Iterator[str]:
    for name, group in groupby(results, key=lambda pair: pair[0].name):
        runs = [result for _, result in group]
        first = runs[0].stamp
        yield from (f"## {name}", "")
        if first.dataset_note:
            yield from (first.dataset_note, "")
        if name in FITTED_ON:
            yield from (f"Not held out: {FITTED_ON[name]}.", "")
        counts = [f"{count} {what}" for what, count in (("cases", first.cases), ("claims", first.claims)) if count]
        yield from (f"{' and '.join(counts)}; data {first.dataset}.", "")
        yield from _table(runs)
        yield from ("", *_thresholds(runs))


def _table(runs: Sequence[Result]) -> Iterator[str]:
    yield "| metric | " + " | ".join(run.stamp.system for run in runs) + " | n |"
    yield "|---|" + "---:|" * (len(runs) + 1)
    for label, found in told(runs):
        most = max(each.n for each in found if each)
        yield f"| {label} | " + " | ".join(map(cell, found)) + f" | {most} |"


def _thresholds(runs: Sequence[Result]) -> Iterator[str]:
    for run in runs:
        implied = run.threshold
        if implied and implied.used is not None:
            yield (
                f"Threshold in use {implied.used:.3f}: {implied.used_right:.3f} of the questions come out right; "
                f"this set alone would ask for {implied.best:.3f} ({implied.best_right:.3f})."
            )
            yield ""
