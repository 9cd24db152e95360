"""Dossier in this process."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from threading import Lock

from cachetools import LRUCache

from eval.claims import QUOTES, Claim
from eval.outcomes import Reply
from eval.quotes import choose_quotes
from eval.shelf import Shelf
from eval.systems import DEPTH, Ability
from ingest.article import Article
from ingest.corpus import Corpus
from ingest.rows import Stored
from service.answer import Answer, Closest
from service.answerer import Answerer, DoneEvent, EvidenceEvent
from service.chain import Chain
from service.conversation import standalone
from service.evidence import Evidence
from service.promptfiles import prompts_hash
from service.question import Question
from service.reading import Judgement, Reader, Reading
from service.search import Search
from service.wiring import House

KEPT = 256
"""Readings: more than are under way at once."""


@dataclass(frozen=True, slots=True)
class Insisting:
    """A reader that never lets the answer be refused: what it would have said shows what the threshold costs."""

    reader: Reader

    @property
    def name(self) -> str:
        """See `Reader`."""
        return self.reader.name

    @property
    def threshold(self) -> float:
        """See `Reader`."""
        return 0.0

    def read(self, question: str, evidence: Sequence[Evidence]) -> Reading:
        """See `Reader`."""
        return self.reader.read(question, evidence)


@dataclass(frozen=True, slots=True)
class Keeping:
    """A reader whose readings are kept for a while, and taken from there unless it is to read `anew`: a case is
    answered, insisted on and ranked over the same evidence, and read for the answer alone."""

    reader: Reader
    kept: LRUCache[Hashable, Reading] = field(default_factory=lambda: LRUCache(KEPT))
    lock: AbstractContextManager[object] = field(default_factory=Lock)
    anew: bool = False

    @property
    def name(self) -> str:
        """See `Reader`."""
        return self.reader.name

    @property
    def threshold(self) -> float:
        """See `Reader`."""
        return self.reader.threshold

    def read(self, question: str, evidence: Sequence[Evidence]) -> Reading:
        """See `Reader`. In one corpus the id of a passage stands for its text."""
        key = question, tuple((each.passage.id, each.retrieval) for each in evidence)
        with self.lock:
            known = None if self.anew else self.kept.get(key)
        if known is not None:
            return known
        reading = self.reader.read(question, evidence)
        with self.lock:
            self.kept[key] = reading
        return reading


class HouseSystem:
    """See `eval.systems.System`."""

    name = "dossier"
    abilities: frozenset[Ability] = frozenset(["answer", "rank", "judge"])

    def __init__(self, house: House, shelf: Shelf) -> None:
        """`shelf` is what the corpus was built from."""
        self._house = house
        self._held = held(house.corpus, shelf)
        keeping = Keeping(house.reader)
        # What is asked again is read again: whether it comes to the same is one of the things to be measured.
        self._answerer = Chain(house.retriever, replace(keeping, anew=True), house.verifier, house.composer)
        self._insisting = Chain(house.retriever, Insisting(keeping), house.verifier, house.composer)
        self._search = Search(house.retriever, keeping)

    @property
    def models(self) -> Mapping[str, str]:
        """See `System`."""
        house = self._house
        return {
            "embedder": str(house.embedder.stamp),
            "numerics": house.embedder.variant,
            "reader": house.reader.name,
            "verifier": house.verifier.name,
            "llm": house.composer.name if house.composer else "none",
            "prompts": prompts_hash(),
        }

    @property
    def threshold(self) -> float | None:
        """See `System`."""
        return self._house.reader.threshold

    def answer(self, question: Question) -> Reply:
        """See `System`. A refused question is asked again without the threshold."""
        answer, passages = followed(self._answerer, question)
        insisted = answer if answer.status == "answered" else self._insisting.answer(question)
        return Reply(answer, passages, insisted)

    def rank(self, question: Question) -> list[str]:
        """See `System`. An article stands where its best passage does, once the reader has read."""
        asked = standalone(question.text, question.conversation)
        return self._search.articles(question, asked)[:DEPTH]

    def judge(self, claim: Claim) -> tuple[Judgement, tuple[str, ...]]:
        """See `System`."""
        quotes = tuple(choose_quotes(claim.statement, claim.sentences, QUOTES))
        return self._house.verifier.judge(claim.statement, quotes, claim.context), quotes

    def article(self, article_id: str) -> Article | None:
        """See `System`."""
        return self._house.corpus.text_of(article_id)

    def known_as(self, article: Article) -> str | None:
        """See `System`."""
        return self._held.get(article.content_hash)


def followed(answerer: Answerer, question: Question) -> tuple[Answer, tuple[Closest, ...]]:
    """The answer and the passages that were read for it, best first."""
    passages: tuple[Closest, ...] = ()
    for event in answerer.stream(question):
        if isinstance(event, EvidenceEvent):
            passages = event.passages
        if isinstance(event, DoneEvent):
            return event.answer, passages
    raise AssertionError("a stream ends with its answer")


def by_article(stored: Iterable[Stored]) -> list[str]:
    """The articles of passages, each where its first passage stands."""
    return list(dict.fromkeys(each.article.id for each in stored))[:DEPTH]


def held(corpus: Corpus, shelf: Shelf) -> Mapping[str, str]:
    """The ids of the articles by the hash of their content: those of equal content may be held once, as one of them."""
    articles = shelf.articles.values()
    return {each.content_hash: each.id for each in articles if corpus.text_of(each.id) is not None}
