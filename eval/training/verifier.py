"""Fits the verifier's score of support on claims of WiCE, and tells how well it holds elsewhere.

WiCE is told in five folds by page, each by a model that did not see its pages; `qags` and statements bent by machine
(`eval.training.corruptions`) are only ever tested on. Two fits on one machine are the same.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eval.adapters import read_dataset
from eval.claims import QUOTES, Claim
from eval.quotes import choose_quotes
from eval.training.corruptions import corrupted
from eval.training.examples import Shelf
from eval.training.linear import Bools, Floats, Linear, auroc, fit_odds
from eval.training.material import read_material
from ingest.article import digest
from service.facts.matching import Source
from service.facts.reading import read_facts
from service.support import FEATURES, Calibration, features
from service.verify import PARTICULARS, RuleVerifier, broken

RIDGE = 0.5
THRESHOLD = 0.6
"""Where no faithful rewording that the tests hold is refused: the rules do the refusing of what is bent."""
FOLDS = 5
SEED = 1
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Table:
    """One row a claim: features and label, and whether the rules alone find it verbatim, or let it pass."""

    rows: Floats
    right: Bools
    quoted: Bools
    passes: Bools

    def part(self, chosen: Bools) -> Table:
        """The chosen claims alone."""
        return Table(self.rows[chosen], self.right[chosen], self.quoted[chosen], self.passes[chosen])


def fit_verifier(data: Path, say: Say) -> str:
    """The coefficients, as service/verify.json holds them; `say` hears the figures, line by line. `data` is the folder
    of the sets. Raises: CaseError when it lacks what is fitted on."""
    material = read_material(data)
    told = read_dataset(f"wice:{data / 'wice'}").claims
    judged = tabulate(told)
    folds = np.array([int(digest(claim.group), 16) % FOLDS for claim in told])
    left_out = np.zeros(len(told))
    for fold in range(FOLDS):
        left_out[folds == fold] = _fit(judged.part(folds != fold))(judged.rows[folds == fold])
    model = _fit(judged)
    say(report("wice, five folds by page", judged, left_out))
    made = tabulate(bent([*material.training, *material.calibration]))
    say(report("statements bent by machine", made, model(made.rows)))
    if (data / "qags").exists():
        news = tabulate(read_dataset(f"qags:{data / 'qags'}").claims)
        say(report("qags", news, model(news.rows)))
    return _stored(model, judged)


def bent(shelves: Sequence[Shelf]) -> list[Claim]:
    """The claims of shelves, the same at each call."""
    rng = random.Random(SEED)  # noqa: S311 - repeatable draws, nothing secret
    return [claim for shelf in shelves for claim in corrupted(shelf, rng)]


def tabulate(claims: Sequence[Claim]) -> Table:
    """The features of every claim, as the verifier computes them."""
    rules_alone = RuleVerifier(Calibration((0.0,) * len(FEATURES), 0.0, 0.0, "nothing"))
    rows, verdicts = [], []
    for claim in claims:
        quotes = choose_quotes(claim.statement, claim.sentences, QUOTES)
        source = Source(tuple(map(read_facts, quotes)), read_facts(claim.context))
        statement = read_facts(claim.statement)
        rows.append(features(statement, source, len(broken(PARTICULARS, statement, source))))
        verdicts.append(rules_alone.judge(claim.statement, quotes, claim.context).verdict)
    told = np.array(verdicts)
    return Table(np.array(rows), np.array([claim.supported for claim in claims]), told == "quoted", told == "supported")


def _fit(table: Table) -> Linear:
    return fit_odds(table.rows, table.right, np.ones(len(table.right)), np.ones(len(FEATURES)), RIDGE)


def report(name: str, table: Table, odds: Floats) -> str:
    """One line of figures: of the score alone, then of the verdicts with the rules. `odds` are log-odds."""
    chances = 1 / (1 + np.exp(-odds))
    accepted = table.quoted | (table.passes & (chances >= THRESHOLD))
    precision = table.right[accepted].mean() if accepted.any() else float("nan")
    return (
        f"{name}: n={len(table.right)} supported {table.right.mean():.3f}; score alone: "
        f"AUROC {auroc(chances, table.right):.3f}, "
        f"balanced accuracy {balanced_accuracy(chances >= THRESHOLD, table.right):.3f}; with the rules: "
        f"balanced accuracy {balanced_accuracy(accepted, table.right):.3f}, precision {precision:.3f}, "
        f"recall {accepted[table.right].mean():.3f}"
    )


def balanced_accuracy(accepted: Bools, right: Bools) -> float:
    """Mean of the shares of supported accepted and of unsupported refused."""
    return float((accepted[right].mean() + (~accepted[~right]).mean()) / 2)


def _stored(model: Linear, judged: Table) -> str:
    weights = {name: round(float(weight), 4) for name, weight in zip(FEATURES, model.weights, strict=True)}
    content = {
        "fitted_on": f"{len(judged.right)} claims of wice",
        "weights": weights,
        "bias": round(model.bias, 4),
        "threshold": THRESHOLD,
    }
    return json.dumps(content, indent=2) + "\n"
