"""Fits the verifier's coefficients on WiCE and reports how well they hold elsewhere.

`dossier eval train verifier [qags:FILE ...] [--write]`: the first `wice` set is fitted (5 folds by page for
the reported figures, then once on all of it); every other set is a test that the fit never sees. With `--write` the
coefficients replace `service/verify.json`. Nothing is random: two runs print the same figures.
"""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.claims import QUOTES
from eval.quotes import choose_quotes
from ingest.article import digest
from service.facts.matching import Source
from service.facts.reading import read_facts
from service.support import FEATURES, Calibration, features
from service.verify import PARTICULARS, RuleVerifier, broken

FOLDS = 5
RIDGE = 1.0
THRESHOLD = 0.6
"""Where a statement that breaks no rule may miss about one word in eight: the rules do the refusing, not the score."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A statement, the sentences of its source, a context, whether it is supported, and the page it belongs to."""

    statement: str
    sentences: Sequence[str]
    context: str
    supported: bool
    page: str


@dataclass(frozen=True, slots=True)
class Table:
    """One row an example: features, label, fold, the verdict of the rules alone, and whether its page belongs to the
    half that nobody looked at while the rules were written."""

    rows: Floats
    labels: NDArray[np.bool_]
    folds: NDArray[np.int_]
    quoted: NDArray[np.bool_]
    passes: NDArray[np.bool_]
    unseen: NDArray[np.bool_]

    def part(self, chosen: NDArray[np.bool_]) -> Table:
        """The chosen examples alone."""
        columns = (self.labels[chosen], self.folds[chosen], self.quoted[chosen], self.passes[chosen])
        return Table(self.rows[chosen], *columns, self.unseen[chosen])


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic regression."""

    weights: Floats
    bias: float

    def probabilities(self, rows: Floats) -> Floats:
        """One probability a row."""
        return np.asarray(1 / (1 + np.exp(-(rows @ self.weights + self.bias))), dtype=np.float64)


def read_wice(path: Path) -> Iterator[Example]:
    """WiCE claims; partly supported counts as not supported. The evidence page's own title is the context."""
    for record in _records(path):
        page = record["meta"]["claim_title"]
        context = f"{page}. {record['evidence'][0]}" if record["evidence"] else page
        yield Example(record["claim"], record["evidence"], context, record["label"] == "supported", page)


def read_qags(path: Path) -> Iterator[Example]:
    """QAGS summary sentences; the majority of the votes is the label."""
    for record in _records(path):
        sentences = _sentences(record["article"])
        for item in record["summary_sentences"]:
            votes = [response["response"] == "yes" for response in item["responses"]]
            yield Example(item["sentence"], sentences, "", 2 * sum(votes) > len(votes), record["article"][:80])


READERS = {"wice": read_wice, "qags": read_qags}


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _sentences(text: str) -> list[str]:
    tokens = read_facts(text).tokens
    bounds: dict[int, tuple[int, int]] = {}
    for token in tokens:
        first = bounds.get(token.sentence, (token.start, token.end))[0]
        bounds[token.sentence] = (first, token.end)
    return [text[start:end] for start, end in bounds.values()]


def tabulate(examples: Sequence[Example]) -> Table:
    """The features of every example, as the verifier computes them."""
    rules_alone = RuleVerifier(Calibration((0.0,) * len(FEATURES), 0.0, 0.0, "nothing"))
    rows, verdicts = [], []
    for example in examples:
        quotes = choose_quotes(example.statement, example.sentences, QUOTES)
        source = Source(tuple(map(read_facts, quotes)), read_facts(example.context))
        statement = read_facts(example.statement)
        rows.append(features(statement, source, len(broken(PARTICULARS, statement, source))))
        verdicts.append(rules_alone.judge(example.statement, quotes, example.context).verdict)
    pages = np.array([zlib.crc32(example.page.encode()) for example in examples])
    labels = [example.supported for example in examples]
    quoted, passes = np.array(verdicts) == "quoted", np.array(verdicts) == "supported"
    return Table(np.array(rows), np.array(labels), pages % FOLDS, quoted, passes, pages % 2 == 1)


def fit(rows: Floats, labels: NDArray[np.bool_]) -> Model:
    """Ridge logistic regression by Newton's method."""
    design = np.hstack([rows, np.ones((len(rows), 1))])
    penalty = np.diag([RIDGE] * rows.shape[1] + [0.0])
    weights = np.zeros(design.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-design @ weights))
        gradient = design.T @ (chance - labels) + penalty @ weights
        curvature = (design * (chance * (1 - chance))[:, None]).T @ design + penalty
        step = np.linalg.solve(curvature, gradient)
        weights = weights - step
        if np.abs(step).max() < 1e-9:
            break
    return Model(weights[:-1], float(weights[-1]))


