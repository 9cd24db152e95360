from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, Engine, event, make_url, text

from ingest.engines import file_url, server_url
from ingest.errors import FolderBusy, NewerFolder, StorageError
from service.answer import Answer, Citation, Closest, Models, Statement, Timings
from service.errors import QuestionError, UnknownAnswer, UnknownConversation
from service.question import Turn
from service.store import database as database_module
from service.store.database import Store
from service.store.journal import Journal
from service.store.schema import VERSION

MODELS = Models(embedder="minilm@1", reader="reader@1", verifier="rules@1", llm=None, prompts="0f3a")


def answer(
    id: str, conversation_id: str | None = "talks", question: str = "Where is the dam?", **changes: Any
) -> Answer:
    fields: dict[str, Any] = {
        "id": id,
        "question": question,
        "standalone_question": question,
        "status": "abstained",
        "mode": "quoted",
        "text": f"Text of {id}.",
        "confidence": 0.25,
        "conversation_id": conversation_id,
        "models": MODELS,
    }
    return Answer(**(fields | changes))


@contextmanager
def opened_at(url: URL) -> Iterator[Journal]:
    with closing(Store(url)) as store:
        yield Journal(store)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


@pytest.fixture
def journal(store: Store) -> Journal:
    return Journal(store)


def rows_of(store: Store, query: str) -> list[tuple[Any, ...]]:
    with store.reading() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def test_an_answer_comes_back_whole(journal: Journal) -> None:
    written = answer(
        "a1",
        status="answered",
        mode="composed",
        text="The Rogun dam stands on the Vakhsh.",
        statements=(
            Statement(text="The Rogun dam stands on the Vakhsh.", citations=(1,), verdict="quoted", support=1.0),
        ),
        citations=(
            Citation(
                number=1,
                article_id="ff00",
                title="Wasser für Ташкент",
                published=date(2013, 4, 17),
                start=0,
                end=3,
                quote="“R”",
            ),
        ),
        closest=(Closest(article_id="ff01", title="Vakhsh", start=5, end=9, quote="dams"),),
        as_of=date(2013, 4, 17),
        timings_ms=Timings(retrieve=1.5),
    )
    journal.record(written)
    assert journal.conversation("talks") == [written]


def test_answers_are_oldest_first_and_kept_apart_by_conversation(journal: Journal) -> None:
    for id, conversation_id in [("a", "one"), ("b", "two"), ("c", "one"), ("d", None), ("e", "one")]:
        journal.record(answer(id, conversation_id))
    assert [kept.id for kept in journal.conversation("one")] == ["a", "c", "e"]
    assert [kept.id for kept in journal.conversation("two")] == ["b"]


def test_recording_twice_keeps_the_first(journal: Journal, store: Store) -> None:
    journal.record(answer("a", text="first"))
    journal.record(answer("a", text="second"))
    assert [kept.text for kept in journal.conversation("talks")] == ["first"]
    assert rows_of(store, "SELECT count(*) FROM answers") == [(1,)]


def test_an_answer_outside_any_conversation_is_kept(journal: Journal, store: Store) -> None:
    journal.record(answer("a", conversation_id=None))
    assert rows_of(store, "SELECT id, conversation_id, question FROM answers") == [("a", None, "Where is the dam?")]


def test_turns_are_the_last_ones_as_they_stand_alone(journal: Journal) -> None:
    for number in range(8):
        journal.record(answer(f"a{number}", question="And then?", standalone_question=f"What came after {number}?"))
    assert len(journal.turns("talks")) == 6
    assert journal.turns("talks", limit=2) == [
        Turn("What came after 6?", "Text of a6."),
        Turn("What came after 7?", "Text of a7."),
    ]


def test_a_new_conversation_is_known_and_empty(journal: Journal) -> None:
    first, second = journal.new_conversation_id(), journal.new_conversation_id()
    assert first != second
    assert journal.conversation(first) == []
    assert journal.turns(second) == []


