"""The fit of the reader: its features over many questions, its models, its limits.

The models that rank sentences by features are fitted on the articles that trained the cross-encoder too. Its own word
counts for too much there: what weighs both together, and what judges the whole, is fitted on calibration articles.
"""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.training.examples import Example, Mix
from eval.training.linear import Bools, Floats, Linear, fit_choice, fit_odds
from ingest.embedder import Embedder, Vectors
from service.crossencoder import CrossEncoder
from service.features import LEXICAL, QUESTION, SENTENCE, judged, lexical, semantic, shares, whole
from service.field import Field, survey
from service.reader import pair, sentence_text, shortlist

Folds = NDArray[np.int_]

FOLDS = 4
KEEP = 24
"""Sentences read a question; `dossier bench ask` tells what they take."""
RIDGE = 10.0
QUESTION_RIDGE = 50.0
MARKS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7)
ANSWERED = 0.9
"""Share of the answerable questions left out that the threshold must let through: what a near miss costs is less
than what a refusal costs, for the reader sees the quote."""
RIGHT: Mapping[Mix, float] = {"among": 0.7, "alone": 0.3}
WRONG: Mapping[Mix, float] = {"among": 0.5, "alone": 0.1, "without": 0.15, "elsewhere": 0.1, "renamed": 0.15}
"""What each mix weighs together among the answerable, and among the unanswerable: calibrated for even odds."""
SENTENCE_USED = (
    "covered", "covered_rarely", "covered_with_previous", "covered_by_passage", "meant", "meant_with_previous",
    "pairs", "anchors", "anchors_in_passage", "anchors_missing", "other_number", "rest", "head_missing",
    "cue", "cue_date", "cue_place", "cue_person", "cue_number", "cue_reason", "cue_manner", "cue_thing",
    "cue_definition", "pronoun", "first", "meta", "negation", "new", "length", "rank",
    "cosine", "cosine_joined", "cosine_passage",
)  # fmt: skip
PRIOR: Mapping[str, float] = {"cue_reason": 1.0}
"""Where a weight starts from when there is little to fit it on: few training questions ask why. An answer to a why must
hold a reason; likeness to the question says least there."""
QUESTION_UNUSED = ("best_covered", "cosine_passage", "cue_polar", "cue_other")
"""They add nothing on articles left out."""


@dataclass(slots=True)
class Case:
    """An example with its features: of all candidates by words, then of those on the shortlist."""

    example: Example
    field: Field
    words: Floats
    gold: Bools
    query: Vectors
    chosen: Sequence[int] = ()
    rows: Floats = dataclasses.field(default_factory=lambda: np.zeros((0, len(SENTENCE))))
    cross: Floats = dataclasses.field(default_factory=lambda: np.zeros(0))

    @property
    def chosen_gold(self) -> Bools:
        return self.gold[list(self.chosen)]

    def shorten(self, first: Linear, embedder: Embedder) -> None:
        """Keeps what the first model ranks best, and adds the vectors' features."""
        self.chosen = shortlist(first(self.words), self.field.fits, KEEP)
        vectors = embedder.encode([sentence_text(self.field, index) for index in self.chosen])
        self.rows = np.hstack([self.words[self.chosen], semantic(self.field, self.chosen, self.query, vectors)])

    def cross_read(self, encoder: CrossEncoder) -> None:
        """Adds what the cross-encoder says of the shortlist."""
        self.cross = encoder.score([pair(self.field, self.example.question, index) for index in self.chosen])


@dataclass(frozen=True, slots=True)
class Features:
    """What features alone say: the shortlist, its ranking, and the log-odds that the best answers."""

    first: Linear
    sentence: Linear
    question: Linear

    def odds(self, case: Case) -> float:
        """Log-odds that a case's evidence answers."""
        return float(self.question(whole(case.field, case.chosen, case.rows, self.sentence(case.rows))))


@dataclass(frozen=True, slots=True)
class Fit:
    """The models in the order they run. `share` and `cross` weigh both rankings against each other."""

    features: Features
    share: float
    cross: float
    judge: Linear
    mark: float
    threshold: float
    left_out: Floats
    """Probabilities of the calibration cases, each by a judge that did not see its group."""

    def scores(self, case: Case) -> Floats:
        """Ranks the sentences of a case by both."""
        return self.share * self.features.sentence(case.rows) + self.cross * case.cross

    def chances(self, cases: Sequence[Case]) -> Floats:
        """Probability that a case's evidence answers."""
        return _chances(self.judge, _judged(self.features, cases))


def tabulate(found: Iterable[Example], common: Mapping[str, float], embedder: Embedder) -> list[Case]:
    """Surveys each example that a sentence can answer at all."""
    cases = (_case(example, common, embedder) for example in found)
    return [case for case in cases if any(case.field.fits)]


def fit_features(cases: Sequence[Case], embedder: Embedder) -> Features:
    """Folds are whole groups, so that no article's ranking tells of itself how sure it may be."""
    first = _fit_sentences([(case.words, case.gold) for case in cases if _teaches(case)], LEXICAL)
    for case in cases:
        case.shorten(first, embedder)
    folds = _folds(cases)
    rows = np.zeros((len(cases), len(QUESTION)))
    for fold in range(FOLDS):
        sentence = _fit_chosen([case for case, place in zip(cases, folds, strict=True) if place != fold])
        for index, case in enumerate(cases):
            if folds[index] == fold:
                rows[index] = whole(case.field, case.chosen, case.rows, sentence(case.rows))
    right = np.array([case.example.answerable for case in cases])
    return Features(first, _fit_chosen(cases), _fit_question(rows, right, _importance(cases)))


