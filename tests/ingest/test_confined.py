"""Extraction in a process of its own: the same articles, within bounds, and gone when it should be."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import date
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.article import Article, Section, Span
from ingest.confined import Bounds, ConfinedExtractor, wire
from ingest.documents import Document, Extracted, Hints, Kind
from ingest.errors import DossierError, ExtractError
from ingest.extract import extract
from ingest.settings import IngestSettings
from ingest.wiring import open_corpus
from tests.commands import ROOT
from tests.ingest.extracting import FIRST, SECOND
from tests.ingest.test_extract_html import page
from tests.ingest.test_extract_office import pdf
from tests.rooms import document

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are bounded on POSIX systems")

HINTS = Hints(title="From outside \udcff", source="The News", published=date(2013, 4, 17))


def endless() -> Document:
    """A page of 4 MB whose tables take the parser minutes."""
    rows = ("<tr>" + "<td>word here</td>" * 20 + "</tr>") * 10_000
    return html(f"<html><body><p>{FIRST}</p><table>{rows}</table></body></html>")


def html(text: str) -> Document:
    return Document("/a.html", "html", text.encode(), HINTS)


def word() -> bytes:
    buffer, made = io.BytesIO(), docx.Document()
    made.add_heading("A deal is signed", 1)
    made.add_paragraph(FIRST)
    made.save(buffer)
    return buffer.getvalue()


DOCUMENTS = {
    "html": html(page()),
    "pdf": Document("/a.pdf", "pdf", pdf([("Heading1", "A deal"), ("BodyText", f"{FIRST} {SECOND}")])),
    "docx": Document("/a.docx", "docx", word(), HINTS),
    "record": Document("/a.json#1", "record", b'{"text": "<p>%s</p><p>%s</p>"}' % (FIRST.encode(), SECOND.encode())),
    "text": document(FIRST),
}


@pytest.fixture
def confined() -> Iterator[ConfinedExtractor]:
    with closing(ConfinedExtractor()) as extractor:
        yield extractor


def worker_of(extractor: ConfinedExtractor) -> int | None:
    return extractor._worker.pid if extractor._worker else None


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    deadline = monotonic() + seconds
    while not true():
        assert monotonic() < deadline
        sleep(0.01)


def busy(pid: int | None) -> bool:
    """Whether a process has used a second of its processor: it is long past its start."""
    return pid is not None and sum(map(int, Path(f"/proc/{pid}/stat").read_text().split()[13:15])) > 100


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
    except FileNotFoundError:
        return True


def test_what_comes_out_is_what_comes_out_inside(confined: ConfinedExtractor) -> None:
    for each in DOCUMENTS.values():
        assert confined(each) == extract(each)


def test_it_starts_with_the_first_risky_document_and_stays(confined: ConfinedExtractor) -> None:
    confined(DOCUMENTS["text"])
    confined(Document("/b.json", "record", b'{"text": "%s"}' % FIRST.encode()))
    assert worker_of(confined) is None
    confined(DOCUMENTS["html"])
    first = worker_of(confined)
    confined(DOCUMENTS["pdf"])
    assert worker_of(confined) == first
    confined.close()
    assert first
    assert gone(first)


@pytest.mark.parametrize("kind", ["html", "pdf", "docx"])
def test_what_is_wrong_with_a_document_is_told_as_it_is_inside(confined: ConfinedExtractor, kind: Kind) -> None:
    broken = Document("/broken", kind, b"")
    told = []
    for way in (confined, extract):
        with pytest.raises(ExtractError) as raised:
            way(broken)
        told.append((raised.value.message, raised.value.help))
    assert told[0] == told[1]


def test_time_is_bounded_and_the_next_document_is_read() -> None:
    with closing(ConfinedExtractor(Bounds(seconds=0.5))) as hurried:
        hurried(DOCUMENTS["html"])
        with pytest.raises(ExtractError, match=r"longer than 0\.5 seconds.*DOSSIER_EXTRACT_SECONDS"):
            hurried(endless())
        assert hurried(DOCUMENTS["html"]) == extract(DOCUMENTS["html"])


def test_memory_is_bounded_and_the_next_document_is_read() -> None:
    with closing(ConfinedExtractor(Bounds(memory=150_000_000))) as narrow:
        with pytest.raises(ExtractError):
            narrow(endless())
        assert narrow(DOCUMENTS["html"]) == extract(DOCUMENTS["html"])


def test_a_used_worker_that_dies_is_replaced_and_the_document_read(confined: ConfinedExtractor) -> None:
    confined(DOCUMENTS["html"])
    killed = worker_of(confined)
    assert killed
    os.kill(killed, signal.SIGKILL)
    assert confined(DOCUMENTS["html"]) == extract(DOCUMENTS["html"])
    assert worker_of(confined) != killed


def test_a_document_that_kills_a_fresh_worker_fails(confined: ConfinedExtractor) -> None:
    told: list[DossierError] = []

    def read() -> None:
        try:
            confined(endless())
        except ExtractError as error:
            told.append(error)

    thread = Thread(target=read)
    thread.start()
    until(lambda: busy(worker_of(confined)))
    os.kill(worker_of(confined) or 0, signal.SIGSEGV)
    thread.join(20)
    assert "broke the process that reads such files (signal 11)" in str(told)


def test_closing_ends_what_is_under_way(confined: ConfinedExtractor) -> None:
    told: list[DossierError] = []

    def read() -> None:
        try:
            confined(endless())
        except ExtractError as error:
            told.append(error)

    thread = Thread(target=read)
    thread.start()
    until(lambda: busy(worker_of(confined)))
    confined.close()
    thread.join(20)
    assert "the run was stopped" in str(told)
    assert worker_of(confined) is None


PARENT = """
from ingest.confined import ConfinedExtractor
from tests.ingest import test_confined as t
extractor = ConfinedExtractor()
extractor(t.DOCUMENTS["html"])
print(t.worker_of(extractor), flush=True)
if {busy}:
    extractor(t.endless())
