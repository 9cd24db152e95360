"""The plain baseline: the nearest passages by cosine, and the nearest sentence of those as the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from eval.claims import QUOTES, Claim
from eval.measured.house import by_article, held
from eval.outcomes import Reply
from eval.quotes import choose_quotes
from eval.shelf import Shelf
from eval.systems import DEPTH, Ability
from ingest.article import Article, Span
from ingest.corpus import Corpus
from ingest.rows import Stored
from service.answer import Answer, Citation, Closest, Models, Statement
from service.question import Question
from service.reading import Judgement

PASSAGES = 10
HALF = 0.5


class CosineSystem:
    """See `eval.systems.System`. It answers every question with one sentence; its confidence is the cosine."""

    name = "cosine"
    abilities: frozenset[Ability] = frozenset(["answer", "rank", "judge"])
    threshold: ClassVar[float | None] = None

    def __init__(self, corpus: Corpus, shelf: Shelf) -> None:
        self._corpus = corpus
        self._held = held(corpus, shelf)

    @property
    def models(self) -> Mapping[str, str]:
        """See `System`."""
        return {"embedder": str(self._corpus.embedder.stamp), "numerics": self._corpus.embedder.variant}

    def answer(self, question: Question) -> Reply:
        """See `System`."""
        passages = self._nearest(question, PASSAGES)
        places = [(each.article, span) for each in passages for span in each.passage.sentences]
        answer = self._answer(question, places)
        return Reply(answer, tuple(_closest(each.article, each.passage.span) for each in passages), answer)

    def rank(self, question: Question) -> list[str]:
        """See `System`."""
        return by_article(self._nearest(question, 3 * DEPTH))

    def judge(self, claim: Claim) -> tuple[Judgement, tuple[str, ...]]:
        """See `System`. The support is the cosine to the sentence nearest among those that share most words."""
        quotes = tuple(choose_quotes(claim.statement, claim.sentences, QUOTES))
        if not quotes:
            return Judgement("unsupported", 0.0, ("Nothing shares a word with it.",)), ()
        statement, *others = self._corpus.embedder.encode([claim.statement, *quotes])
        best = max(0.0, float(np.max(np.stack(others) @ statement)))
        return Judgement("supported" if best >= HALF else "unsupported", min(1.0, best)), quotes

    def article(self, article_id: str) -> Article | None:
        """See `System`."""
        return self._corpus.text_of(article_id)

    def known_as(self, article: Article) -> str | None:
        """See `System`."""
        return self._held.get(article.content_hash)

    def _nearest(self, question: Question, count: int) -> list[Stored]:
        vector = self._corpus.embedder.encode_query(question.text)
        hits = [name for name, _ in self._corpus.search_vectors(vector, question.filters, count)]
        live = self._corpus.live(hits)
        return [live[name] for name in hits if name in live]

    def _answer(self, question: Question, places: list[tuple[Article, Span]]) -> Answer:
        told: dict[str, object] = {
            "id": "cosine",
            "question": question.text,
            "standalone_question": question.text,
            "mode": "quoted",
            "models": Models(embedder=self.models["embedder"], reader="cosine", verifier="none", prompts="none"),
        }
        if not places:
            return Answer.model_validate(told | {"status": "abstained", "text": "", "confidence": 0.0})
        query = self._corpus.embedder.encode_query(question.text)
        cosines = self._corpus.embedder.encode([span.of(article.text) for article, span in places]) @ query
        article, span = places[int(np.argmax(cosines))]
        quote = span.of(article.text)
        citation = Citation(number=1, **_closest(article, span).model_dump())
        statement = Statement(text=quote, citations=(1,), verdict="quoted", support=1.0)
        confidence = round(min(1.0, max(0.0, float(cosines.max()))), 4)
        told |= {"status": "answered", "text": f"{quote} [1]", "confidence": confidence}
        return Answer.model_validate(told | {"statements": (statement,), "citations": (citation,)})


def _closest(article: Article, span: Span) -> Closest:
    return Closest(
        article_id=article.id,
        title=article.title,
        url=article.url,
        source=article.source,
        published=article.published,
        start=span.start,
        end=span.end,
        quote=span.of(article.text),
    )
