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
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from eval.linear import Bools, Floats, Linear, fit_choice, fit_odds
from eval.reading_sets import Example, Mix, Shelf, examples, read_clapnq, read_rgb, read_squad
from ingest.embedder import Embedder, Stamp, Vectors
from ingest.embedding import load_embedder
from ingest.settings import IngestSettings, read_settings
from service.coefficients import PACKAGED
from service.features import LEXICAL, QUESTION, SENTENCE, lexical, semantic, whole
from service.field import Field, survey
from service.reader import sentence_text, shares, shortlist
from service.words import analyse

HELD_OUT = frozenset({"Computational_complexity_theory", "Harvard_University", "Imperialism", "Yuan_dynasty"})
"""The test articles of `squad2`, chosen before anything was fitted."""
FOLDS = 4
KEEP = 24
"""Sentences embedded a question: about 2 ms each on two cores."""
COMMON = 1200
"""Stems whose frequency is worth keeping."""
RIDGE = 10.0
QUESTION_RIDGE = 15.0
MARKS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7)
IMPORTANCE: dict[Mix, float] = {"among": 1.0, "alone": 0.5, "without": 0.5, "elsewhere": 0.5}
"""How much a question of each mix counts: nothing but the first is quite what retrieval brings."""
SENTENCE_USED = (
    "covered", "covered_rarely", "covered_with_previous", "covered_by_passage", "meant", "meant_with_previous",
    "pairs", "anchors", "anchors_in_passage", "anchors_missing", "other_number", "rest", "head_missing",
    "cue", "cue_date", "cue_place", "cue_person", "cue_number", "cue_reason", "cue_manner", "cue_thing",
    "cue_definition", "pronoun", "first", "meta", "negation", "new", "length", "rank",
    "cosine", "cosine_joined", "cosine_passage",
)  # fmt: skip
QUESTION_USED = tuple(name for name in QUESTION if name not in ("best_covered", "cosine_passage", "cue_polar", "cue_other"))


class Remembering:
    """An embedder that encodes each text once: the same sentences come back for many questions."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}

    @property
    def stamp(self) -> Stamp:
        """See `Embedder`."""
        return self._embedder.stamp

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
        return self._embedder.encode_query(text)


@dataclass(slots=True)
class Case:
    """An example with its features: of all candidates by words, then of those on the shortlist."""

    example: Example
    field: Field
    words: Floats
    gold: Bools
    query: Vectors
    chosen: Sequence[int] = ()
    rows: Floats | None = None

    @property
    def chosen_rows(self) -> Floats:
        assert self.rows is not None
        return self.rows

    @property
    def chosen_gold(self) -> Bools:
        return self.gold[list(self.chosen)]

    def shorten(self, first: Linear, embedder: Embedder) -> None:
        """Keeps what the first model ranks best, and adds the vectors' features."""
        self.chosen = shortlist(first(self.words), KEEP)
        vectors = embedder.encode([sentence_text(self.field, index) for index in self.chosen])
        self.rows = np.hstack([self.words[self.chosen], semantic(self.field, self.chosen, self.query, vectors)])

    def whole(self, sentence: Linear) -> Floats:
        """The columns `QUESTION`."""
        scores = sentence(self.chosen_rows)
        return whole(self.field, self.chosen, self.chosen_rows, scores, shares(scores))


@dataclass(frozen=True, slots=True)
class Fit:
    """The models in the order they run."""

    first: Linear
    sentence: Linear
    question: Linear
    mark: float
    threshold: float

    def chances(self, cases: Sequence[Case]) -> Floats:
        """Probability that a case's evidence answers."""
        return _chances(self.question, np.array([case.whole(self.sentence) for case in cases]))


def tabulate(found: Iterable[Example], common: dict[str, float], embedder: Embedder) -> list[Case]:
    """Surveys each example."""
    return [_case(example, common, embedder) for example in found]