def test_times_are_utc(journal: Journal, store: Store) -> None:
    journal.record(answer("a"))
    for (stored,) in rows_of(store, "SELECT asked FROM answers UNION ALL SELECT created FROM conversations"):
        instant = datetime.fromisoformat(stored)
        assert instant.utcoffset() == timedelta(0)
        assert abs(datetime.now(instant.tzinfo) - instant) < timedelta(minutes=5)


@pytest.mark.parametrize("method", ["conversation", "turns"])
def test_an_unknown_conversation_is_a_question_error_with_help(journal: Journal, method: str) -> None:
    with pytest.raises(QuestionError) as caught:
        getattr(journal, method)("no-such-conversation")
    assert "conversation" in caught.value.message
    assert caught.value.help


def test_reopened_it_still_knows_everything(path: Path) -> None:
    with opened_at(file_url(path)) as first:
        first.record(answer("a"))
    with opened_at(file_url(path)) as second:
        second.record(answer("b"))
        assert [kept.id for kept in second.conversation("talks")] == ["a", "b"]
    assert rows(path, "PRAGMA user_version") == [(VERSION,)]
    assert rows(path, "PRAGMA journal_mode") == [("wal",)]


def test_eight_threads_write_and_read_one_conversation(journal: Journal) -> None:
    def work(thread: int) -> int:
        for number in range(20):
            journal.record(answer(f"{thread}-{number}"))
            journal.record(answer(f"shared-{number}"))
        return len(journal.conversation("talks"))

    with ThreadPoolExecutor(8) as threads:
        seen = list(threads.map(work, range(8)))
    kept = [kept.id for kept in journal.conversation("talks")]
    assert len(kept) == len(set(kept)) == 8 * 20 + 20
    assert max(seen) <= len(kept)
    for thread in range(8):
        own = [id for id in kept if id.startswith(f"{thread}-")]
        assert own == [f"{thread}-{number}" for number in range(20)]


def test_eight_journals_open_one_new_file_together(path: Path) -> None:
    def work(number: int) -> None:
        with opened_at(file_url(path)) as own:
            own.record(answer(f"a{number}"))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    with opened_at(file_url(path)) as after:
        assert {kept.id for kept in after.conversation("talks")} == {f"a{number}" for number in range(8)}


def test_a_newer_file_is_refused_and_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = path.read_bytes()
    with pytest.raises(NewerFolder) as caught:
        Store(file_url(path))
    assert str(VERSION + 1) in caught.value.message
    assert "newer" in caught.value.help
    assert rows(path, "SELECT name FROM sqlite_master") == []
    assert len(path.read_bytes()) == len(before)


def test_a_file_that_is_no_database_is_a_storage_error(path: Path) -> None:
    path.write_bytes(b"these are not the pages of a database " * 200)
    with pytest.raises(StorageError) as caught:
        Store(file_url(path))
    assert str(path) in caught.value.message
    assert caught.value.help


def test_damaged_pages_are_a_storage_error(path: Path) -> None:
    with opened_at(file_url(path)) as journal:
        for number in range(60):
            journal.record(answer(f"a{number}", text="long " * 500))
    content = bytearray(path.read_bytes())
    # The first half has the schema, and the file could not even be opened without it.
    half = len(content) // 2
    content[half:] = b"\xa5" * (len(content) - half)
    path.write_bytes(content)
    with opened_at(file_url(path)) as journal, pytest.raises(StorageError):
        journal.conversation("talks")


def test_an_answer_that_cannot_be_read_is_a_storage_error(journal: Journal, store: Store) -> None:
    journal.record(answer("a", question="A private question?"))
    with store.transaction() as connection:
        connection.execute(text("UPDATE answers SET answer = replace(answer, 'abstained', 'unheard of')"))
    with pytest.raises(StorageError) as caught:
        journal.conversation("talks")
    assert "private" not in str(caught.value)


def test_a_missing_folder_is_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught:
        Store(file_url(tmp_path / "absent" / "journal.sqlite"))
    assert "folder" in caught.value.help


