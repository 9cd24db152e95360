"""An Answerer as a LangChain Runnable, a retriever as one of LangChain's."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import ConfigDict

from service.answer import Answer
from service.answerer import Answerer
from service.evidence import Evidence
from service.question import Question
from service.retrieve import HybridRetriever


def as_runnable(answerer: Answerer) -> Runnable[str | Question, Answer]:
    """Takes a question, as text or as a Question, and gives its Answer; raises what the answerer raises."""

    def answer(question: str | Question) -> Answer:
        return answerer.answer(Question(question) if isinstance(question, str) else question)

    return RunnableLambda(answer, name="dossier")


def as_retriever(retriever: HybridRetriever) -> BaseRetriever:
    """Gives the same passages as LangChain's Documents, their scores and spans as metadata."""
    return _Retriever(retriever=retriever)


class _Retriever(BaseRetriever):
    model_config = ConfigDict(arbitrary_types_allowed=True)

    retriever: HybridRetriever

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [_document(evidence) for evidence in self.retriever.retrieve(query)]


def _document(evidence: Evidence) -> Document:
    article, span = evidence.article, evidence.passage.span
    metadata: dict[str, Any] = {
        "article_id": article.id,
        "title": article.title,
        "url": article.url,
        "source": article.source,
        "author": article.author,
        "published": article.published.isoformat() if article.published else None,
        "start": span.start,
        "end": span.end,
        "story": evidence.story,
        "score": evidence.retrieval,
    }
    return Document(page_content=span.of(article.text), metadata=metadata, id=evidence.passage.id)