def cross_validate(table: Table) -> Floats:
    """Each example's probability from the model that did not see its page."""
    chances = np.zeros(len(table.labels))
    for fold in range(FOLDS):
        out = table.folds == fold
        chances[out] = fit(table.rows[~out], table.labels[~out]).probabilities(table.rows[out])
    return chances


def auroc(chances: Floats, labels: NDArray[np.bool_]) -> float:
    """Chance that a supported example scores above one that is not; ties count half."""
    right, wrong = chances[labels], chances[~labels]
    above = (right[:, None] > wrong[None, :]).mean()
    return float(above + (right[:, None] == wrong[None, :]).mean() / 2)


def balanced_accuracy(accepted: NDArray[np.bool_], labels: NDArray[np.bool_]) -> float:
    """Mean of the shares of supported accepted and of unsupported refused."""
    return float((accepted[labels].mean() + (~accepted[~labels]).mean()) / 2)


def best_cut(chances: Floats, labels: NDArray[np.bool_]) -> float:
    """The threshold of highest balanced accuracy."""
    return float(max(np.unique(chances), key=lambda cut: balanced_accuracy(chances >= cut, labels)))


def report(name: str, table: Table, chances: Floats, cut: float) -> str:
    """One line of figures."""
    accepted = table.quoted | (table.passes & (chances >= THRESHOLD))
    support = np.where(table.quoted, 1.0, np.where(table.passes, chances, np.minimum(chances, THRESHOLD / 2)))
    precision = table.labels[accepted].mean() if accepted.any() else float("nan")
    recall = accepted[table.labels].mean()
    return (
        f"{name}: n={len(table.labels)} supported={table.labels.mean():.3f}\n"
        f"  score alone: AUROC={auroc(chances, table.labels):.3f} "
        f"balanced accuracy={balanced_accuracy(chances >= cut, table.labels):.3f} (cut {cut:.2f})\n"
        f"  as deployed: AUROC={auroc(support, table.labels):.3f} "
        f"balanced accuracy={balanced_accuracy(accepted, table.labels):.3f} (threshold {THRESHOLD:.2f}) "
        f"accepted={accepted.mean():.3f} precision={precision:.3f} recall={recall:.3f}"
    )


def _out_of_fold_cut(table: Table, chances: Floats) -> NDArray[np.bool_]:
    """Decisions whose cut was chosen on the other folds."""
    decided = np.zeros(len(chances), dtype=bool)
    for fold in range(FOLDS):
        out = table.folds == fold
        decided[out] = chances[out] >= best_cut(chances[~out], table.labels[~out])
    return decided


def main(arguments: Sequence[str]) -> int:
    """Fits, prints the figures and, with `--write`, stores the coefficients."""
    sets = [argument.split(":", 1) for argument in arguments if not argument.startswith("--")]
    if not sets or sets[0][0] != "wice" or any(len(pair) != 2 or pair[0] not in READERS for pair in sets):
        sys.stderr.write("usage: dossier eval train verifier [qags:FILE ...] [--write]\n")
        return 2
    table = tabulate(list(READERS["wice"](Path(sets[0][1]))))
    held_out = cross_validate(table)
    cut = best_cut(held_out, table.labels)
    model = fit(table.rows, table.labels)
    sys.stdout.write(report("wice (5 folds)", table, held_out, cut) + "\n")
    folded = balanced_accuracy(_out_of_fold_cut(table, held_out), table.labels)
    sys.stdout.write(f"wice, cut chosen on the other folds: balanced accuracy={folded:.3f}\n")
    for kind, path in sets[1:]:
        other = tabulate(list(READERS[kind](Path(path))))
        chances = model.probabilities(other.rows)
        sys.stdout.write(report(f"{kind} (test)", other, chances, cut) + "\n")
        sys.stdout.write(report(f"{kind} (unseen half)", other.part(other.unseen), chances[other.unseen], cut) + "\n")
    stored = _stored(model, Path(sets[0][1]))
    sys.stdout.write(stored)
    if "--write" in arguments:
        (Path(__file__).parents[1] / "service" / "verify.json").write_text(stored, encoding="utf-8")
    return 0


def _stored(model: Model, path: Path) -> str:
    weights = {name: round(float(weight), 4) for name, weight in zip(FEATURES, model.weights, strict=True)}
    content = {
        "fitted_on": f"wice {path.name.split('.')[0]}, {digest(path.read_bytes().hex())[:12]}",
        "weights": weights,
        "bias": round(model.bias, 4),
        "threshold": THRESHOLD,
    }
    return json.dumps(content, indent=2) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