def test_a_read_only_file_is_a_storage_error(path: Path) -> None:
    Store(file_url(path)).close()
    with (
        opened_at(make_url(f"sqlite:///file:{path}?mode=ro&uri=true")) as journal,
        pytest.raises(StorageError) as caught,
    ):
        journal.record(answer("a"))
    assert "written" in caught.value.message


def test_a_read_only_place_for_a_new_file_is_a_storage_error(path: Path) -> None:
    path.touch()
    with pytest.raises(StorageError):
        Store(make_url(f"sqlite:///file:{path}?mode=ro&uri=true"))


def test_a_full_disk_is_a_storage_error_and_loses_nothing(path: Path) -> None:
    def bound(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 40")

    event.listen(Engine, "connect", bound)
    try:
        with opened_at(file_url(path)) as journal:
            journal.record(answer("small"))
            with pytest.raises(StorageError) as caught:
                journal.record(answer("large", text="x" * 100_000))
            assert "full" in caught.value.message
            assert [kept.id for kept in journal.conversation("talks")] == ["small"]
    finally:
        event.remove(Engine, "connect", bound)


def test_a_file_held_by_another_process_is_busy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.05)
    with opened_at(file_url(path)) as journal, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(FolderBusy) as caught:
            journal.record(answer("a"))
        assert caught.value.retryable
        other.rollback()
        journal.record(answer("a"))
        assert len(journal.conversation("talks")) == 1


@pytest.mark.parametrize("url", ["mysql://host/journal", "postgresql://host", "no url"])
def test_only_a_postgresql_database_keeps_what_is_shared(url: str) -> None:
    with pytest.raises(StorageError) as caught:
        server_url(url)
    assert "postgresql://" in caught.value.help


