"""What the cross-encoder learns from: a question beside sentences that compete, of which some answer, or none does.

What counts is near misses. Beside the sentences of the question's own passage stand those of other passages that
share most words with it; and a question is also asked where its passage is missing, and with a name or a number of
another question in place of its own, when nothing answers it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eval.training.examples import Asked, Nearest, Shelf
from ingest.embedder import Embedder
from service.pairing import Pair
from service.words import analyse

NEIGHBOURS = 7
"""Passages, nearest to the question, that its near misses are taken from."""
NEAR_MISSES, SHARING = 2, 8
"""Near misses a lesson, drawn from as many that share most words with the question."""
MISSING, SWAPPED = 0.25, 0.25
"""Share of the answerable questions that are also asked without their passage; with a name or number swapped."""
WITHOUT = 6
"""Sentences where the passage is missing."""
_PARTICULAR = re.compile(r"(?<=\s)[A-Z][\w’'-]*(?:\s[A-Z][\w’'-]*)*|\b\d[\d,.]*\b")


@dataclass(frozen=True, slots=True)
class Lesson:
    """Pairs that compete for one question, and which of them answer it: none where nothing does."""

    pairs: Sequence[Pair]
    right: Sequence[bool]


def lessons(shelf: Shelf, embedder: Embedder, rng: random.Random) -> Iterator[Lesson]:
    """The lessons of a shelf, drawn anew at each call."""
    nearest = Nearest(shelf, embedder)
    particulars = sorted({found for asked in shelf.questions for found in _PARTICULAR.findall(asked.text)})
    for asked in shelf.questions:
        own = _sentences(shelf, asked, asked.home)
        others = [place for place in nearest(asked.text) if place != asked.home][:NEIGHBOURS]
        near = _sharing(asked.text, [each for place in others for each, _ in _sentences(shelf, asked, place)])
        drawn = rng.sample(near[:SHARING], min(NEAR_MISSES, len(near)))
        yield Lesson(*_columns([*own, *((pair, False) for pair in drawn)]))
        if asked.gold and near and rng.random() < MISSING:
            yield Lesson(near[:WITHOUT], [False] * len(near[:WITHOUT]))
        if asked.gold and rng.random() < SWAPPED and (changed := swapped(asked.text, particulars, rng)):
            yield Lesson([pair._replace(question=changed) for pair, _ in own], [False] * len(own))


def swapped(question: str, particulars: Sequence[str], rng: random.Random) -> str | None:
    """The question with its first name or number replaced by another of `particulars` of its kind, if it has one."""
    found = _PARTICULAR.search(question)
    if found is None:
        return None
    number = found[0][0].isdigit()
    of_its_kind = [each for each in particulars if each[0].isdigit() == number and each not in question]
    if not of_its_kind:
        return None
    return question[: found.start()] + rng.choice(of_its_kind) + question[found.end() :]


def _sentences(shelf: Shelf, asked: Asked, place: int) -> list[tuple[Pair, bool]]:
    article, passage = shelf.passages[place]
    texts = [span.of(article.text) for span in passage.sentences]
    pairs = [Pair(asked.text, article.title, before, text) for before, text in zip(["", *texts], texts, strict=False)]
    return [(pair, (article.id, span) in asked.gold) for pair, span in zip(pairs, passage.sentences, strict=True)]


def _sharing(question: str, pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs whose sentences share most words with the question come first; long sentences share easily."""
    asked = analyse(question).stems
    held = [analyse(pair.sentence).stems for pair in pairs]
    order = sorted(range(len(pairs)), key=lambda at: -len(asked & held[at]) / (len(held[at]) + 5) ** 0.5)
    return [pairs[at] for at in order]


def _columns(rows: Sequence[tuple[Pair, bool]]) -> tuple[list[Pair], list[bool]]:
    return [pair for pair, _ in rows], [right for _, right in rows]
