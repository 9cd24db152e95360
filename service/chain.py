"""The straight line of an answer: stand alone, retrieve, read, select, compose, verify, cite."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Protocol

from service.answer import Answer, Citation, Closest, Disagreement, Mode, Models, Short, Side, Statement, Timings
from service.answerer import DoneEvent, Event, EvidenceEvent, StatementEvent, StatusEvent, answer_of
from service.clarify import clarification
from service.conversation import standalone
from service.disagreement import sides
from service.errors import ModelError
from service.evidence import Evidence
from service.explained import explained
from service.metering import Meter
from service.promptfiles import prompts_hash
from service.question import Question
from service.reading import Draft, Judgement, Reader, Reading, Selected, Verifier
from service.retrieve import HybridRetriever
from service.search import Found, Search
from service.selection import in_reading_order, nearest, select
from service.short import with_short
from service.tracing import UNTRACED, Tracer, traced
from service.values import Values

CONTEXT_CHARACTERS = 400
_log = logging.getLogger(__name__)

NO_ARTICLES = "There are no articles yet; add some with `dossier ingest PATH`."
NONE_FILTERED = "No article matches the filters."
NOT_SAID = "The articles do not say: no passage answers the question well enough."
NOT_PROVEN = "The articles may touch on it, but no sentence could be proven to answer the question."


class Composer(Protocol):
    """Words statements from chosen sentences."""

    @property
    def name(self) -> str:
        """Name of the LLM, as shown in `Answer.models`."""

    def compose(self, question: str, selected: Sequence[Selected], meter: Meter) -> Iterator[Draft]:
        """Drafts, each resting on some of the sentences; each call to the LLM is counted by `meter`.

        Raises: ModelError when the LLM fails or is too slow.
        """


@dataclass(slots=True)
class _Proof:
    """The statements verified so far, and their citations, numbered in the order of their first use."""

    statements: list[Statement] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)

    def says(self, text: str) -> bool:
        """Whether a statement in these very words is there."""
        return any(statement.text == text for statement in self.statements)

    def add(self, text: str, sources: Sequence[Selected], judgement: Judgement) -> StatementEvent:
        cited = [self._cite(source) for source in sources]
        verdict = "quoted" if judgement.verdict == "quoted" else "supported"
        numbers = tuple(citation.number for citation in cited)
        statement = Statement(text=text, citations=numbers, verdict=verdict, support=round(judgement.support, 4))
        self.statements.append(statement)
        return StatementEvent(statement=statement, citations=tuple(cited))

    def disagreements(self, conflict: Sequence[tuple[Selected, Values]]) -> tuple[Disagreement, ...]:
        """One where at least two of the sides were proven."""
        found = [(side, told, citation) for side, told in conflict if (citation := self._cited(side))]
        if len(found) < 2:
            return ()
        shown = tuple(
            Side(value=told.shown, citations=(each.number,), source=each.source, published=each.published)
            for _, told, each in found
        )
        return (Disagreement(about=found[0][1].sort, sides=shown),)

    def _cited(self, source: Selected) -> Citation | None:
        place = (source.article.id, *source.span)
        return next((each for each in self.citations if (each.article_id, each.start, each.end) == place), None)

    def _cite(self, source: Selected) -> Citation:
        citation = self._cited(source)
        if citation is None:
            citation = _citation(len(self.citations) + 1, source)
            self.citations.append(citation)
        return citation


class Chain:
    """The Answerer over one corpus. Safe to use from several threads; the same question gets the same answer.

    Without a composer, or when it fails, statements are verbatim quotes. `models` is what answers are made with; each
    stage of each is a span of `tracer`.
    """

    def __init__(
        self,
        retriever: HybridRetriever,
        reader: Reader,
        verifier: Verifier,
        composer: Composer | None,
        tracer: Tracer = UNTRACED,
    ) -> None:
        self._corpus = retriever.corpus
        self._search = Search(retriever, reader)
        self._reader = reader
        self._verifier = verifier
        self._composer = composer
        self._tracer = tracer
        self.models = Models(
            embedder=str(self._corpus.embedder.stamp),
            reader=reader.name,
            verifier=verifier.name,
            llm=composer.name if composer else None,
            prompts=prompts_hash(),
        )

    def answer(self, question: Question) -> Answer:
        """See `Answerer`."""
        return answer_of(self.stream(question))

    def stream(self, question: Question) -> Iterator[Event]:
        """See `Answerer`."""
        course = _Course(_Clock(self._tracer))
        asked = standalone(question.text, question.conversation)
        found = yield from self._search.find(question, asked, course.clock.stage)
        yield EvidenceEvent(passages=tuple(_closest(_whole(each)) for each in found.reading.evidence))
        proof = _Proof()
        composed = False
        conflict: Sequence[tuple[Selected, Values]] = ()
        answerable = found.reading.answerable >= self._reader.threshold
        back = clarification(asked, found.reading, answerable)
        if answerable and not back:
            conflict = sides(asked, found.reading)
            drafts = self._drafts(question, asked, found.reading, conflict, course)
            composed = yield from self._prove(drafts, proof, course)
        answer = self._answered(question, asked, found, proof, composed)
        rest = {
            **course.told(),
            "disagreements": proof.disagreements(conflict),
            **({"clarification": back, "reason": back.question} if back else {}),
        }
        yield DoneEvent(answer=answer.model_copy(update=rest))

    def _prove(self, drafts: Iterator[Draft], proof: _Proof, course: _Course) -> Generator[Event, None, bool]:
        """Collects the proof; says whether the LLM worded any of it."""
        composed = False
        yield StatusEvent(stage="compose")
        for draft in drafts:
            for text, sources, judgement in self._verified(draft, course):
                if not proof.says(text):
                    composed |= judgement.verdict == "supported"
                    yield proof.add(text, sources, judgement)
        return composed

    def _drafts(
        self,
        question: Question,
        asked: str,
        reading: Reading,
        conflict: Sequence[tuple[Selected, Values]],
        course: _Course,
    ) -> Iterator[Draft]:
        """Where sources disagree, each is quoted: no wording stands between the reader and what it says."""
        chosen = [side for side, _ in conflict] or in_reading_order(select(reading))
        selected = [with_short(asked, each) for each in chosen]
        unworded = list(selected)
        if self._composer and question.mode == "auto" and question.hurried and not conflict:
            course.degraded = True
        elif self._composer and question.mode == "auto" and not conflict:
            drafts = self._composer.compose(asked, selected, course.meter)
            try:
                while (draft := course.clock.next("compose", drafts)) is not None:
                    unworded = [source for source in unworded if source not in draft.sources]
                    yield draft
                unworded = unworded if len(unworded) == len(selected) else []
            except ModelError as error:
                course.degraded = True
                _log.warning("%s The answer is given in quotes.", error)
        for source in unworded:
            yield Draft(_flat(source.quote), (source,))

    def _verified(self, draft: Draft, course: _Course) -> Iterator[tuple[str, Sequence[Selected], Judgement]]:
        """The draft if it holds, or the part of it that does; else each of its sentences in their own words. What does
        not hold is dropped."""
        with course.clock.stage("verify"):
            judgement = self._judge(draft.text, draft.sources)
            text = draft.text
            if judgement.held:
                text, judgement = judgement.held, self._judge(judgement.held, draft.sources)
        if judgement.stands:
            yield *explained(text, draft.sources), judgement
            return
        course.refused += 1
        for source in draft.sources:
            quote = _flat(source.quote)
            judgement = self._judge(quote, (source,))
            if judgement.verdict == "quoted":
                yield *explained(quote, (source,)), judgement

    def _judge(self, text: str, sources: Sequence[Selected]) -> Judgement:
        context = "\n".join(f"{source.article.title}\n{_before(source)}" for source in sources)
        return self._verifier.judge(text, [source.quote for source in sources], context)

    def _answered(self, question: Question, asked: str, found: Found, proof: _Proof, composed: bool) -> Answer:
        reading = found.reading
        mode: Mode = "composed" if composed else "quoted"
        answered = bool(proof.statements)
        dates = [citation.published for citation in proof.citations if citation.published]
        return Answer(
            id=uuid.uuid4().hex,
            question=question.text,
            standalone_question=asked,
            status="answered" if answered else "abstained",
            mode=mode,
            text=" ".join(statement.marked for statement in proof.statements),
            statements=tuple(proof.statements),
            citations=tuple(proof.citations),
            confidence=round(reading.answerable, 4),
            as_of=max(dates, default=None),
            time=found.time,
            conversation_id=question.conversation_id,
            closest=() if answered else tuple(_closest(near) for near in nearest(reading.evidence)),
            reason=None if answered else self._reason(question, reading),
            models=self.models,
        )

    def _reason(self, question: Question, reading: Reading) -> str:
        if not reading.evidence:
            return NONE_FILTERED if question.filters and self._corpus.count() else NO_ARTICLES
        return NOT_PROVEN if reading.answerable >= self._reader.threshold else NOT_SAID


class _Clock:
    """Wall time by stage, in milliseconds, and a span each time that a stage goes on."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._spent: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        began = perf_counter()
        try:
            with traced(self._tracer, name):
                yield
        finally:
            self._spent[name] = self._spent.get(name, 0.0) + 1000 * (perf_counter() - began)

    def next(self, name: str, drafts: Iterator[Draft]) -> Draft | None:
        """The next draft, its making timed as that stage."""
        with self.stage(name):
            return next(drafts, None)

    def timings(self) -> Timings:
        return Timings(**{name: round(spent, 1) for name, spent in self._spent.items()})