def test_questions_never_reach_a_log(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def bound(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 40")

    # Put together here, because a traceback also shows this file's own lines.
    words = "".join(["Confi", "dential? "] * 9000)
    caplog.set_level(logging.INFO)
    event.listen(Engine, "connect", bound)
    try:
        with opened_at(file_url(path)) as journal:
            with pytest.raises(StorageError) as caught:
                journal.record(answer("a", question=words))
            logging.getLogger("door").error("failed", exc_info=caught.value)
    finally:
        event.remove(Engine, "connect", bound)
    assert "failed" in caplog.text
    assert "Confidential" in words
    assert "Confidential" not in caplog.text


def test_conversations_belong_to_their_owner_alone(journal: Journal) -> None:
    journal.record(answer("mine", "one"), "me")
    journal.record(answer("nobodys", "two"))
    assert [kept.id for kept in journal.conversation("one", "me")] == ["mine"]
    for owner in ("you", ""):
        with pytest.raises(UnknownConversation):
            journal.conversation("one", owner)
        with pytest.raises(UnknownConversation):
            journal.turns("one", owner)
        with pytest.raises(UnknownConversation):
            journal.forget("one", owner)
    assert [talk.id for talk in journal.conversations(0, 9, "me")] == ["one"]
    assert [talk.id for talk in journal.conversations(0, 9)] == ["two"]


def test_the_list_begins_with_what_went_on_last(journal: Journal) -> None:
    for id, conversation_id in [("a", "one"), ("b", "two"), ("c", "three"), ("d", "one")]:
        journal.record(answer(id, conversation_id, question=f"Question {id}?"))
    journal.new_conversation_id()
    talks = journal.conversations(0, 9)
    assert [(talk.id, talk.title, talk.answers) for talk in talks] == [
        ("one", "Question a?", 2),
        ("three", "Question c?", 1),
        ("two", "Question b?", 1),
    ]
    assert talks[0].created < talks[0].updated
    assert talks[1:2] == journal.conversations(1, 1)


def test_a_forgotten_conversation_leaves_nothing(journal: Journal, store: Store) -> None:
    journal.record(answer("a", "one", question="Something private?"))
    journal.record(answer("b", "two"))
    journal.rate("a", "wrong", "A private remark.")
    journal.forget("one")
    assert [talk.id for talk in journal.conversations(0, 9)] == ["two"]
    assert rows_of(store, "SELECT id FROM answers") == [("b",)]
    assert rows_of(store, "SELECT * FROM feedback") == []


def test_the_words_of_a_forgotten_conversation_are_not_in_the_file(path: Path) -> None:
    with opened_at(file_url(path)) as journal:
        journal.record(answer("a", "one", question="Something private?"))
        journal.rate("a", "wrong", "A private remark.")
        journal.forget("one")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"private" not in path.read_bytes()


def test_feedback_replaces_what_the_same_one_thought_before(journal: Journal) -> None:
    journal.record(answer("a", "one"), "me")
    journal.record(answer("b", None))
    journal.rate("a", "helpful", None, "me")
    journal.rate("a", "wrong_source", "It is about another dam.", "me")
    journal.rate("b", "missing", None)
    found = [(kept.id, given.verdict, given.comment) for kept, given in journal.feedback()]
    assert found == [("a", "wrong_source", "It is about another dam."), ("b", "missing", None)]


@pytest.mark.parametrize(("id", "owner"), [("a", "you"), ("a", ""), ("nothing", "me")])
def test_feedback_is_for_ones_own_answers(journal: Journal, id: str, owner: str) -> None:
    journal.record(answer("a", "one"), "me")
    with pytest.raises(UnknownAnswer):
        journal.rate(id, "helpful", None, owner)


def test_a_journal_of_the_first_schema_is_brought_up(path: Path) -> None:
    """Written as that version wrote it: its conversations are nobody's, and all of them stay."""
    with closing(sqlite3.connect(path)) as old:
        old.executescript("""
            CREATE TABLE conversations (id VARCHAR NOT NULL PRIMARY KEY, created VARCHAR NOT NULL);
            CREATE TABLE answers (sequence INTEGER NOT NULL PRIMARY KEY, id VARCHAR NOT NULL UNIQUE,
                conversation_id VARCHAR REFERENCES conversations (id), asked VARCHAR NOT NULL,
                question TEXT NOT NULL, answer TEXT NOT NULL);
            CREATE INDEX ix_answers_conversation_id ON answers (conversation_id);
            INSERT INTO conversations VALUES ('talks', '2026-01-01T00:00:00.000000+00:00');
            PRAGMA user_version = 1;
        """)
        written = answer("a")
        row = ("a", "talks", "2026-01-01T00:00:00.000000+00:00", written.question, written.model_dump_json())
        old.execute("INSERT INTO answers (id, conversation_id, asked, question, answer) VALUES (?, ?, ?, ?, ?)", row)
        old.commit()
    with opened_at(file_url(path)) as journal:
        assert journal.conversation("talks") == [written]
        journal.rate("a", "helpful", None)
        journal.forget("talks")
    assert rows(path, "PRAGMA user_version") == [(VERSION,)]


def test_people_who_share_an_answer_have_opinions_of_their_own(journal: Journal) -> None:
    journal.record(answer("a1"), "team")
    journal.rate("a1", "wrong", None, "team", by="ada")
    journal.rate("a1", "helpful", None, "team", by="grace")
    journal.rate("a1", "missing", "the date", "team", by="ada")
    told = [(feedback.verdict, feedback.comment) for _, feedback in journal.feedback()]
    assert sorted(told) == [("helpful", None), ("missing", "the date")]


def test_an_answer_is_found_by_whom_it_was_given_to(journal: Journal) -> None:
    journal.record(answer("a1"), "team")
    assert journal.answer("a1", "team") == answer("a1")
    with pytest.raises(UnknownAnswer):
        journal.answer("a1", "others")


def test_a_withdrawn_answer_is_gone_and_its_conversation_goes_on(journal: Journal, store: Store) -> None:
    for id in ("a1", "a2"):
        journal.record(answer(id, question=f"Where is {id}?"), "team")
    journal.rate("a1", "wrong", "secret", "team")
    journal.withdraw("a1", "others")
    assert len(journal.turns("talks", "team")) == 2
    journal.withdraw("a1", "team")
    assert [turn.question for turn in journal.turns("talks", "team")] == ["Where is a2?"]
    assert list(journal.feedback()) == []
    assert rows_of(store, "select count(*) from feedback") == [(0,)]
