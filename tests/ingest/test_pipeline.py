from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from ingest.article import Article
from ingest.documents import Document, Failure
from ingest.embedder import Vectors
from ingest.errors import SourceError, StorageError
from ingest.filters import Filters
from ingest.pipeline import Pipeline, Progress
from ingest.records import Outcome
from ingest.workers import BATCH_PASSAGES
from tests.rooms import Room, WordEmbedder, document, documents, open_room, telling

BAD: list[Document | Failure] = [
    Failure("/lost.txt", SourceError("/lost.txt does not exist.", "Check the path.")),
    Document("/empty.txt", "text", b""),
    Document("/blank.txt", "text", b" \n\t "),
    Document("/binary.txt", "text", bytes(range(256)) * 50),
    Document("/broken.pdf", "pdf", b"%PDF-1.7 and then nothing"),
    Document("/broken.docx", "docx", b"PK\x03\x04 no zip"),
    Document("/broken.json", "record", b"{"),
    Document("/no-text.json", "record", b'{"title": "Nothing else"}'),
    Document("/strange", "hologram", b"Text of a kind nobody knows."),  # type: ignore[arg-type]
]


class FullDisk:
    """A vector index whose disk fills up after so many writes."""

    def __init__(self, room: Room, writes: int) -> None:
        self._inner = room.vectors
        self._left = writes

    def upsert(self, passages: Sequence[tuple[str, Article]], vectors: Vectors) -> None:
        if not self._left:
            raise StorageError("The disk is full.")
        self._left -= 1
        self._inner.upsert(passages, vectors)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def ids_and_spans(room: Room) -> list[tuple[str, int, int]]:
    live = room.corpus.live(room.catalog.live_ids())
    return sorted((passage_id, *stored.passage.span) for passage_id, stored in live.items())


def assert_searchable(room: Room, seeds: Sequence[int]) -> None:
    assert room.corpus.count() == len(seeds)
    assert room.check().problems == []
    for seed in seeds:
        by_text, by_vector = room.found(telling(seed, 1))
        titles = {room.corpus.text_of(article_id) for article_id in by_text & by_vector}
        assert f"Report number {seed}" in {article.title for article in titles if article}


def test_a_bad_document_stops_no_other(room: Room) -> None:
    good = documents(len(BAD) + 1)
    mixed: list[Document | Failure] = [good[0]]
    for bad, fine in zip(BAD, good[1:], strict=True):
        mixed += [bad, fine]
    outcomes: list[Outcome] = []
    report = Pipeline(room.catalog, room.vectors, room.embedder).run(mixed, None, outcomes.append)
    assert [outcome.origin for outcome in outcomes] == [each.origin for each in mixed]
    assert [outcome.status for outcome in outcomes] == ["new", *["failed", "new"] * len(BAD)]
    assert report.counts == {"new": len(good), "failed": len(BAD)}
    assert report.failures == [outcome for outcome in outcomes if outcome.status == "failed"]
    for outcome in report.failures:
        assert outcome.reason
        assert outcome.article_id is None
        assert "Traceback" not in outcome.reason
    assert_searchable(room, range(len(good)))


def test_a_document_that_was_mended_says_so(room: Room) -> None:
    report = room.corpus.ingest([replace(document(""), data=telling(1).encode("utf-16"))])
    (noted,) = report.notes
    assert noted.notes == ("decoded as utf-16-le",)


def test_progress_ends_with_equal_numbers(room: Room) -> None:
    told: list[Progress] = []
    report = room.corpus.ingest([*documents(30), *BAD], told.append)
    assert told[-1] == Progress(30 + len(BAD), report.passages, report.passages, reading=False)
    assert room.catalog.passage_count("live") == report.passages
    for before, after in pairwise(told):
        assert before.documents <= after.documents
        assert before.done <= after.done <= after.passages
        assert before.reading >= after.reading


def test_progress_ends_too_when_nothing_was_to_do(room: Room) -> None:
    room.corpus.ingest(documents(3))
    told: list[Progress] = []
    room.corpus.ingest(documents(3), told.append)
    assert told[-1] == Progress(3, 0, 0, reading=False)
    room.corpus.ingest([], told.append)
    assert told[-1] == Progress(0, 0, 0, reading=False)


def test_progress_ends_with_equal_numbers_when_a_version_was_overtaken(room: Room) -> None:
    versions = [document(telling(seed), f"/{seed}.txt", url="https://news.example/a") for seed in range(40)]
    told: list[Progress] = []
    room.corpus.ingest(versions, told.append)
    assert told[-1].passages == told[-1].done
    (record,) = room.corpus.articles(0, 5)
    assert (record.version, record.state) == (40, "live")
    article = room.corpus.text_of(record.id)
    assert article is not None
    assert article.text == telling(39)


def test_a_version_that_comes_back_within_one_run_is_the_newest_again(room: Room) -> None:
    versions = [document(telling(number % 2)) for number in range(41)]
    report = room.corpus.ingest(versions)
    assert report.counts["failed"] == 0
    (record,) = room.corpus.articles(0, 5)
    article = room.corpus.text_of(record.id)
    assert article is not None
    assert article.text == telling(0)
    assert room.check().problems == []


