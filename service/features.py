"""Features of a sentence as an answer: from words alone, then from vectors, then of the evidence as a whole."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ingest.embedder import Vectors
from service.cues import KINDS, cue, meta_talk, new
from service.field import Candidate, Field, anchored, share
from service.lexicon import NEGATIONS, PRONOUNS
from service.words import Words, meaning

Matrix = NDArray[np.float64]

_MOST_MISSING = 3.0

LEXICAL = (
    "covered", "covered_rarely", "covered_with_previous", "covered_by_passage", "meant", "meant_with_previous",
    "heaviest_missing", "heaviest_missing_in_passage", "pairs", "run",
    "anchors", "anchors_in_passage", "anchors_in_article", "anchors_missing", "no_anchor_asked",
    "other_number", "rest", "head", "head_missing",
    "cue", *(f"cue_{kind}" for kind in KINDS),
    "new", "length", "pronoun", "first", "negation", "meta", "rank",
)  # fmt: skip
SEMANTIC = ("cosine", "cosine_previous", "cosine_joined", "cosine_passage")
SENTENCE = (*LEXICAL, *SEMANTIC)
WHOLE = (
    "score",
    "share",
    "passage_share",
    "best_cosine",
    "best_covered",
    "best_covered_passage",
    "best_anchored_passage",
)
QUESTION = (*WHOLE, *SENTENCE)
JUDGED = ("features", "cross")


def lexical(field: Field) -> Matrix:
    """One row a candidate, one column a name of `LEXICAL`."""
    rows = [_lexical_row(field, candidate) for candidate in field.candidates]
    return np.array(rows, dtype=np.float64).reshape(-1, len(LEXICAL))


def semantic(field: Field, chosen: Sequence[int], question: Vectors, vectors: Vectors) -> Matrix:
    """One row a chosen candidate, one column a name of `SEMANTIC`.

    `question` has shape (dimension,); `vectors[i]` belongs to `field.candidates[chosen[i]]`. All are unit vectors.
    The sentence before counts only where it was chosen too.
    """
    cosine = vectors @ question
    places = [(field.candidates[index].passage, field.candidates[index].sentence) for index in chosen]
    row_of = {place: row for row, place in enumerate(places)}
    before = np.array([row_of.get((passage, sentence - 1), row) for row, (passage, sentence) in enumerate(places)], int)
    owner = np.array([passage for passage, _ in places], int)
    joined = _cosines(question, vectors + vectors[before])
    passage = _cosines(question, (owner[:, None] == owner[None, :]).astype(np.float32) @ vectors)
    return np.stack([cosine, cosine[before], joined, passage], axis=1).astype(np.float64)


def whole(field: Field, chosen: Sequence[int], rows: Matrix, scores: Matrix) -> Matrix:
    """One row of columns `QUESTION`: what rows (columns `SENTENCE`) of the chosen and the scores made of them say
    together."""
    best = int(np.argmax(scores))
    parts = shares(scores)
    owner = np.array([field.candidates[index].passage for index in chosen])
    columns = {name: rows[:, place] for place, name in enumerate(SENTENCE)}
    summary = (
        float(scores[best]),
        math.log(parts[best]),
        float(parts[owner == owner[best]].sum()),
        float(columns["cosine"].max()),
        float(columns["covered"].max()),
        float(columns["covered_by_passage"].max()),
        float(columns["anchors_in_passage"].max()),
    )
    return np.concatenate([summary, rows[best]])


def judged(features: float, cross: Matrix) -> Matrix:
    """One row of columns `JUDGED`: the log-odds by features that something answers, and the cross-encoder's that any of
    the chosen does."""
    return np.array([features, float(np.logaddexp.reduce(cross))])


def shares(scores: Matrix) -> Matrix:
    """The softmax of the scores."""
    powers: Matrix = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum(), dtype=np.float64)


def _lexical_row(field: Field, candidate: Candidate) -> list[float]:
    words, question = candidate.words, field.question.words
    return [
        *_coverage(field, candidate),
        *_anchoring(field, candidate),
        *_cues(field, words),
        math.log1p(len(new(words.content, question))),
        math.log1p(len(words.all)),
        float(bool(words.all) and words.all[0].text.lower() in PRONOUNS),
        float(candidate.sentence == 0),
        float(_negated(words) != _negated(question)),
        float(meta_talk(words)),
        1.0 / (1 + candidate.passage),
    ]


def _coverage(field: Field, candidate: Candidate) -> list[float]:
    weights, words, previous = field.weights, candidate.words, candidate.previous
    question = field.question.words
    around = field.surroundings[candidate.passage]
    meant = {meaning(stem): weight for stem, weight in weights.items()}
    return [
        share(weights, words.stems),
        share(field.rarity, words.stems),
        share(weights, words.stems | previous.stems),
        around.covered,
        share(meant, words.meanings),
        share(meant, words.meanings | previous.meanings),
        max((weight for each, weight in meant.items() if each not in words.meanings), default=0.0),
        around.missing,
        len(question.pairs & words.pairs) / max(1, len(question.pairs)),
        _longest_run(question, words) / max(1, len(question.content)),
    ]


def _anchoring(field: Field, candidate: Candidate) -> list[float]:
    anchors, words, question = field.anchors, candidate.words, field.question
    around = field.surroundings[candidate.passage]
    rest = {stem: weight for stem, weight in field.weights.items() if stem not in anchors}
    asked_numbers = {word.stem for word in question.words.numbers}
    numbers = {word.stem for word in words.numbers}
    return [
        anchored(anchors, words.stems),
        around.anchored,
        around.anchored_article,
        min(_MOST_MISSING, (1 - around.anchored) * len(anchors)),
        float(not anchors),
        float(bool(asked_numbers and numbers) and not asked_numbers & numbers),
        share(rest, words.stems),
        _holds(question.head, words.stems),
        float(question.head is not None) - _holds(question.head, around.stems),
    ]


def _cues(field: Field, words: Words) -> list[float]:
    strength = cue(field.question, words)
    return [strength, *(strength if kind == field.question.kind else 0.0 for kind in KINDS)]


def _holds(head: str | None, stems: Collection[str]) -> float:
    return float(head is not None and head in stems)


def _longest_run(question: Words, sentence: Words) -> int:
    follows = set(pairwise(word.stem for word in question.content))
    best = run = 0
    last: str | None = None
    for word in sentence.content:
        continues = last is not None and (last, word.stem) in follows
        run = run + 1 if continues else int(word.stem in question.stems)
        last, best = word.stem, max(best, run)
    return best


def _negated(words: Words) -> bool:
    return any(word.text.lower().replace("’", "'") in NEGATIONS for word in words.all)


def _cosines(question: Vectors, vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1)
    return np.asarray((vectors @ question) / np.where(lengths > 0, lengths, 1.0), dtype=np.float32)
