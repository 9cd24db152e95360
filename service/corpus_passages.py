"""The passages of a corpus in process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.article import Span
from ingest.filters import Filters
from service.addressed import without_orders
from service.evidence import Evidence
from service.passages import FoundPassage
from service.retrieve import HybridRetriever


class CorpusPassages:
    """The passages that a question would be answered from, before anything reads them."""

    def __init__(self, retriever: HybridRetriever) -> None:
        self._retriever = retriever

    def search(self, query: str, filters: Filters, limit: int) -> list[FoundPassage]:
        """See `Passages`."""
        retriever = replace(self._retriever, limit=limit)
        return [_found(each) for each in without_orders(retriever.retrieve(query, filters))]


def _found(evidence: Evidence) -> FoundPassage:
    article = evidence.article
    span = _longest_run(evidence.passage.sentences, article.text)
    return FoundPassage(
        article_id=article.id,
        title=article.title,
        url=article.url,
        source=article.source,
        author=article.author,
        published=article.published,
        start=span.start,
        end=span.end,
        quote=span.of(article.text),
        score=evidence.retrieval,
    )


def _longest_run(sentences: Sequence[Span], text: str) -> Span:
    """The longest stretch that none of the sentences left out lies in: the whole passage where none was."""
    runs: list[Span] = []
    for sentence in sentences:
        if runs and not text[runs[-1].end : sentence.start].strip():
            runs[-1] = Span(runs[-1].start, sentence.end)
        else:
            runs.append(sentence)
    return max(runs, key=lambda run: run.end - run.start)
