"""Features of a sentence as an answer to a question: first from words alone, then from vectors."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from service.cues import KINDS, Asked, asked, cue, meta_talk, new
from service.evidence import Evidence
from service.words import Word, Words, analyse, meaning, same_name

Matrix = NDArray[np.float64]

_NEGATIONS = frozenset(
    "not no never n't neither nor without cannot isn't wasn't didn't doesn't don't weren't aren't".split()
)
_PRONOUNS = frozenset("he she it they this these that those his her its their such".split())

LEXICAL = (
    "covered", "covered_rarely", "covered_with_previous", "covered_by_window", "covered_by_passage", "meant",
    "meant_with_previous", "heaviest_missing", "heaviest_missing_in_passage", "pairs", "run",
    "anchors", "anchors_with_previous", "anchors_in_passage", "anchors_in_article", "no_anchor_asked", "anchors_missing",
    "other_number", "rest", "head", "head_missing",
    *(f"cue_{kind}" for kind in KINDS), "cue", "cue_near",
    "new", "length", "pronoun", "place", "first", "negation", "meta", "rank",
)  # fmt: skip

SEMANTIC = (
    "cosine",
    "cosine_previous",
    "cosine_joined",
    "cosine_passage",
    "below_best_of_passage",
    "below_best",
    "above_mean",
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of the evidence with its neighbourhood."""

    passage: int
    sentence: int
    words: Words
    previous: Words
    following: Words


@dataclass(frozen=True, slots=True)
class Field:
    """All candidates of one question, and what the evidence as a whole says about its words."""

    question: Asked
    evidence: Sequence[Evidence]
    candidates: Sequence[Candidate]
    passages: Sequence[Collection[str]]
    anchors: Sequence[str]
    in_article: Sequence[float]
    weights: Mapping[str, float]
    rarity: Mapping[str, float]

    @property
    def size(self) -> int:
        return len(self.candidates)


def survey(question: str, evidence: Sequence[Evidence], common: Mapping[str, float]) -> Field:
    """Analyses the question and every sentence. `common` gives the weight in [0, 1] of frequent stems; others weigh 1."""
    question_asked = asked(question)
    candidates = [each for index, item in enumerate(evidence) for each in _candidates(index, item)]
    passages = [_passage_stems(index, item, candidates) for index, item in enumerate(evidence)]
    stems = question_asked.words.stems
    anchors = _anchors(question_asked.words, candidates)
    return Field(
        question=question_asked,
        evidence=evidence,
        candidates=candidates,
        passages=passages,
        anchors=anchors,
        in_article=[_in_article(anchors, item) for item in evidence],
        weights={stem: common.get(stem, 1.0) for stem in stems},
        rarity=_rarity(stems, candidates),
    )


def lexical(field: Field) -> Matrix:
    """One row a candidate, one column a name of `LEXICAL`."""
    return np.array([_lexical_row(field, each) for each in field.candidates], dtype=np.float64).reshape(
        -1, len(LEXICAL)
    )


def semantic(
    field: Field, chosen: Sequence[int], question: NDArray[np.float32], vectors: NDArray[np.float32]
) -> Matrix:
    """One row a chosen candidate, one column a name of `SEMANTIC`. `vectors[i]` belongs to `candidates[chosen[i]]`."""
    if not chosen:
        return np.zeros((0, len(SEMANTIC)))
    cosine = vectors.astype(np.float64) @ question.astype(np.float64)
    where = {(field.candidates[c].passage, field.candidates[c].sentence): row for row, c in enumerate(chosen)}
    owner = np.array([field.candidates[c].passage for c in chosen])
    rows = []
    for row, c in enumerate(chosen):
        candidate = field.candidates[c]
        before = where.get((candidate.passage, candidate.sentence - 1), row)
        same = owner == candidate.passage
        rows.append(
            (
                cosine[row],
                cosine[before],
                _cosine(question, vectors[row] + vectors[before]),
                _cosine(question, vectors[same].sum(axis=0)),
                cosine[row] - cosine[same].max(),
                cosine[row] - cosine.max(),
                cosine[row] - cosine.mean(),
            )
        )
    return np.array(rows)


def _candidates(index: int, item: Evidence) -> Iterable[Candidate]:
    texts = [analyse(span.of(item.article.text)) for span in item.passage.sentences]
    empty = analyse("")
    for place, words in enumerate(texts):
        before = texts[place - 1] if place else empty
        after = texts[place + 1] if place + 1 < len(texts) else empty
        yield Candidate(index, place, words, before, after)


def _passage_stems(index: int, item: Evidence, candidates: Sequence[Candidate]) -> frozenset[str]:
    around = analyse(f"{item.article.title} {item.passage.heading or ''}").stems
    return around.union(*(each.words.stems for each in candidates if each.passage == index))


