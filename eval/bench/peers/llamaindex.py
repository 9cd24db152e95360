"""LlamaIndex as its guides have it: sentence splitter, sentence-transformers, Chroma, the engine that cites."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from llama_index.core import Document, StorageContext, VectorStoreIndex
from llama_index.core.llms import CompletionResponse, CompletionResponseGen, CustomLLM, LLMMetadata
from llama_index.core.llms.callbacks import llm_completion_callback
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.query_engine import CitationQueryEngine
from llama_index.core.schema import MetadataMode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.chroma import ChromaVectorStore

from eval.bench.peers.peer import DEPTH, PIECES, Said, metadata
from eval.shelf import Shelf
from service.llama import CONTEXT_TOKENS, MAX_TOKENS
from service.models import LanguageModel
from service.prompting import Message

CITED = 3
"""How many pieces its engine reads, as in its guide."""
OVERLAP = 20
PATIENCE_SECONDS = 600.0
_CITATION = re.compile(r"\[(\d+)\]")


class LlamaIndex:
    """Pieces of so many tokens. Its own size, 1,024, is four times what the embedding model reads of a text: the rest
    of such a piece can never be found."""

    def __init__(self, model: str, tokens: int, llm: LanguageModel | None) -> None:
        self.name = f"LlamaIndex, {tokens:,} tokens a piece"
        self._embedding = HuggingFaceEmbedding(model_name=model)
        self._splitter = SentenceSplitter(chunk_size=tokens, chunk_overlap=OVERLAP)
        self._llm = _Embedded(model=llm) if llm else None

    @contextmanager
    def opened(self, folder: Path) -> Iterator[_Index]:
        """See `Peer`."""
        yield _Index(folder, self._embedding, self._splitter, self._llm)


class _Index:
    def __init__(
        self, folder: Path, embedding: HuggingFaceEmbedding, splitter: SentenceSplitter, llm: _Embedded | None
    ) -> None:
        self._embedding = embedding
        self._splitter = splitter
        self._llm = llm
        self._store = ChromaVectorStore.from_params("articles", persist_dir=str(folder))

    def add(self, shelf: Shelf) -> None:
        documents = [
            Document(
                text=article.text,
                metadata={"title": article.title, **metadata(article)},
                excluded_embed_metadata_keys=list(metadata(article)),
                excluded_llm_metadata_keys=list(metadata(article)),
            )
            for article in shelf.articles.values()
        ]
        self._nodes = self._splitter.get_nodes_from_documents(documents)
        context = StorageContext.from_defaults(vector_store=self._store)
        index = VectorStoreIndex(self._nodes, storage_context=context, embed_model=self._embedding)
        self._near = index.as_retriever(similarity_top_k=PIECES)
        self._far = index.as_retriever(similarity_top_k=DEPTH)
        if self._llm:
            self._engine = CitationQueryEngine.from_args(index, llm=self._llm, similarity_top_k=CITED)

    def pieces(self) -> Sequence[str]:
        return [node.get_content(MetadataMode.EMBED) for node in self._nodes]

    def find(self, question: str) -> Sequence[str]:
        return [found.node.metadata["article_id"] for found in self._near.retrieve(question)]

    def rank(self, question: str) -> Sequence[str]:
        return [found.node.metadata["article_id"] for found in self._far.retrieve(question)]

    def answer(self, question: str) -> Said | None:
        if self._llm is None:
            return None
        response = self._engine.query(question)
        sources = len(response.source_nodes)
        return Said(str(response), any(1 <= int(number) <= sources for number in _CITATION.findall(str(response))))


class _Embedded(CustomLLM):  # type: ignore[misc]  # its types are not read
    """This project's embedded LLM, as a user of LlamaIndex would put a model of his own in its place."""

    model: Any

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(context_window=CONTEXT_TOKENS, num_output=MAX_TOKENS, model_name=self.model.name)

    @llm_completion_callback()  # type: ignore[untyped-decorator]
    def complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponse:
        text = self.model.generate([Message("user", prompt)], PATIENCE_SECONDS, max_tokens=MAX_TOKENS)
        return CompletionResponse(text=text)

    @llm_completion_callback()  # type: ignore[untyped-decorator]
    def stream_complete(self, prompt: str, formatted: bool = False, **options: Any) -> CompletionResponseGen:
        yield self.complete(prompt, formatted, **options)
