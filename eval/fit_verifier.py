"""Fits the verifier's coefficients on WiCE and reports how well they hold elsewhere.

`python -m eval.fit_verifier wice:FILE [qags:FILE ...] [--write]`: the first `wice` set is fitted (5 folds by page for
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

from ingest.article import digest
from service.facts.matching import Source
from service.facts.reading import read_facts
from service.rules.verbatim import verbatim
from service.support import FEATURES, features
from service.verify import BENT, PARTICULARS, broken

QUOTES = 4
FOLDS = 5
RIDGE = 1.0
PRECISION = 0.85
LOWEST, HIGHEST = 0.5, 0.9
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
    """One row an example: features, labels, folds, and whether a statement was a verbatim quote."""

    rows: Floats
    labels: NDArray[np.bool_]
    folds: NDArray[np.int_]
    quoted: NDArray[np.bool_]

    @property
    def passes(self) -> NDArray[np.bool_]:
        """Examples that break no rule."""
        return self.rows[:, -2:].sum(axis=1) == 0


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


def choose_quotes(statement: str, sentences: Sequence[str]) -> list[str]:
    """Up to `QUOTES` sentences, each the one that adds most of the statement's words not yet held."""
    wanted = set(read_facts(statement).tokens.stems) | _figures(statement)
    held = [(set(read_facts(sentence).tokens.stems) | _figures(sentence)) & wanted for sentence in sentences]
    chosen: list[int] = []
    while len(chosen) < QUOTES and held:
        best = max(range(len(held)), key=lambda place: (len(held[place]), -place))
        if not held[best]:
            break
        chosen.append(best)
        gained = held[best]
        held = [words - gained for words in held]
    return [sentences[place] for place in sorted(chosen)]


def _figures(text: str) -> set[str]:
    return {token.norm for token in read_facts(text).tokens if token.kind == "number"}


def tabulate(examples: Sequence[Example]) -> Table:
    """The features of every example, as the verifier computes them."""
    rows, quoted = [], []
    for example in examples:
        quotes = choose_quotes(example.statement, example.sentences)
        source = Source(tuple(map(read_facts, quotes)), read_facts(example.context))
        statement = read_facts(example.statement)
        verbatims = [verbatim(example.statement, quote) for quote in quotes]
        whole = any(found.whole for found in verbatims)
        cut = not whole and any(found.cut for found in verbatims)
        wrong, bent = len(broken(PARTICULARS, statement, source)), len(broken(BENT, statement, source)) + cut
        rows.append(features(statement, source, *((0, 0) if whole else (wrong, bent))))
        quoted.append(whole)
    folds = [zlib.crc32(example.page.encode()) % FOLDS for example in examples]
    labels = [example.supported for example in examples]
    return Table(np.array(rows), np.array(labels), np.array(folds), np.array(quoted))


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


def strict_threshold(chances: Floats, table: Table) -> float:
    """The lowest threshold whose accepted statements reach `PRECISION`, between `LOWEST` and `HIGHEST`."""
    for threshold in np.arange(LOWEST, HIGHEST, 0.01):
        accepted = table.passes & (chances >= threshold)
        if accepted.any() and table.labels[accepted].mean() >= PRECISION:
            return round(float(threshold), 2)
    return HIGHEST


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


def report(name: str, table: Table, chances: Floats, threshold: float, cut: float) -> str:
    """One line of figures."""
    accepted = table.quoted | (table.passes & (chances >= threshold))
    precision = table.labels[accepted].mean() if accepted.any() else float("nan")
    recall = accepted[table.labels].mean()
    return (
        f"{name:22} n={len(table.labels)} supported={table.labels.mean():.3f} AUROC={auroc(chances, table.labels):.3f} "
        f"balanced accuracy={balanced_accuracy(chances >= cut, table.labels):.3f} (cut {cut:.2f}); "
        f"as deployed: threshold {threshold:.2f} accepted={accepted.mean():.3f} precision={precision:.3f} "
        f"recall={recall:.3f} balanced accuracy={balanced_accuracy(accepted, table.labels):.3f}"
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
        sys.stderr.write("usage: python -m eval.fit_verifier wice:FILE [qags:FILE ...] [--write]\n")
        return 2
    table = tabulate(list(READERS["wice"](Path(sets[0][1]))))
    held_out = cross_validate(table)
    threshold, cut = strict_threshold(held_out, table), best_cut(held_out, table.labels)
    model = fit(table.rows, table.labels)
    sys.stdout.write(report("wice (5 folds)", table, held_out, threshold, cut) + "\n")
    folded = balanced_accuracy(_out_of_fold_cut(table, held_out), table.labels)
    sys.stdout.write(f"wice, cut chosen on the other folds: balanced accuracy={folded:.3f}\n")
    for kind, path in sets[1:]:
        other = tabulate(list(READERS[kind](Path(path))))
        line = report(f"{kind} (test)", other, model.probabilities(other.rows), threshold, cut)
        sys.stdout.write(line + "\n")
    stored = _stored(model, threshold, Path(sets[0][1]))
    sys.stdout.write(stored)
    if "--write" in arguments:
        (Path(__file__).parents[1] / "service" / "verify.json").write_text(stored, encoding="utf-8")
    return 0


def _stored(model: Model, threshold: float, path: Path) -> str:
    weights = {name: round(float(weight), 4) for name, weight in zip(FEATURES, model.weights, strict=True)}
    content = {
        "fitted_on": f"wice {path.name.split('.')[0]}, {digest(path.read_bytes().hex())[:12]}",
        "weights": weights,
        "bias": round(model.bias, 4),
        "threshold": threshold,
    }
    return json.dumps(content, indent=2) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
