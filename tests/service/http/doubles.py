"""In-memory doubles behind the seams of the HTTP door."""

from __future__ import annotations

import json
import shutil
import socket
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from ingest.article import Article
from ingest.documents import Document, Failure
from ingest.fetch import Fetcher
from ingest.filters import Filters
from ingest.hints import Hints
from ingest.pipeline import OnOutcome, OnProgress, Progress, Report
from ingest.records import ArticleRecord, Outcome, Outline
from service.answer import Answer, Citation, Closest, Models, Statement
from service.answerer import DoneEvent, Event, EvidenceEvent, StatementEvent, StatusEvent
from service.http.queue import Bounds
from service.http.services import Services
from service.jobs import Jobs
from service.parcels import opened
from service.passages import FoundPassage
from service.question import Question
from service.store.database import store_in
from service.store.jobs import JobBook
from service.store.journal import Journal
from service.store.keys import Keyring
from service.store.receipts import Receipts
from service.store.workers import Worker

ONE = Bounds(at_once=1, waiting=0)
TEXT = "Tashkent suspended its membership. It prefers bilateral ties — it said so in June."
QUOTE = "It prefers bilateral ties — it said so in June."


def answer_to(question: Question) -> Answer:
    """An answer whose citation points into `TEXT`."""
    start = TEXT.index(QUOTE)
    citation = Citation(
        number=1,
        article_id="a1",
        title="Tashkent leaves",
        published=date(2013, 4, 17),
        start=start,
        end=start + len(QUOTE),
        quote=QUOTE,
    )
    return Answer(
        id="answer-1",
        question=question.text,
        standalone_question=question.text,
        status="answered",
        mode="quoted",
        text=f"{QUOTE} [1]",
        statements=(Statement(text=QUOTE, citations=(1,), verdict="quoted", support=1.0),),
        citations=(citation,),
        confidence=0.9,
        as_of=date(2013, 4, 17),
        conversation_id=question.conversation_id,
        models=Models(embedder="e", reader="r", verifier="v", prompts="p"),
    )


@dataclass
class ScriptedAnswerer:
    """Answers every question with `reply`, or fails with `error`.

    Before the last event it waits for `go`; `waiting` tells that it does. `closed` is set when a stream ends, however
    it ends, and `threads` are those that worked.
    """

    reply: Callable[[Question], Answer] = answer_to
    error: Exception | None = None
    fail_late: bool = False
    go: threading.Event = field(default_factory=threading.Event)
    waiting: threading.Event = field(default_factory=threading.Event)
    closed: threading.Event = field(default_factory=threading.Event)
    asked: list[Question] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.go.set()

    def answer(self, question: Question) -> Answer:
        self.asked.append(question)
        self.threads.append(threading.current_thread())
        self.waiting.set()
        self.go.wait(10)
        if self.error:
            raise self.error
        return self.reply(question)

    def stream(self, question: Question) -> Iterator[Event]:
        self.asked.append(question)
        self.threads.append(threading.current_thread())
        try:
            yield from self._events(question)
            self.finished.append(question.text)
        finally:
            self.threads.append(threading.current_thread())
            self.closed.set()

    def _events(self, question: Question) -> Iterator[Event]:
        if self.error and not self.fail_late:
            raise self.error
        answer = self.reply(question)
        yield StatusEvent(stage="retrieve")
        yield EvidenceEvent(passages=(Closest(article_id="a1", title="T", start=0, end=len(TEXT), quote=TEXT),))
        for statement in answer.statements:
            cited = tuple(each for each in answer.citations if each.number in statement.citations)
            yield StatementEvent(statement=statement, citations=cited)
        if self.error:
            raise self.error
        self.waiting.set()
        self.go.wait(10)
        yield StatusEvent(stage="verify")
        yield DoneEvent(answer=answer)


