"""The field a reader looks over: the question and every sentence of the evidence, analysed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.acronyms import acronyms, shorten
from service.cues import Asked, asked, fits
from service.evidence import Evidence
from service.words import Words, analyse, same_name


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of the evidence, by the places of its passage and of itself, with its neighbours' words."""

    passage: int
    sentence: int
    words: Words
    previous: Words


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a passage, with its title and heading, holds of the question. Shares are in [0, 1].

    `covered` is the share of the question's words by weight, `missing` the weight of the heaviest word it lacks,
    `anchored` the share of the question's anchors, `anchored_article` the same for the whole article.
    """

    stems: frozenset[str]
    covered: float
    missing: float
    anchored: float
    anchored_article: float


@dataclass(frozen=True, slots=True)
class Field:
    """All candidates of one question, and which of them can answer it at all. `anchors` are the stems of its names and
    numbers.

    `weights` says how telling each stem of the question is in English, `rarity` how telling in this evidence.
    """

    question: Asked
    evidence: Sequence[Evidence]
    candidates: Sequence[Candidate]
    fits: Sequence[bool]
    surroundings: Sequence[Surroundings]
    anchors: Sequence[str]
    weights: Mapping[str, float]
    rarity: Mapping[str, float]


def survey(question: str, evidence: Sequence[Evidence], common: Mapping[str, float]) -> Field:
    """Analyses the question and the evidence. `common` gives frequent stems their weight in [0, 1]; others weigh 1."""
    known = acronyms({item.article.id: item.article.text for item in evidence}.values())
    reading = asked(shorten(question, known))
    candidates = [each for index, item in enumerate(evidence) for each in _candidates(index, item, known)]
    anchors = _anchors(reading.words, candidates)
    weights = {stem: common.get(stem, 1.0) for stem in sorted(reading.words.stems)}
    return Field(
        question=reading,
        evidence=evidence,
        candidates=candidates,
        fits=[fits(reading, each.words) for each in candidates],
        surroundings=[
            _surroundings(item, [each for each in candidates if each.passage == index], anchors, weights)
            for index, item in enumerate(evidence)
        ],
        anchors=anchors,
        weights=weights,
        rarity=_rarity(weights, candidates),
    )


def share(wanted: Mapping[str, float], held: Collection[str]) -> float:
    """The share, by weight, of the wanted stems that are held; 0 where nothing is wanted."""
    total = sum(wanted.values())
    return sum(weight for stem, weight in wanted.items() if stem in held) / total if total else 0.0


def anchored(anchors: Sequence[str], held: Collection[str]) -> float:
    """The share of the anchors that are held, whatever their endings; 1 where there are none."""
    if not anchors:
        return 1.0
    return sum(anchor in held or any(same_name(anchor, stem) for stem in held) for anchor in anchors) / len(anchors)


def _candidates(index: int, item: Evidence, known: Mapping[str, str]) -> Iterator[Candidate]:
    previous = analyse("")
    for place, span in enumerate(item.passage.sentences):
        words = analyse(shorten(span.of(item.article.text), known))
        yield Candidate(index, place, words, previous)
        previous = words


def _surroundings(
    item: Evidence, candidates: Sequence[Candidate], anchors: Sequence[str], weights: Mapping[str, float]
) -> Surroundings:
    labels = analyse(f"{item.article.title} {item.passage.heading or ''}").stems
    stems = labels.union(*(each.words.stems for each in candidates))
    in_passage = anchored(anchors, stems)
    return Surroundings(
        stems=stems,
        covered=share(weights, stems),
        missing=max((weight for stem, weight in weights.items() if stem not in stems), default=0.0),
        anchored=in_passage,
        anchored_article=max(in_passage, _in_article(anchors, item)),
    )


def _in_article(anchors: Sequence[str], item: Evidence) -> float:
    """Stems of names are nearly always beginnings of the names: looking for them as they stand is enough, and cheap."""
    text = f"{item.article.title} {item.article.text}".lower()
    return sum(anchor in text for anchor in anchors) / len(anchors) if anchors else 1.0


def _anchors(question: Words, candidates: Sequence[Candidate]) -> list[str]:
    """In a question without capitals, the words that the evidence capitalises."""
    named = [word.stem for word in (*question.names, *question.numbers)]
    if not any(word.name and word.start for word in question.content):
        capitalised = {word.stem for each in candidates for word in each.words.names if word.start}
        named += [word.stem for word in question.content if word.stem in capitalised]
    return list(dict.fromkeys(named))


def _rarity(stems: Collection[str], candidates: Sequence[Candidate]) -> dict[str, float]:
    total = len(candidates) + 1
    seen = Counter(stem for each in candidates for stem in each.words.stems)
    return {stem: max(0.0, math.log(total / (seen[stem] + 0.5)) / math.log(total * 2)) for stem in stems}