def fit(cases: Sequence[Case], embedder: Embedder) -> Fit:
    """Fits the three models; folds are whole groups, so no article calibrates itself."""
    first = _fit_sentences([(case.words, case.gold) for case in cases if _teaches(case)], LEXICAL)
    for case in cases:
        case.shorten(first, embedder)
    folds = _folds(cases)
    rows = np.zeros((len(cases), len(QUESTION)))
    marks: list[tuple[Floats, Bools]] = []
    for fold in range(FOLDS):
        sentence = _fit_chosen([case for case, place in zip(cases, folds, strict=True) if place != fold])
        for index in np.flatnonzero(folds == fold):
            rows[index] = cases[index].whole(sentence)
            if _teaches(cases[index]):
                marks.append((shares(sentence(cases[index].chosen_rows)), cases[index].chosen_gold))
    importance = np.array([IMPORTANCE[case.example.mix] for case in cases])
    right = np.array([case.example.answerable for case in cases])
    chances = np.zeros(len(cases))
    for fold in range(FOLDS):
        chances[folds == fold] = _chances(_fit_question(rows, right, importance, folds != fold), rows[folds == fold])
    _report("left out in turn", cases, chances, best_threshold(chances, right, importance))
    return Fit(
        first=first,
        sentence=_fit_chosen(cases),
        question=_fit_question(rows, right, importance, np.ones(len(cases), bool)),
        mark=max(MARKS, key=lambda mark: _mark_f1(marks, mark)),
        threshold=best_threshold(chances, right, importance),
    )


def best_threshold(chances: Floats, right: Bools, importance: Floats) -> float:
    """The chance, to the hundredth, that best parts answerable from not: greatest balanced accuracy."""
    steps = np.arange(0.05, 0.96, 0.01)

    def balanced(step: float) -> float:
        return float(
            np.average(chances[right] >= step, weights=importance[right])
            + np.average(chances[~right] < step, weights=importance[~right])
        )

    return round(float(max(steps, key=balanced)), 2)


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
    settings = read_settings(IngestSettings)
    embedder = Remembering(load_embedder(settings.embedder, settings.cache.expanduser()))
    articles = read_squad(paths["squad2"])
    train, test = read_clapnq(paths["clapnq"])
    learnt = [shelf for title, shelf in articles.items() if title not in HELD_OUT]
    common = common_stems([*learnt, train])
    cases = tabulate(chain(_squad(learnt, embedder), examples(train, ("among", "alone", "without"), embedder)), common, embedder)
    fitted = fit(cases, embedder)
    held = [shelf for title, shelf in articles.items() if title in HELD_OUT]
    tests = {
        "squad2, 4 untouched articles": _squad(held, embedder),
        "clapnq, untouched half": examples(test, ("among", "alone", "without"), embedder),
        "rgb": read_rgb(paths["rgb"]) if "rgb" in paths else iter(()),
    }
    for name, found in tests.items():
        _test(name, tabulate(found, common, embedder), fitted, embedder)
    given.out.write_text(_stored(fitted, common, embedder.stamp, len(cases)), encoding="utf-8")
    return 0


def _squad(shelves: Sequence[Shelf], embedder: Embedder) -> Iterable[Example]:
    mixes: tuple[Mix, ...] = ("among", "alone", "without", "elsewhere")
    for shelf, other in pairwise([*shelves, shelves[0]]):
        yield from examples(shelf, mixes, embedder, other)


def _case(example: Example, common: dict[str, float], embedder: Embedder) -> Case:
    field = survey(example.question, example.evidence, common)
    spans = (example.evidence[each.passage].passage.sentences[each.sentence] for each in field.candidates)
    owners = (example.evidence[each.passage].article.id for each in field.candidates)
    gold = np.array([place in example.gold for place in zip(owners, spans, strict=True)], dtype=bool)
    return Case(example, field, lexical(field), gold, embedder.encode_query(example.question))


def _teaches(case: Case) -> bool:
    return case.example.mix == "among" and bool(case.gold.any())


def _fit_chosen(cases: Sequence[Case]) -> Linear:
    found = [(case.chosen_rows, case.chosen_gold) for case in cases if _teaches(case) and case.chosen_gold.any()]
    return _fit_sentences(found, SENTENCE)


