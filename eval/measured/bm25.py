"""The published baseline of retrieval: BM25 over whole articles, by the bm25s library."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, ClassVar

from eval.claims import Claim
from eval.outcomes import Reply
from eval.shelf import Shelf
from eval.systems import DEPTH, Ability
from ingest.article import Article
from service.question import Question
from service.reading import Judgement

K1, B = 1.5, 0.75


class Bm25System:
    """See `eval.systems.System`. It only ranks: titles and texts, English stop words left out, words stemmed by
    Snowball. Filters do not
    apply."""

    name = "bm25"
    abilities: frozenset[Ability] = frozenset(["rank"])
    threshold: ClassVar[float | None] = None

    def __init__(self, shelf: Shelf) -> None:
        import bm25s

        self._articles = {article.id: article for article in shelf.articles.values()}
        self._ids = list(self._articles)
        texts = [f"{article.title}\n{article.text}" for article in self._articles.values()]
        self._index = bm25s.BM25(k1=K1, b=B)
        self._index.index(_tokens(texts), show_progress=False)

    @property
    def models(self) -> Mapping[str, str]:
        """See `System`."""
        return {"bm25s": version("bm25s")}

    def answer(self, question: Question) -> Reply:
        """It does not."""
        raise NotImplementedError

    def rank(self, question: Question) -> list[str]:
        """See `System`."""
        tokens = _tokens([question.text])
        found, scores = self._index.retrieve(tokens, k=min(DEPTH, len(self._ids)), show_progress=False, n_threads=1)
        return [self._ids[int(place)] for place, score in zip(found[0], scores[0], strict=True) if score > 0]

    def judge(self, claim: Claim) -> tuple[Judgement, tuple[str, ...]]:
        """It does not."""
        raise NotImplementedError

    def article(self, article_id: str) -> Article | None:
        """See `System`."""
        return self._articles.get(article_id)

    def known_as(self, article: Article) -> str | None:
        """See `System`."""
        return article.id if article.id in self._articles else None


def _tokens(texts: list[str]) -> Any:
    import bm25s
    import Stemmer

    return bm25s.tokenize(texts, stopwords="en", stemmer=Stemmer.Stemmer("english"), show_progress=False)
