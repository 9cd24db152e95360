"""Questions with their evidence, from public sets, for fitting and testing the reader.

Each question of SQuAD 2.0 and CLAP NQ is read over evidence as retrieval would bring it: its own passage among the
nearest others. The same question without its own passage, over passages of another article, or about a name of
another article, has no answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from eval.splits import clapnq_part
from ingest.article import Article, Passage, Span
from ingest.embedder import Embedder
from ingest.passages import embedding_text
from ingest.sentences import sentences
from service.evidence import Evidence

Mix = Literal["among", "alone", "without", "elsewhere", "renamed"]
"""Own passage among the nearest others; alone; the nearest others without it; the nearest of another article; among
others, but the question asks about a name of another article."""
SIZE = 8
"""Passages of evidence a question."""
_NAME = re.compile(r"(?<=\s)[A-Z][\w’'-]*(?:\s[A-Z][\w’'-]*)*")


@dataclass(frozen=True, slots=True)
class Example:
    """A question over evidence. `gold` are the sentences that answer, empty where nothing does."""

    question: str
    evidence: tuple[Evidence, ...]
    gold: frozenset[tuple[str, Span]]
    group: str
    mix: Mix

    @property
    def answerable(self) -> bool:
        return bool(self.gold)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as its set gives it, with the place of its own passage on the shelf."""

    text: str
    home: int
    gold: frozenset[tuple[str, Span]]
    group: str


@dataclass(slots=True)
class Shelf:
    """Passages that compete for the same questions."""

    passages: list[tuple[Article, Passage]] = field(default_factory=list)
    questions: list[Asked] = field(default_factory=list)


def read_squad(path: Path) -> dict[str, Shelf]:
    """One shelf an article, by title: each paragraph is a passage."""
    return {entry["title"]: _squad_shelf(entry) for entry in json.loads(path.read_text(encoding="utf-8"))["data"]}


def read_clapnq(folder: Path) -> tuple[Shelf, Shelf, Shelf]:
    """Three shelves, parted by the title's digest, for training, calibration and test: all questions about one
    article are on the same one."""
    shelves = Shelf(), Shelf(), Shelf()
    for name in ("answerable.jsonl", "unanswerable.jsonl"):
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            _add_clapnq(shelves[clapnq_part(record["passages"][0]["title"])], record)
    return shelves


def read_rgb(path: Path) -> Iterator[Example]:
    """Each question twice: over the snippets that answer it, and over those that do not. Which sentence answers is
    not marked, so `gold` holds every sentence of an answering snippet.
    """
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        for kind in ("positive", "negative"):
            evidence = tuple(_snippet(text, place) for place, text in enumerate(record[kind][:SIZE]))
            spans = {(item.article.id, span) for item in evidence for span in item.passage.sentences}
            gold = frozenset(spans) if kind == "positive" else frozenset()
            if evidence:
                yield Example(record["query"], evidence, gold, str(record["id"]), "alone")


def examples(shelf: Shelf, mixes: Sequence[Mix], embedder: Embedder, other: Shelf | None = None) -> Iterator[Example]:
    """The questions of a shelf in each mix.

    `without`, `elsewhere` and `renamed` have no answer; they take the answerable questions in turn, the last two
    only where there is an `other` shelf.
    """
    near, far = Nearest(shelf, embedder), Nearest(other, embedder) if other else None
    names = _names(other) if other else []
    for turn, asked in enumerate(shelf.questions):
        places = near(asked.text)
        others = [place for place in places if place != asked.home]
        among = [place for place in places if place in {asked.home, *others[: SIZE - 1]}]
        if "among" in mixes:
            yield _example(asked, "among", shelf, among)
        if "alone" in mixes:
            yield _example(asked, "alone", shelf, [asked.home])
        if not asked.gold:
            continue
        if "without" in mixes and turn % 2 == 0:
            yield _example(asked, "without", shelf, others[:SIZE])
        if "elsewhere" in mixes and turn % 2 == 1 and other and far:
            yield _example(asked, "elsewhere", other, far(asked.text)[:SIZE])
        if "renamed" in mixes and names and _NAME.search(asked.text):
            renamed = replace(asked, text=_NAME.sub(names[turn % len(names)], asked.text, count=1))
            yield _example(renamed, "renamed", shelf, among)


class Nearest:
    """The places of a shelf's passages, the nearest to a question first."""

    def __init__(self, shelf: Shelf, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors = embedder.encode([embedding_text(article, passage) for article, passage in shelf.passages])

    def __call__(self, question: str) -> list[int]:
        cosines = self._vectors @ self._embedder.encode_query(question)
        return [int(place) for place in np.argsort(-cosines, kind="stable")]


def _names(shelf: Shelf) -> list[str]:
    return sorted({name for asked in shelf.questions for name in _NAME.findall(asked.text)})


def _example(asked: Asked, mix: Mix, shelf: Shelf, places: Sequence[int]) -> Example:
    evidence = tuple(_evidence(*shelf.passages[place], rank) for rank, place in enumerate(places))
    gold = asked.gold if mix in ("among", "alone") else frozenset()
    return Example(asked.text, evidence, gold, asked.group, mix)


def _evidence(article: Article, passage: Passage, rank: int) -> Evidence:
    return Evidence(article, passage, story=article.id, retrieval=1 / (60 + rank))


def _squad_shelf(entry: dict[str, Any]) -> Shelf:
    contexts = [paragraph["context"] for paragraph in entry["paragraphs"]]
    article = Article("\n\n".join(contexts), title=entry["title"].replace("_", " "), origin=entry["title"])
    shelf = Shelf()
    start = 0
    for place, paragraph in enumerate(entry["paragraphs"]):
        span = Span(start, start + len(paragraph["context"]))
        passage = Passage(article.id, place, span, tuple(sentences(article.text, span)))
        shelf.passages.append((article, passage))
        for asked in paragraph["qas"]:
            places = () if asked["is_impossible"] else [start + answer["answer_start"] for answer in asked["answers"]]
            gold = {each for each in passage.sentences for at in places if each.start <= at < each.end}
            marks = frozenset((article.id, each) for each in gold)
            shelf.questions.append(Asked(asked["question"], place, marks, entry["title"]))
        start = span.end + 2
    return shelf


def _add_clapnq(shelf: Shelf, record: dict[str, Any]) -> None:
    given = record["passages"][0]
    texts = [text.strip() for text in given["sentences"] if text.strip()]
    article = Article(" ".join(texts), title=given["title"], origin=record["id"])
    spans, start = [], 0
    for text in texts:
        spans.append(Span(start, start + len(text)))
        start += len(text) + 1
    chosen = {text.strip() for text in record["output"][0]["selected_sentences"]}
    gold = frozenset((article.id, span) for span, text in zip(spans, texts, strict=True) if text in chosen)
    passage = Passage(article.id, 0, Span(0, len(article.text)), tuple(spans))
    shelf.questions.append(Asked(record["input"], len(shelf.passages), gold, given["title"]))
    shelf.passages.append((article, passage))


def _snippet(text: str, place: int) -> Evidence:
    article = Article(text, origin=f"snippet {place}")
    span = Span(0, len(text))
    return _evidence(article, Passage(article.id, 0, span, tuple(sentences(text, span))), place)