def _fit_sentences(groups: Sequence[tuple[Floats, Bools]], names: Sequence[str]) -> Linear:
    """All cues have one scale: a kind of question that is rare here keeps close to what the other kinds taught."""
    scale = np.vstack([rows for rows, _ in groups]).std(axis=0)
    cue = scale[names.index("cue")]
    scale = np.array([cue if name.startswith("cue_") else size for name, size in zip(names, scale, strict=True)])
    used = [place for place, name in enumerate(names) if name in SENTENCE_USED]
    part = fit_choice([(rows[:, used], right) for rows, right in groups], np.maximum(scale[used], 1e-9), RIDGE)
    weights = np.zeros(len(names))
    weights[used] = part.weights
    return Linear(weights)


def _fit_question(rows: Floats, right: Bools, importance: Floats, kept: Bools) -> Linear:
    used = [place for place, name in enumerate(QUESTION) if name in QUESTION_USED]
    part = fit_odds(rows[kept][:, used], right[kept], importance[kept], QUESTION_RIDGE)
    weights = np.zeros(len(QUESTION))
    weights[used] = part.weights
    return Linear(weights, part.bias)


def _chances(question: Linear, rows: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-question(rows))), dtype=np.float64)


def _folds(cases: Sequence[Case]) -> Any:
    place = {group: index % FOLDS for index, group in enumerate(sorted({case.example.group for case in cases}))}
    return np.array([place[case.example.group] for case in cases])


def _mark_f1(marks: Sequence[tuple[Floats, Bools]], mark: float) -> float:
    """Mean over questions of the F1 of the marked sentences."""
    marked = [(parts >= mark * parts.max(), gold) for parts, gold in marks]
    return float(np.mean([2 * (kept & gold).sum() / (kept.sum() + max(1, gold.sum())) for kept, gold in marked]))


def _test(name: str, cases: Sequence[Case], fitted: Fit, embedder: Embedder) -> None:
    if not cases:
        return
    for case in cases:
        case.shorten(fitted.first, embedder)
    _report(name, cases, fitted.chances(cases), fitted.threshold)
    for mix in ("alone", "among"):
        own = [case for case in cases if case.example.mix == mix and case.gold.any() and not case.gold.all()]
        if own:
            best = np.mean([bool(case.chosen_gold[np.argmax(fitted.sentence(case.chosen_rows))]) for case in own])
            kept = np.mean([bool(case.chosen_gold.any()) for case in own])
            plain = np.mean([_nearest_is_right(case, embedder) for case in own])
            _say(f"  {mix}: top-1 {best:.3f} (cosine alone {plain:.3f}), gold on the shortlist {kept:.3f}, n={len(own)}")


def _nearest_is_right(case: Case, embedder: Embedder) -> bool:
    vectors = embedder.encode([sentence_text(case.field, index) for index in range(len(case.field.candidates))])
    return bool(case.gold[int(np.argmax(vectors @ case.query))])


def _report(name: str, cases: Sequence[Case], chances: Floats, threshold: float) -> None:
    right = np.array([case.example.answerable for case in cases])
    mixes = np.array([case.example.mix for case in cases])
    _say(f"{name}: threshold {threshold:.2f}, answered at it: {np.mean(chances[right] >= threshold):.3f} of answerable")
    for mix in sorted(set(mixes)):
        own = mixes == mix
        refused = f"refused {np.mean(chances[own & ~right] < threshold):.3f} of unanswerable"
        if right[own].all() or not right[own].any():
            usual = right & (mixes == "among")
            both = np.concatenate([chances[usual], chances[own]])
            area = auroc(both, np.repeat([True, False], [usual.sum(), own.sum()]))
            _say(f"  {mix}: AUROC against answerable among others {area:.3f}, {refused}, n={own.sum()}")
        else:
            cosines = np.array([case.chosen_rows[:, SENTENCE.index("cosine")].max() for case in cases])
            hit = (chances >= threshold) & own
            f1 = 2 * (hit & right).sum() / (hit.sum() + (own & right).sum())
            _say(
                f"  {mix}: AUROC {auroc(chances[own], right[own]):.3f} (cosine alone {auroc(cosines[own], right[own]):.3f}),"
                f" F1 {f1:.3f}, {refused}, n={own.sum()}"
            )


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