def fit(features: Features, cases: Sequence[Case]) -> Fit:
    """Weighs features and cross-encoder on calibration cases, shortened and cross-read: few weights, for they must hold
    on any article."""
    share, cross = _fit_both(features, cases)
    folds, right, importance = _folds(cases), np.array([case.example.answerable for case in cases]), _importance(cases)
    scores = [share * features.sentence(case.rows) + cross * case.cross for case in cases]
    rows = _judged(features, cases)
    among = np.array([case.example.mix == "among" for case in cases])
    chances = np.zeros(len(cases))
    for fold in range(FOLDS):
        kept = folds != fold
        chances[~kept] = _chances(_fit_judge(rows[kept], right[kept], importance[kept]), rows[~kept])
    marks = [(shares(own), case.chosen_gold) for case, own in zip(cases, scores, strict=True) if _teaches(case)]
    return Fit(
        features=features,
        share=share,
        cross=cross,
        judge=_fit_judge(rows, right, importance),
        mark=max(MARKS, key=lambda mark: _mark_f1(marks, mark)),
        threshold=threshold_for(chances[right & among]),
        left_out=chances,
    )


def threshold_for(chances: Floats) -> float:
    """The chance, to the hundredth, that the share `ANSWERED` of these answerable questions reaches."""
    return math.floor(100 * float(np.quantile(chances, 1 - ANSWERED))) / 100


def _judged(features: Features, cases: Sequence[Case]) -> Floats:
    return np.array([judged(features.odds(case), case.cross) for case in cases])


def _fit_both(features: Features, cases: Sequence[Case]) -> tuple[float, float]:
    """Two weights, on the cases of one own passage and of several alike."""
    groups = [
        (np.stack([features.sentence(case.rows), case.cross], axis=1), case.chosen_gold)
        for case in cases
        if case.chosen_gold.any() and not case.chosen_gold.all()
    ]
    share, cross = fit_choice(groups, np.ones(2), 1.0, np.zeros(2)).weights
    return float(share), float(cross)


def _case(example: Example, common: Mapping[str, float], embedder: Embedder) -> Case:
    field = survey(example.question, example.evidence, common)
    spans = (example.evidence[each.passage].passage.sentences[each.sentence] for each in field.candidates)
    owners = (example.evidence[each.passage].article.id for each in field.candidates)
    gold = np.array([place in example.gold for place in zip(owners, spans, strict=True)], dtype=bool)
    return Case(example, field, lexical(field), gold, embedder.encode_query(example.question))


def _teaches(case: Case) -> bool:
    return case.example.mix == "among" and bool(case.gold.any())


def _fit_sentences(groups: Sequence[tuple[Floats, Bools]], names: Sequence[str]) -> Linear:
    used = [place for place, name in enumerate(names) if name in SENTENCE_USED]
    scale = _scale(np.vstack([rows for rows, _ in groups]), names)[used]
    prior = np.array([PRIOR.get(names[place], 0.0) for place in used])
    fitted = fit_choice([(rows[:, used], right) for rows, right in groups], scale, RIDGE, prior)
    return _spread(fitted, used, len(names))


def _fit_chosen(cases: Sequence[Case]) -> Linear:
    found = [(case.rows, case.chosen_gold) for case in cases if _teaches(case) and case.chosen_gold.any()]
    return _fit_sentences(found, SENTENCE)


def _fit_question(rows: Floats, right: Bools, importance: Floats) -> Linear:
    used = [place for place, name in enumerate(QUESTION) if name not in QUESTION_UNUSED]
    part = fit_odds(rows[:, used], right, importance, _scale(rows, QUESTION)[used], QUESTION_RIDGE)
    return _spread(part, used, len(QUESTION))


def _fit_judge(rows: Floats, right: Bools, importance: Floats) -> Linear:
    return fit_odds(rows, right, importance, np.maximum(rows.std(axis=0), 1e-9), RIDGE)


def _scale(rows: Floats, names: Sequence[str]) -> Floats:
    """Standard deviations. All cues have one: a kind of question that is rare here keeps close to the other kinds."""
    found = np.maximum(rows.std(axis=0), 1e-9)
    cue = found[names.index("cue")]
    return np.array([cue if name.startswith("cue_") else size for name, size in zip(names, found, strict=True)])


def _spread(part: Linear, used: Sequence[int], size: int) -> Linear:
    weights = np.zeros(size)
    weights[used] = part.weights
    return Linear(weights, part.bias)


def _chances(question: Linear, rows: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-question(rows))), dtype=np.float64)


def _importance(cases: Sequence[Case]) -> Floats:
    """A weight a case. Right and wrong weigh the same together; their sum is the number of cases."""
    kinds = [(case.example.mix, case.example.answerable) for case in cases]
    size = Counter(kinds)
    return np.array([(RIGHT if right else WRONG)[mix] * len(cases) / 2 / size[mix, right] for mix, right in kinds])


def _folds(cases: Sequence[Case]) -> Folds:
    place = {group: index % FOLDS for index, group in enumerate(sorted({case.example.group for case in cases}))}
    return np.array([place[case.example.group] for case in cases])


def _mark_f1(marks: Sequence[tuple[Floats, Bools]], mark: float) -> float:
    """Mean over questions of the F1 of the marked sentences."""
    marked = [(parts >= mark * parts.max(), gold) for parts, gold in marks]
    return float(np.mean([2 * (kept & gold).sum() / (kept.sum() + max(1, gold.sum())) for kept, gold in marked]))
