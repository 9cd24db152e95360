"""Haystack as its documentation has it: pipelines of splitter, sentence-transformers and Chroma."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from haystack import Document, Pipeline
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.writers import DocumentWriter
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)
from haystack_integrations.components.retrievers.chroma import ChromaEmbeddingRetriever
from haystack_integrations.document_stores.chroma import ChromaDocumentStore

from eval.bench.peers.peer import DEPTH, PIECES, Said, metadata
from eval.shelf import Shelf


class Haystack:
    """The splitter's words are its own usual number."""

    name = "Haystack"

    def __init__(self, model: str) -> None:
        self._documents = SentenceTransformersDocumentEmbedder(
            model=model, meta_fields_to_embed=["title"], progress_bar=False
        )
        self._questions = SentenceTransformersTextEmbedder(model=model, progress_bar=False)
        self._documents.warm_up()
        self._questions.warm_up()

    @contextmanager
    def opened(self, folder: Path) -> Iterator[_Index]:
        """See `Peer`."""
        index = _Index(folder, self._documents, self._questions)
        try:
            yield index
        finally:
            index.close()


class _Index:
    def __init__(
        self, folder: Path, documents: SentenceTransformersDocumentEmbedder, questions: SentenceTransformersTextEmbedder
    ) -> None:
        self._embedder = documents
        self._questions = questions
        self._store = ChromaDocumentStore(persist_path=str(folder))
        self._search = Pipeline()

    def add(self, shelf: Shelf) -> None:
        documents = [
            Document(content=article.text, meta={"title": article.title, **metadata(article)})
            for article in shelf.articles.values()
        ]
        self._pieces = DocumentSplitter().run(documents=documents)["documents"]
        embedded = self._embedder.run(documents=self._pieces)["documents"]
        DocumentWriter(self._store).run(documents=embedded)
        self._search.add_component("embedder", self._questions)
        self._search.add_component("retriever", ChromaEmbeddingRetriever(self._store))
        self._search.connect("embedder.embedding", "retriever.query_embedding")

    def close(self) -> None:
        """Gives the embedder back: it may be part of one pipeline at a time."""
        if "embedder" in dict(self._search.walk()):
            self._search.remove_component("embedder")

    def pieces(self) -> Sequence[str]:
        return [f"{piece.meta['title']}\n{piece.content}" for piece in self._pieces]

    def find(self, question: str) -> Sequence[str]:
        return self._found(question, PIECES)

    def rank(self, question: str) -> Sequence[str]:
        return self._found(question, DEPTH)

    def answer(self, question: str) -> Said | None:
        return None

    def _found(self, question: str, count: int) -> Sequence[str]:
        found = self._search.run({"embedder": {"text": question}, "retriever": {"top_k": count}})
        return [document.meta["article_id"] for document in found["retriever"]["documents"]]
