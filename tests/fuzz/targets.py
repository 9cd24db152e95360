"""What is fuzzed: each target takes bytes and raises where Dossier would break its word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import partial

import httpx
from pydantic import ValidationError

from ingest.article import Span
from ingest.confined import wire
from ingest.confined.worker import attempt
from ingest.documents import NO_HINTS, Document, Extracted, Failure, Kind
from ingest.errors import DossierError, ExtractError, SourceError
from ingest.extract import extract
from ingest.filters import Filters
from ingest.passages import passages
from ingest.sentences import sentences
from ingest.sources.limits import Limits
from ingest.sources.sidecars import hints_beside
from ingest.sources.uploads import from_upload
from ingest.text import normalise
from service.compose import lines, parse_line
from service.conversation import standalone
from service.errors import QuestionError
from service.http.completion_question import question_of
from service.http.completion_schemas import CompletionIn
from service.http.handlers import ProblemError
from service.question import Question, Turn
from service.reading import Selected
from service.remote import RemoteAnswerer
from service.times import period

Target = Callable[[bytes], None]
LIMITS = Limits(document_bytes=1_000_000, archive_bytes=5_000_000)
TODAY = date(2013, 4, 17)


def sound(extracted: Extracted) -> None:
    """Every span of an article and of its passages holds."""
    text = extracted.article.text
    assert normalise(text) == text
    assert_in_order([section.span for section in extracted.sections], text)
    for passage in passages(extracted.article, extracted.sections, lambda texts: [len(one.split()) for one in texts]):
        assert_in_order([passage.span], text)
        assert_in_order(passage.sentences, text)
        assert passage.sentences[0].start == passage.span.start
        assert passage.sentences[-1].end == passage.span.end


def assert_in_order(spans: Iterable[Span], text: str) -> None:
    """The spans are not empty, follow each other and lie within the text."""
    end = 0
    for span in spans:
        assert end <= span.start < span.end <= len(text)
        end = span.end


def told(error: DossierError) -> None:
    """An error for a user says what happened and what to do."""
    assert error.message
    assert error.help


def extraction(kind: Kind, data: bytes) -> None:
    """A document that is extracted in a worker: whatever a parser raises, the worker makes an error of it."""
    outcome = attempt(Document("/a", kind, data))
    if isinstance(outcome, Extracted):
        sound(outcome)
    assert not isinstance(outcome, MemoryError)


def plain_extraction(kind: Kind, data: bytes) -> None:
    """A document that is extracted inside: no other error may come up."""
    try:
        sound(extract(Document("/a", kind, data)))
    except ExtractError as error:
        told(error)


def upload(name: str, data: bytes) -> None:
    """A file that is sent: what it holds is read, or told to be unreadable."""
    for found in from_upload(name, data, NO_HINTS, LIMITS):
        if isinstance(found, Failure):
            told(found.error)
        else:
            assert len(found.data) <= 2 * LIMITS.archive_bytes
            (extraction if found.kind in ("html", "pdf", "docx") else plain_extraction)(found.kind, found.data)


def record(data: bytes) -> None:
    """A JSON record, as it is read from a file of one."""
    upload("a.json", data)


def sidecar(data: bytes) -> None:
    """Facts in a file beside an article."""
    for suffix in (".meta.json", ".meta.yaml"):
        try:
            hints_beside("a", {f"a{suffix}": data}.get)
        except SourceError as error:
            told(error)


def segmentation(data: bytes) -> None:
    """Sentences lie in order and lose no letter."""
    text = normalise(data.decode("utf-8", "replace"))
    found = sentences(text, Span(0, len(text)))
    assert_in_order(found, text)
    left, end = "", 0
    for sentence in found:
        left, end = left + text[end : sentence.start], sentence.end
    assert not (left + text[end:]).strip()


def times(data: bytes) -> None:
    """The time in a question."""
    question = data.decode("utf-8", "replace")[:2000]
    found = period(question, TODAY)
    if found:
        assert found.phrase in question
        found.narrowed(Filters())


def followup(data: bytes) -> None:
    """A question after others, which may become any other that can be asked."""
    *said, question = data.decode("utf-8", "replace").split("\0")
    turns = [Turn(asked[:2000], answer) for asked, answer in zip(said[::2], said[1::2], strict=False)]
    if question.strip() and len(question) <= 2000:
        Question(standalone(question, turns))


def reply(data: bytes) -> None:
    """What a language model says."""
    sources: Mapping[str, Selected] = {"S1": object(), "S2": object()}  # type: ignore[dict-item]
    text = data.decode("utf-8", "replace")
    for line in lines(iter([text[at : at + 7] for at in range(0, len(text), 7)])):
        draft = parse_line(line, sources)
        if draft:
            assert draft.text.strip()


def worker_reply(data: bytes) -> None:
    """What a worker that extracts sends back."""
    try:
        extracted = wire.unpacked(data, Document("/a", "text", b""))
    except (wire.Garbled, ExtractError, MemoryError):
        return
    assert_placed(extracted)


def assert_placed(extracted: Extracted) -> None:
    """The sections lie in the text."""
    for section in extracted.sections:
        assert 0 <= section.span.start <= section.span.end <= len(extracted.article.text)


def events(data: bytes) -> None:
    """What a service sends back to a command, as a stream and as an error."""
    for status, kind in ((200, "text/event-stream"), (503, "application/problem+json"), (200, "application/json")):
        response = partial(httpx.Response, status, headers={"Content-Type": kind}, content=data)
        transport = httpx.MockTransport(lambda _, made=response: made())
        answerer = RemoteAnswerer("http://a.example", httpx.Client(transport=transport, base_url="http://a.example"))
        try:
            answerer.answer(Question("x"))
        except DossierError as error:
            told(error)
        finally:
            answerer.close()


def chat(data: bytes) -> None:
    """A request of an OpenAI client."""
    try:
        question_of(CompletionIn.model_validate_json(data))
    except (ValidationError, ProblemError, QuestionError):
        return


def every() -> Iterator[tuple[str, Target]]:
    """The targets by name."""
    for kind in ("html", "pdf", "docx"):
        yield kind, partial(extraction, kind)
    yield from (("record", record), ("text", partial(plain_extraction, "text")))
    yield "markdown", partial(plain_extraction, "markdown")
    yield from ((name, partial(upload, f"a.{name}")) for name in ("zip", "json", "jsonl"))
    yield from (("gz", partial(upload, "a.txt.gz")), ("feed", partial(upload, "a.xml")), ("sidecar", sidecar))
    yield from (("sentences", segmentation), ("times", times), ("followup", followup), ("reply", reply))
    yield from (("wire", worker_reply), ("events", events), ("chat", chat))


TARGETS: Mapping[str, Target] = dict(every())
