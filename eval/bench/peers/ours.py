"""This project, measured as its peers are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from eval.bench.ingest import embedded_texts
from eval.bench.peers.peer import Said
from eval.errors import RunError
from eval.shelf import Shelf
from ingest.filters import Filters
from ingest.settings import IngestSettings, read_settings
from service.question import Question
from service.settings import ServiceSettings
from service.wiring import House, open_house


class Dossier:
    """From unread documents, where the peers are given the articles that were read from them."""

    name = "Dossier"

    def __init__(self, llm: bool) -> None:
        # As long as an answer of the peers may take: it is to be composed, however slow the machine.
        self._service = read_settings(ServiceSettings, llm="embedded" if llm else "none", llm_timeout=600.0)

    @contextmanager
    def opened(self, folder: Path) -> Iterator[_Index]:
        """See `Peer`."""
        with open_house(read_settings(IngestSettings, data=folder), self._service, "dossier bench peers") as house:
            yield _Index(house, composes=self._service.llm != "none")


class _Index:
    def __init__(self, house: House, composes: bool) -> None:
        self._house = house
        self._composes = composes

    def add(self, shelf: Shelf) -> None:
        corpus = self._house.corpus
        report = corpus.ingest(shelf.documents)
        if report.failures:
            first = report.failures[0]
            raise RunError(f"{first.origin} could not be ingested: {first.reason}", "Mend the article.")
        self._documents = shelf.documents

    def pieces(self) -> Sequence[str]:
        return embedded_texts(self._documents, self._house.embedder)

    def find(self, question: str) -> Sequence[str]:
        return [evidence.article.id for evidence in self._house.retriever.retrieve(question)]

    def rank(self, question: str) -> Sequence[str]:
        ranked, _ = self._house.retriever.ranked(question, Filters())
        return [stored.article.id for stored in ranked]

    def answer(self, question: str) -> Said | None:
        if not self._composes:
            return None
        answer = self._house.answerer.answer(Question(question))
        return Said(answer.text, bool(answer.citations))
