"""LangChain as its tutorial on retrieval has it: splitter, sentence-transformers, Chroma, a retriever of vectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from langchain_chroma import Chroma
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from eval.bench.peers.peer import DEPTH, PIECES, Said, metadata, titled
from eval.shelf import Shelf


class LangChain:
    """The splitter's sizes are those of the tutorial."""

    name = "LangChain"

    def __init__(self, model: str) -> None:
        self._embeddings = HuggingFaceEmbeddings(model_name=model)
        self._splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)

    @contextmanager
    def opened(self, folder: Path) -> Iterator[_Index]:
        """See `Peer`."""
        yield _Index(folder, self._embeddings, self._splitter)


class _Index:
    def __init__(
        self, folder: Path, embeddings: HuggingFaceEmbeddings, splitter: RecursiveCharacterTextSplitter
    ) -> None:
        self._folder = folder
        self._embeddings = embeddings
        self._splitter = splitter

    def add(self, shelf: Shelf) -> None:
        articles = shelf.articles.values()
        self._documents = self._splitter.create_documents(
            [titled(each) for each in articles], [dict(metadata(each)) for each in articles]
        )
        store = Chroma.from_documents(self._documents, self._embeddings, persist_directory=str(self._folder))
        self._near = store.as_retriever(search_kwargs={"k": PIECES})
        self._far = store.as_retriever(search_kwargs={"k": DEPTH})

    def pieces(self) -> Sequence[str]:
        return [document.page_content for document in self._documents]

    def find(self, question: str) -> Sequence[str]:
        return [document.metadata["article_id"] for document in self._near.invoke(question)]

    def rank(self, question: str) -> Sequence[str]:
        return [document.metadata["article_id"] for document in self._far.invoke(question)]

    def answer(self, question: str) -> Said | None:
        return None
