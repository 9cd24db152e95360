"""Fits the reader's coefficients and reports how well they hold on articles the fit never sees.

`python -m eval.fit_reader squad2:FILE clapnq:FOLDER rgb:FILE --out service/reader.json`

Fitted on eight articles of `squad2` and half the titles of `clapnq`; calibrated, and every limit chosen, on
predictions for articles left out in turn. The other four articles and the other half are the test; `rgb` is
only ever tested on. Nothing is random: two runs on one machine print the same figures.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, pairwise
from pathlib import Path

import numpy as np

from eval.linear import Bools, Floats, Linear
from eval.reading_fit import KEEP, Case, Fit, fit, tabulate
from eval.reading_sets import Example, Mix, Shelf, examples, read_clapnq, read_rgb, read_squad
from eval.splits import SQUAD2 as HELD_OUT
from ingest.embedder import Embedder, Stamp, Vectors
from ingest.embedding import load_embedder
from ingest.settings import IngestSettings, read_settings
from service.coefficients import PACKAGED
from service.features import LEXICAL, QUESTION, SENTENCE
from service.reader import sentence_text
from service.words import analyse

COMMON = 1200
"""Stems whose frequency is worth keeping."""


class Remembering:
    """An embedder that encodes each text once: the same sentences come back for many questions."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}
        self._queries: dict[str, Vectors] = {}

    @property
    def stamp(self) -> Stamp:
        """See `Embedder`."""
        return self._embedder.stamp

    @property
    def variant(self) -> str:
        """See `Embedder`."""
        return self._embedder.variant

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Embedder`."""
        return self._embedder.count_tokens(texts)

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """See `Embedder`."""
        missing = list(dict.fromkeys(text for text in texts if text not in self._known))
        if missing:
            self._known.update(zip(missing, self._embedder.encode(missing, progress), strict=True))
        return np.stack([self._known[text] for text in texts])

    def encode_query(self, text: str) -> Vectors:
        """See `Embedder`."""
        if text not in self._queries:
            self._queries[text] = self._embedder.encode_query(text)
        return self._queries[text]


def auroc(chances: Floats, right: Bools) -> float:
    """The probability that an answerable one ranks above one that is not."""
    from scipy.stats import rankdata

    ranks = rankdata(chances)
    positive = int(right.sum())
    return float((ranks[right].sum() - positive * (positive + 1) / 2) / (positive * (len(right) - positive)))


def common_stems(shelves: Iterable[Shelf]) -> dict[str, float]:
    """The weight of the most frequent stems: log of inverse sentence frequency, the rarest 1."""
    passages = {passage.id: (article, passage) for shelf in shelves for article, passage in shelf.passages}.values()
    texts = [span.of(article.text) for article, passage in passages for span in passage.sentences]
    seen = Counter(stem for text in texts for stem in analyse(text).stems)
    highest = math.log((len(texts) + 1) / 1.5)
    frequent = sorted(seen.items(), key=lambda found: (-found[1], found[0]))[:COMMON]
    return {stem: round(math.log((len(texts) + 1) / (count + 0.5)) / highest, 3) for stem, count in frequent}


def main(arguments: Sequence[str]) -> int:
    """Fits, prints the figures and writes the coefficients."""
    parser = argparse.ArgumentParser(prog="python -m eval.fit_reader", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("sets", nargs="+", metavar="NAME:PATH", help="squad2:FILE, clapnq:FOLDER, rgb:FILE")
    parser.add_argument("--out", type=Path, default=PACKAGED, help="where the coefficients go")
    given = parser.parse_args(arguments)
    paths = {name: Path(path) for name, _, path in (each.partition(":") for each in given.sets)}
    if "squad2" not in paths or "clapnq" not in paths:
        parser.error("squad2:FILE and clapnq:FOLDER are needed.")
    missing = [str(path) for path in paths.values() if not path.exists()]
    if missing:
        parser.error(f"There is no {', '.join(missing)}.")
    settings = read_settings(IngestSettings)
    embedder = Remembering(
        load_embedder(settings.embedder, settings.cache.expanduser(), variant=settings.embedder_variant)
    )
    articles = read_squad(paths["squad2"])
    train, test = read_clapnq(paths["clapnq"])
    learnt = [shelf for title, shelf in articles.items() if title not in HELD_OUT]
    common = common_stems([*learnt, train])
    found = chain(_squad(learnt, embedder), examples(train, ("among", "alone", "without"), embedder))
    cases = tabulate(found, common, embedder)
    fitted = fit(cases, embedder)
    _report("left out in turn", cases, fitted.left_out, fitted.threshold)
    held = [shelf for title, shelf in articles.items() if title in HELD_OUT]
    tests = {
        "squad2, 4 untouched articles": _squad(held, embedder),
        "clapnq, untouched half": examples(test, ("among", "alone", "without"), embedder),
        "rgb": read_rgb(paths["rgb"]) if "rgb" in paths else iter(()),
    }
    for name, untouched in tests.items():
        _test(name, tabulate(untouched, common, embedder), fitted, embedder)
    given.out.write_text(_stored(fitted, common, embedder.stamp, len(cases)), encoding="utf-8")
    return 0


def _squad(shelves: Sequence[Shelf], embedder: Embedder) -> Iterable[Example]:
    mixes: tuple[Mix, ...] = ("among", "alone", "without", "elsewhere", "renamed")
    for shelf, other in pairwise([*shelves, shelves[0]]):
        yield from examples(shelf, mixes, embedder, other)


def _test(name: str, cases: Sequence[Case], fitted: Fit, embedder: Embedder) -> None:
    if not cases:
        return
    for case in cases:
        case.shorten(fitted.first, embedder)
    _report(name, cases, fitted.chances(cases), fitted.threshold)
    for mix in ("alone", "among"):
        own = [case for case in cases if case.example.mix == mix and case.gold.any() and not case.gold.all()]
        if own:
            _report_choice(mix, own, fitted.sentence, embedder)


def _report_choice(mix: str, cases: Sequence[Case], sentence: Linear, embedder: Embedder) -> None:
    best = np.mean([case.chosen_gold[np.argmax(sentence(case.chosen_rows))] for case in cases])
    kept = np.mean([case.chosen_gold.any() for case in cases])
    plain = np.mean([_nearest_is_right(case, embedder) for case in cases])
    _say(f"  {mix}: top-1 {best:.3f} (cosine alone {plain:.3f}), gold on the shortlist {kept:.3f}, n={len(cases)}")


def _nearest_is_right(case: Case, embedder: Embedder) -> bool:
    vectors = embedder.encode([sentence_text(case.field, index) for index in range(len(case.field.candidates))])
    return bool(case.gold[int(np.argmax(vectors @ case.query))])


def _report(name: str, cases: Sequence[Case], chances: Floats, threshold: float) -> None:
    right = np.array([case.example.answerable for case in cases])
    mixes = np.array([case.example.mix for case in cases])
    cosines = np.array([case.chosen_rows[:, SENTENCE.index("cosine")].max() for case in cases])
    _say(f"{name}: threshold {threshold:.2f}, answered at it: {np.mean(chances[right] >= threshold):.3f} of answerable")
    for mix in sorted(set(mixes)):
        own = mixes == mix
        refused = f"refused {np.mean(chances[own & ~right] < threshold):.3f} of unanswerable, n={own.sum()}"
        if right[own].any():
            _say(f"  {mix}: {_both(chances[own], cosines[own], right[own], threshold)}, {refused}")
        else:
            compared = own | (right & (mixes == "among"))
            area = auroc(chances[compared], right[compared])
            _say(f"  {mix}: AUROC against the answerable among others {area:.3f}, {refused}")


def _both(chances: Floats, cosines: Floats, right: Bools, threshold: float) -> str:
    hit = chances >= threshold
    f1 = 2 * (hit & right).sum() / (hit.sum() + right.sum())
    return f"AUROC {auroc(chances, right):.3f} (cosine alone {auroc(cosines, right):.3f}), F1 {f1:.3f}"


def _stored(fitted: Fit, common: dict[str, float], stamp: Stamp, size: int) -> str:
    def named(names: Sequence[str], linear: Linear) -> dict[str, float]:
        return {name: round(float(w), 4) for name, w in zip(names, linear.weights, strict=True) if abs(w) >= 5e-5}

    content = {
        "fitted_on": f"squad2 (8 articles) and clapnq (half the titles), {size} readings, embedder {stamp.name}",
        "first": named(LEXICAL, fitted.first),
        "sentence": named(SENTENCE, fitted.sentence),
        "question": named(QUESTION, fitted.question),
        "bias": round(fitted.question.bias, 4),
        "keep": KEEP,
        "mark": fitted.mark,
        "threshold": fitted.threshold,
        "common": dict(sorted(common.items())),
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