def _anchors(question: Words, candidates: Sequence[Candidate]) -> list[str]:
    """Stems of the names and numbers of the question; in a question without capitals, of the words that the evidence capitalises."""
    named = [word.stem for word in (*question.names, *question.numbers)]
    if any(word.name and word.start for word in question.content):
        return list(dict.fromkeys(named))
    capitalised = {word.stem for each in candidates for word in each.words.names if word.start}
    return list(dict.fromkeys([*named, *(word.stem for word in question.content if word.stem in capitalised)]))


def _rarity(stems: Iterable[str], candidates: Sequence[Candidate]) -> dict[str, float]:
    total = len(candidates) + 1
    seen = Counter(stem for each in candidates for stem in each.words.stems)
    return {stem: math.log(total / (seen[stem] + 0.5)) / math.log(total * 2) for stem in stems}


def _share(wanted: Mapping[str, float], held: Collection[str]) -> float:
    total = sum(wanted.values())
    return sum(weight for stem, weight in wanted.items() if stem in held) / total if total else 0.0


def _named(anchors: Sequence[str], held: Collection[str]) -> float:
    if not anchors:
        return 1.0
    return sum(any(same_name(anchor, stem) for stem in held) for anchor in anchors) / len(anchors)


def _in_article(anchors: Sequence[str], item: Evidence) -> float:
    """Stems of names are nearly always beginnings of the names, so looking for them as they stand is enough and cheap."""
    text = f"{item.article.title} {item.article.text}".lower()
    return sum(anchor in text for anchor in anchors) / len(anchors) if anchors else 1.0


def _lexical_row(field: Field, candidate: Candidate) -> list[float]:
    words = candidate.words
    with_previous = words.stems | candidate.previous.stems
    fresh = new(words.content, field.question.words)
    return [
        *_coverage(field, candidate, with_previous),
        *_anchoring(field, candidate, with_previous),
        *_cues(field, candidate),
        math.log1p(len(fresh)),
        math.log1p(len(words.all)),
        float(bool(words.all) and words.all[0].text.lower() in _PRONOUNS),
        candidate.sentence / max(1, len(field.evidence[candidate.passage].passage.sentences)),
        float(candidate.sentence == 0),
        float(_negated(words) != _negated(field.question.words)),
        float(meta_talk(words)),
        1.0 / (1 + candidate.passage),
    ]


def _coverage(field: Field, candidate: Candidate, with_previous: Collection[str]) -> list[float]:
    weights, words = field.weights, candidate.words
    passage = field.passages[candidate.passage]
    meant = {meaning(stem): weight for stem, weight in weights.items()}
    missing = [weight for stem, weight in weights.items() if meaning(stem) not in words.meanings]
    missing_in_passage = [weight for stem, weight in weights.items() if stem not in passage]
    pairs = field.question.words.pairs
    return [
        _share(weights, words.stems),
        _share(field.rarity, words.stems),
        _share(weights, with_previous),
        _share(weights, words.stems | candidate.previous.stems | candidate.following.stems),
        _share(weights, passage),
        _share(meant, words.meanings),
        _share(meant, words.meanings | candidate.previous.meanings),
        max(missing, default=0.0),
        max(missing_in_passage, default=0.0),
        len(pairs & words.pairs) / len(pairs) if pairs else 0.0,
        _longest_run(field.question.words, words) / max(1, len(field.question.words.content)),
    ]


def _anchoring(field: Field, candidate: Candidate, with_previous: Collection[str]) -> list[float]:
    anchors, words = field.anchors, candidate.words
    in_passage = _named(anchors, field.passages[candidate.passage])
    rest = {stem: weight for stem, weight in field.weights.items() if stem not in anchors}
    asked_numbers = {word.stem for word in field.question.words.numbers}
    numbers = {word.stem for word in words.numbers}
    head = field.question.head
    return [
        _named(anchors, words.stems),
        _named(anchors, with_previous),
        in_passage,
        field.in_article[candidate.passage],
        float(not anchors),
        min(3.0, (1 - in_passage) * len(anchors)),
        float(bool(asked_numbers and numbers) and not asked_numbers & numbers),
        _share(rest, words.stems),
        float(head is not None and head in words.stems),
        float(head is not None and head not in field.passages[candidate.passage]),
    ]


def _cues(field: Field, candidate: Candidate) -> list[float]:
    strength = cue(field.question, candidate.words)
    by_kind = [strength if kind == field.question.kind else 0.0 for kind in KINDS]
    return [*by_kind, strength, strength * _share(field.weights, candidate.words.stems)]


def _longest_run(question: Words, sentence: Words) -> int:
    order = [word.stem for word in question.content]
    follows = set(pairwise(order))
    best = run = 0
    last: str | None = None
    for word in sentence.content:
        run = run + 1 if last is not None and (last, word.stem) in follows else int(word.stem in question.stems)
        last, best = word.stem, max(best, run)
    return best


def _negated(words: Words) -> bool:
    return any(word.text.lower().replace("’", "'") in _NEGATIONS for word in words.all)


def _cosine(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    return float(first @ second / (np.linalg.norm(second) or 1.0))