input()
"""


@pytest.mark.parametrize("at_work", [False, True])
def test_it_dies_with_a_parent_that_is_killed(at_work: bool) -> None:
    command = [sys.executable, "-c", PARENT.format(busy=at_work)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        worker = int(parent.stdout.readline())
        if at_work:
            until(lambda: busy(worker))
        parent.kill()
        parent.wait(20)
        with suppress(ProcessLookupError):
            until(lambda: gone(worker))


def test_a_corpus_reads_risky_documents_there_and_ends_it(tmp_path: Path) -> None:
    settings = IngestSettings(data=tmp_path / "data", extract_seconds=1.0)
    with open_corpus(settings, "a test") as corpus:
        outcomes = corpus.add([DOCUMENTS["html"], endless(), DOCUMENTS["docx"]])
        extractor = corpus._pipeline._extract
        assert isinstance(extractor, ConfinedExtractor)
        worker = worker_of(extractor)
    assert [outcome.status for outcome in outcomes] == ["new", "failed", "new"]
    assert "longer than 1 seconds" in (outcomes[1].reason or "")
    assert worker
    assert gone(worker)


TEXTS = st.text(st.characters(codec=None), max_size=40)


@given(TEXTS, TEXTS, st.none() | TEXTS, st.none() | st.dates(), st.lists(TEXTS, max_size=3))
def test_the_wire_keeps_everything(text: str, title: str, fact: str | None, day: date | None, notes: list[str]) -> None:
    of = document("x")
    sent = Extracted(
        Article(text, title, fact, fact, fact, day, day, of.origin),
        [Section(Span(0, len(text) // 2), fact), Section(Span(len(text) // 2, len(text)))],
        tuple(notes),
    )
    got = wire.unpacked(wire.packed(sent), of)
    assert got.article == sent.article
    assert [(each.span, each.heading or None) for each in got.sections] == [
        (each.span, each.heading or None) for each in sent.sections
    ]
    assert got.notes == sent.notes


@pytest.mark.parametrize(
    "reply",
    [b"", b"[]", b"7", b"{}", b'{"article": {}}', b"[" * 100_000, b"\xff", b'{"failed": 7}', b'{"failed": ["one"]}']
    + [
        b'{"article": {"text": "abc", "title": "", "url": null, "source": null, "author": null, "published": null,'
        b' "updated": null}, "sections": [[%s, null]], "notes": []}' % span
        for span in (b"0, 4", b"-1, 2", b"2, 1", b'"a", 2')
    ],
)
def test_a_reply_that_makes_no_sense_is_not_believed(reply: bytes) -> None:
    with pytest.raises(wire.Garbled):
        wire.unpacked(reply, document("x"))


def test_long_markdown_is_read_there_too(confined: ConfinedExtractor) -> None:
    short = Document("/a.md", "markdown", f"# A deal\n\n{FIRST}\n".encode())
    confined(short)
    assert worker_of(confined) is None
    long = Document("/b.md", "markdown", short.data + b"\n" + b"word " * 25_000)
    assert confined(long) == extract(long)
    assert worker_of(confined)