@dataclass(slots=True)
class _Course:
    """What one answer took, and what went wrong on the way (see `Answer.refused` and `Answer.degraded`)."""

    clock: _Clock
    meter: Meter = field(default_factory=Meter)
    refused: int = 0
    degraded: bool = False

    def told(self) -> dict[str, object]:
        """The same as fields of the answer."""
        return {
            "timings_ms": self.clock.timings(),
            "tokens": self.meter.total,
            "refused": self.refused,
            "degraded": self.degraded,
        }


def _citation(number: int, source: Selected) -> Citation:
    short = source.short
    shown = Short(start=short.start, end=short.end, text=short.of(source.article.text)) if short else None
    return Citation(number=number, author=source.article.author, short=shown, **_place(source))


def _closest(source: Selected) -> Closest:
    return Closest(**_place(source))


def _place(source: Selected) -> dict[str, object]:
    article = source.article
    return {
        "article_id": article.id,
        "title": article.title,
        "url": article.url,
        "source": article.source,
        "published": article.published,
        "start": source.span.start,
        "end": source.span.end,
        "quote": source.quote,
    }


def _whole(evidence: Evidence) -> Selected:
    return Selected(evidence.article, evidence.passage.span, evidence.answers)


def _before(source: Selected) -> str:
    return source.article.text[max(0, source.span.start - CONTEXT_CHARACTERS) : source.span.start]


def _flat(text: str) -> str:
    return " ".join(text.split())
