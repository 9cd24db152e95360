"""Fits the reader on its cross-encoder, and tells how well both hold on articles that neither ever saw.

The cross-encoder is trained on six articles of `squad2` and a quarter of the titles of `clapnq`; the stack over it is
calibrated, and every limit chosen, on two more articles and a further quarter. The other four articles and the other
half are the test; `rgb` is only ever tested on. Nothing is random: two fits on one machine are the same.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from eval.training.examples import Example, Mix, Shelf, examples, read_rgb
from eval.training.fit import KEEP, Case, Fit, fit, fit_features, tabulate
from eval.training.linear import Bools, Floats, Linear, auroc
from eval.training.material import Material
from ingest.embedder import Embedder
from service.crossencoder import CrossEncoder
from service.features import JUDGED, LEXICAL, QUESTION, SENTENCE
from service.words import analyse

COMMON = 1200
"""Stems whose frequency is worth keeping."""
_MIXES: tuple[Mix, ...] = ("among", "alone", "without", "elsewhere", "renamed")
_COSINE = SENTENCE.index("cosine")
Say = Callable[[str], None]


def fit_reader(material: Material, embedder: Embedder, encoder: CrossEncoder, rgb: Path | None, say: Say) -> str:
    """The coefficients, as service/reader.json holds them; `say` hears the figures, line by line."""
    common = common_stems(material.training)
    features = fit_features(tabulate(_mixed(material.training, embedder), common, embedder), embedder)

    def prepared(found: Iterable[Example]) -> list[Case]:
        cases = tabulate(found, common, embedder)
        for case in cases:
            case.shorten(features.first, embedder)
            case.cross_read(encoder)
        return cases

    calibration = prepared(_mixed(material.calibration, embedder))
    fitted = fit(features, calibration)
    for line in _report("calibration, left out in turn", calibration, fitted.left_out, fitted.threshold):
        say(line)
    *squad, clapnq = material.test
    tests = {
        "squad2, 4 untouched articles": _mixed(squad, embedder),
        "clapnq, untouched half": _mixed([clapnq], embedder),
    }
    if rgb and rgb.exists():
        tests["rgb"] = read_rgb(rgb)
    for name, untouched in tests.items():
        cases = prepared(untouched)
        for line in (*_report(name, cases, fitted.chances(cases), fitted.threshold), *_choices(cases, fitted)):
            say(line)
    return _stored(fitted, common, embedder, encoder, len(calibration))


def common_stems(shelves: Iterable[Shelf]) -> dict[str, float]:
    """The weight of the most frequent stems: log of inverse sentence frequency, the rarest 1."""
    passages = {passage.id: (article, passage) for shelf in shelves for article, passage in shelf.passages}.values()
    texts = [span.of(article.text) for article, passage in passages for span in passage.sentences]
    seen = Counter(stem for text in texts for stem in analyse(text).stems)
    highest = math.log((len(texts) + 1) / 1.5)
    frequent = sorted(seen.items(), key=lambda found: (-found[1], found[0]))[:COMMON]
    return {stem: round(math.log((len(texts) + 1) / (count + 0.5)) / highest, 3) for stem, count in frequent}


def _mixed(shelves: Sequence[Shelf], embedder: Embedder) -> Iterator[Example]:
    for shelf, other in pairwise([*shelves, shelves[0]]):
        yield from examples(shelf, _MIXES, embedder, other if other is not shelf else None)


def _choices(cases: Sequence[Case], fitted: Fit) -> Iterator[str]:
    for mix in ("alone", "among"):
        own = [case for case in cases if case.example.mix == mix and case.gold.any() and not case.gold.all()]
        if own:
            both, alone, plain = (
                np.mean([case.chosen_gold[np.argmax(score(case))] for case in own])
                for score in (fitted.scores, lambda case: case.cross, lambda case: case.rows[:, _COSINE])
            )
            kept = np.mean([case.chosen_gold.any() for case in own])
            yield (
                f"  {mix}: top-1 {both:.3f} (cross-encoder alone {alone:.3f}, cosine alone {plain:.3f}), "
                f"gold on the shortlist {kept:.3f}, n={len(own)}"
            )


def _report(name: str, cases: Sequence[Case], chances: Floats, threshold: float) -> Iterator[str]:
    right = np.array([case.example.answerable for case in cases])
    mixes = np.array([case.example.mix for case in cases])
    cosines = np.array([case.rows[:, _COSINE].max() for case in cases])
    yield (
        f"{name}: threshold {threshold:.2f}, answered at it: {np.mean(chances[right] >= threshold):.3f} of answerable"
    )
    for mix in sorted(set(mixes)):
        own = mixes == mix
        refused = f"refused {np.mean(chances[own & ~right] < threshold):.3f} of unanswerable, n={own.sum()}"
        if right[own].any():
            yield (f"  {mix}: {_both(chances[own], cosines[own], right[own], threshold)}, {refused}")
        else:
            compared = own | (right & (mixes == "among"))
            area = auroc(chances[compared], right[compared])
            yield (f"  {mix}: AUROC against the answerable among others {area:.3f}, {refused}")


def _both(chances: Floats, cosines: Floats, right: Bools, threshold: float) -> str:
    hit = chances >= threshold
    f1 = 2 * (hit & right).sum() / (hit.sum() + right.sum())
    return f"AUROC {auroc(chances, right):.3f} (cosine alone {auroc(cosines, right):.3f}), F1 {f1:.3f}"


def _stored(fitted: Fit, common: dict[str, float], embedder: Embedder, encoder: CrossEncoder, size: int) -> str:
    def named(names: Sequence[str], linear: Linear) -> dict[str, float]:
        return {name: round(float(w), 4) for name, w in zip(names, linear.weights, strict=True) if abs(w) >= 5e-5}

    content = {
        "fitted_on": f"{size} readings of squad2 and clapnq, embedder {embedder.stamp.name}, encoder {encoder.name}",
        "first": named(LEXICAL, fitted.features.first),
        "sentence": named(SENTENCE, fitted.features.sentence),
        "question": named(QUESTION, fitted.features.question),
        "bias": round(fitted.features.question.bias, 4),
        "share": round(fitted.share, 4),
        "cross": round(fitted.cross, 4),
        "judge": named(JUDGED, fitted.judge),
        "judge_bias": round(fitted.judge.bias, 4),
        "keep": KEEP,
        "mark": fitted.mark,
        "threshold": fitted.threshold,
        "common": dict(sorted(common.items())),
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