class MemoryLibrary:
    """Keeps every version of every article in a dictionary; text that says "bad" is refused."""

    def __init__(self) -> None:
        self.records: dict[str, ArticleRecord] = {}
        self.calls: list[int] = []
        self.documents: list[Document | Failure] = []

    def articles(self, offset: int, limit: int, query: str | None) -> Sequence[ArticleRecord]:
        live = [record for record in self.records.values() if record.state == "live"]
        found = [replace(record, text=None) for record in live if not query or query in record.title]
        return found[offset : offset + limit]

    def count(self) -> int:
        return len({record.key for record in self.records.values()})

    def article(self, article_id: str) -> ArticleRecord | None:
        return self.records.get(article_id)

    def versions(self, article_id: str) -> Sequence[ArticleRecord]:
        found = self.records.get(article_id)
        if found is None:
            return []
        return [replace(record, text=None) for record in self.records.values() if record.key == found.key]

    def remove(self, article_id: str) -> bool:
        doomed = [record.id for record in self.versions(article_id)]
        for each in doomed:
            del self.records[each]
        return bool(doomed)

    def add(self, documents: Sequence[Document | Failure]) -> Sequence[Outcome]:
        self.calls.append(len(documents))
        self.documents += documents
        return [self._add(document) for document in documents]

    def ingest(self, documents: Iterable[Document | Failure], progress: OnProgress, outcome: OnOutcome) -> Report:
        for number, document in enumerate(documents, start=1):
            outcome(self._add(document))
            progress(Progress(number, number, number, reading=True))
        return Report()

    def _add(self, given: Document | Failure) -> Outcome:
        if isinstance(given, Failure):
            return Outcome(origin=given.origin, status="failed", reason=str(given.error))
        try:
            article = _article(given)
        except (ValueError, AttributeError):
            return Outcome(origin=given.origin, status="failed", reason="It cannot be read.")
        if "bad" in article.text or not article.text:
            return Outcome(origin=given.origin, status="failed", reason="The text is bad.")
        if article.id in self.records:
            return Outcome(origin=given.origin, status="unchanged", article_id=article.id)
        older = [record for record in self.records.values() if record.key == article.key]
        for record in older:
            self.records[record.id] = replace(record, state="superseded")
        self.records[article.id] = _record(article, version=len(older) + 1)
        return Outcome(
            origin=given.origin,
            status="changed" if older else "new",
            article_id=article.id,
            notes=("no date",) if article.published is None else (),
        )


def nowhere() -> Fetcher:
    """It finds no host of any name."""
    return Fetcher(_no_host, attempts=1)


def _no_host(host: str, port: int) -> Sequence[str]:
    raise socket.gaierror(socket.EAI_NONAME, "nowhere")


def _article(document: Document) -> Article:
    """As short as it may be: what the real extraction asks of a text is not the door's business."""
    record = json.loads(document.data) if document.kind == "record" else {"text": document.data.decode()}
    facts, _ = document.fields.hints(record)
    text = str(document.fields.value(record, "text") or "")
    return Article(text, origin=document.origin, **_known(document.hints.over(facts)))


def _known(hints: Hints) -> dict[str, Any]:
    return {name: value for name, value in asdict(hints).items() if value is not None}


def _record(article: Article, version: int) -> ArticleRecord:
    return ArticleRecord(
        id=article.id,
        key=article.key,
        title=article.title,
        url=article.url,
        source=article.source,
        author=article.author,
        published=article.published,
        updated=article.updated,
        state="live",
        story=article.id,
        version=version,
        ingested_at=datetime(2024, 5, 1, 12, 0, tzinfo=UTC),
        characters=len(article.text),
        text=article.text,
    )


@dataclass
class ScriptedPassages:
    """Finds `TEXT`'s one passage, or fails with `error`."""

    error: Exception | None = None
    searched: list[tuple[str, Filters, int]] = field(default_factory=list)

    def search(self, query: str, filters: Filters, limit: int) -> Sequence[FoundPassage]:
        self.searched.append((query, filters, limit))
        if self.error:
            raise self.error
        start = TEXT.index(QUOTE)
        place = {"article_id": "a1", "start": start, "end": start + len(QUOTE), "quote": QUOTE}
        return [FoundPassage(title="Tashkent leaves", published=date(2013, 4, 17), score=0.5, **place)]


@dataclass
class House:
    """The doubles with the Services made of them; what is kept in SQL is kept in a real store in a folder of its own.

    `missing` is what keeps it from answering.
    """

    answerer: ScriptedAnswerer = field(default_factory=ScriptedAnswerer)
    library: MemoryLibrary = field(default_factory=MemoryLibrary)
    passages: ScriptedPassages = field(default_factory=ScriptedPassages)
    missing: list[str] = field(default_factory=list)
    outline: Outline = field(default_factory=Outline)

    def __post_init__(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="dossier-test-"))
        self.store = store_in(folder)
        self.journal = Journal(self.store)
        self.keyring = Keyring(self.store)
        self.worker = Worker(self.store, lease=3600)
        self.worker.renew()
        book = JobBook(self.store, self.worker)
        self.jobs = Jobs(book, self.library.ingest, partial(opened, fetcher=nowhere()), most=1000)
        weakref.finalize(self.store, shutil.rmtree, folder)

    @property
    def services(self) -> Services:
        return Services(
            answerer=self.answerer,
            library=self.library,
            passages=self.passages,
            outline=lambda: self.outline,
            jobs=self.jobs,
            journal=self.journal,
            receipts=Receipts(self.store, self.worker),
            ready=lambda: self.missing,
        )