def test_more_than_one_batch(room: Room) -> None:
    many = documents(60, sentences=110)
    report = room.corpus.ingest(many)
    assert report.passages > BATCH_PASSAGES
    assert room.catalog.passage_count("live") == report.passages == len(list(room.vectors.ids()))
    assert room.check().problems == []


def test_a_batch_is_no_larger_than_it_must_be(room: Room) -> None:
    """Long articles that have all been admitted before the first is embedded."""
    written: list[int] = []

    class Counting(FullDisk):
        def upsert(self, passages: Sequence[tuple[str, Article]], vectors: Vectors) -> None:
            written.append(len(passages))
            super().upsert(passages, vectors)

    many = documents(12, sentences=400)
    with pytest.raises(StorageError):
        Pipeline(room.catalog, FullDisk(room, 0), room.embedder).run(many)  # type: ignore[arg-type]
    assert room.catalog.waiting() == [
        (article_id, len(room.catalog.of_articles([article_id]))) for article_id in room.catalog.pending()
    ]
    Pipeline(room.catalog, Counting(room, 100), room.embedder).run(many)  # type: ignore[arg-type]
    longest = max(len(room.catalog.of_articles([each])) for each in room.catalog.live_articles())
    assert sum(written) == len(room.catalog.live_ids())
    assert max(written) < BATCH_PASSAGES + longest


@pytest.mark.parametrize("writes", [0, 1])
def test_a_disk_that_fills_up_leaves_what_the_next_run_finishes(room: Room, writes: int) -> None:
    many = documents(60, sentences=110)
    pipeline = Pipeline(room.catalog, FullDisk(room, writes), room.embedder)  # type: ignore[arg-type]
    with pytest.raises(StorageError, match="full"):
        pipeline.run(many)
    assert room.catalog.pending()
    problems = [problem.what for problem in room.check().problems]
    assert any("admitted but not yet searchable" in problem for problem in problems)
    room.corpus.ingest(many)
    assert room.catalog.pending() == []
    assert room.corpus.count() == 60
    assert room.check().problems == []


def test_an_interrupted_run_gives_the_same_passages(room: Room, tmp_path_factory: pytest.TempPathFactory) -> None:
    many = documents(20, sentences=40)

    def interrupt() -> None:
        raise KeyboardInterrupt

    room.embedder.before = interrupt
    with pytest.raises(KeyboardInterrupt):
        room.corpus.ingest(many)
    room.embedder.before = lambda: None
    room.corpus.ingest([])
    room.corpus.ingest(many)
    with open_room(tmp_path_factory.mktemp("undisturbed") / "data", WordEmbedder()) as undisturbed:
        undisturbed.corpus.ingest(many)
        assert ids_and_spans(room) == ids_and_spans(undisturbed)


def test_a_source_that_breaks_off_loses_nothing_of_what_it_gave(room: Room) -> None:
    def breaking() -> Iterator[Document]:
        yield from documents(3)
        raise RuntimeError("the source is gone")

    with pytest.raises(RuntimeError, match="the source is gone"):
        room.corpus.ingest(breaking())
    assert_searchable(room, range(3))


def test_a_listener_that_fails_loses_nothing(room: Room) -> None:
    def fail(_: Progress) -> None:
        raise RuntimeError("the terminal is gone")

    with pytest.raises(RuntimeError, match="the terminal is gone"):
        room.corpus.ingest(documents(3), fail)
    room.corpus.ingest(documents(3))
    assert_searchable(room, range(3))


def test_runs_at_the_same_time_take_turns(room: Room) -> None:
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: room.corpus.ingest(documents(10)), range(4)))
    assert sum(report.counts["new"] for report in reports) == 10
    assert sum(report.counts["unchanged"] for report in reports) == 30
    assert room.embedder.encoded == sum(report.passages for report in reports)
    assert_searchable(room, range(10))


def test_searching_goes_on_while_articles_come_in(room: Room) -> None:
    room.corpus.ingest(documents(3))
    found: list[set[str]] = []
    stop = threading.Event()

    def search() -> None:
        while not stop.is_set():
            by_text, by_vector = room.found(telling(1, 1))
            found.append(by_text & by_vector)

    with ThreadPoolExecutor(1) as pool:
        searching = pool.submit(search)
        room.corpus.ingest(documents(30, first=3))
        for record in room.corpus.articles(0, 50):
            if record.title != "Report number 1":
                room.corpus.remove(record.id)
        stop.set()
        searching.result()
    assert found
    assert all(found)
    assert_searchable(room, [1])


def test_vectors_belong_to_their_passages(real_room: Room) -> None:
    real_room.corpus.ingest(documents(6, sentences=20))
    for stored in real_room.corpus.live(real_room.catalog.live_ids()).values():
        wanted = real_room.embedder.encode_query(
            f"{stored.article.title}\n{stored.passage.span.of(stored.article.text)}"
        )
        (best, score), *_ = real_room.vectors.search(np.asarray(wanted), Filters(), 1)
        assert best == stored.passage.id
        assert score > 0.97
