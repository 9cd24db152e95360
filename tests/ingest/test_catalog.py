from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from ingest.documents import Document
from ingest.errors import NewerFolder, StorageError
from ingest.filters import Filters
from ingest.records import Outline
from ingest.settings import IngestSettings
from ingest.wiring import catalog_of
from tests.rooms import Room, document, documents, open_room, telling

URL = "https://news.example/story"


def text_of(room: Room, article_id: str) -> str:
    article = room.corpus.text_of(article_id)
    assert article is not None
    return article.text


def rewrite(seed: int, origin: str = "/articles/a.txt", url: str | None = None) -> Document:
    return document(telling(seed), origin, url=url)


def test_a_second_look_finds_the_article_unchanged_and_embeds_nothing(room: Room) -> None:
    assert room.statuses(*documents(3)) == ["new"] * 3
    encoded = room.embedder.encoded
    assert encoded >= 3
    assert room.statuses(*documents(3)) == ["unchanged"] * 3
    assert room.embedder.encoded == encoded
    assert room.corpus.count() == 3


def test_the_same_content_from_other_bytes_is_unchanged(room: Room) -> None:
    assert room.statuses(document(telling(1))) == ["new"]
    encoded = room.embedder.encoded
    assert room.statuses(document(telling(1) + "\r\n\r\n")) == ["unchanged"]
    assert room.embedder.encoded == encoded


def test_a_changed_article_gets_a_second_version(room: Room) -> None:
    first = room.add(rewrite(1, url=URL))
    second = room.add(rewrite(2, url=URL))
    versions = room.corpus.versions(second)
    assert [(record.id, record.version, record.state) for record in versions] == [
        (first, 1, "superseded"),
        (second, 2, "live"),
    ]
    assert room.corpus.versions(first) == versions
    assert text_of(room, first) == telling(1)
    assert room.corpus.count() == 1
    assert [record.id for record in room.corpus.articles(0, 10)] == [second]


def test_no_search_finds_the_old_passages(room: Room) -> None:
    first = room.add(rewrite(1))
    second = room.add(rewrite(2))
    for found in room.found(telling(1)):
        assert first not in found
        assert second in found
    assert {passage_id.partition(":")[0] for passage_id in room.vectors.ids()} == {second}


def test_an_article_that_returns_to_its_first_text_is_revived(room: Room) -> None:
    first = room.add(rewrite(1))
    room.add(rewrite(2))
    (outcome,) = room.corpus.add([rewrite(1)])
    assert (outcome.status, outcome.article_id) == ("changed", first)
    assert [(record.id == first, record.version) for record in room.corpus.versions(first)] == [(False, 2), (True, 3)]
    assert all(first in found for found in room.found(telling(1)))
    assert room.check().problems == []


def test_the_last_of_two_versions_in_one_run_is_the_live_one(room: Room) -> None:
    assert room.statuses(rewrite(1, "/a.txt", URL), rewrite(2, "/b.txt", URL)) == ["new", "changed"]
    (record,) = room.corpus.articles(0, 10)
    assert text_of(room, record.id) == telling(2)
    assert record.state == "live"
    assert room.check().problems == []


def test_a_text_taken_back_before_it_was_searchable_never_becomes_live(room: Room) -> None:
    """A live, B admitted but the run killed, A again: A stays."""
    first = room.add(rewrite(1))
    with pytest.raises(StorageError):
        interrupted(room, rewrite(2))
    assert len(room.catalog.pending()) == 1
    assert room.statuses(rewrite(1)) == ["unchanged"]
    assert room.catalog.live_articles() == [first]
    assert room.catalog.pending() == []
    assert room.check().problems == []


def interrupted(room: Room, given: Document) -> None:
    """Ingests with a disk that fills up when the first batch is embedded."""

    def fail() -> None:
        raise StorageError("The disk is full.")

    room.embedder.before = fail
    try:
        room.corpus.add([given])
    finally:
        room.embedder.before = lambda: None


def test_an_article_changed_into_a_copy_of_another_loses_its_old_text(room: Room) -> None:
    first = room.add(rewrite(1, "/a.txt"))
    other = room.add(rewrite(2, "/b.txt"))
    (outcome,) = room.corpus.add([rewrite(2, "/a.txt")])
    assert (outcome.status, outcome.article_id) == ("duplicate", other)
    assert room.found(telling(1)) == ({other}, {other})
    assert text_of(room, first) == telling(1)
    assert room.corpus.count() == 1
    assert room.check().problems == []


def test_a_copy_comes_back_after_its_twin_has_changed(room: Room) -> None:
    room.statuses(rewrite(1, "/a.txt"), rewrite(1, "/b.txt"))
    assert room.statuses(rewrite(2, "/a.txt")) == ["changed"]
    assert room.statuses(rewrite(1, "/b.txt")) == ["new"]
    texts = {text_of(room, record.id) for record in room.corpus.articles(0, 10)}
    assert texts == {telling(1), telling(2)}
    assert room.statuses(rewrite(2, "/a.txt"), rewrite(1, "/b.txt")) == ["unchanged", "unchanged"]


def test_the_same_content_twice_is_stored_once(room: Room) -> None:
    assert room.statuses(rewrite(1, "/a.txt"), rewrite(1, "/b.txt")) == ["new", "duplicate"]
    assert room.corpus.count() == 1
    with room.catalog.database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM articles")).scalar() == 1
    assert room.statuses(rewrite(1, "/b.txt")) == ["unchanged"]


def test_a_story_told_by_two_outlets_is_grouped(room: Room) -> None:
    body = telling(1, sentences=20)
    one, other = room.corpus.add(
        [
            document(body, "/a.txt", url="https://one.example/a", source="One"),
            document(body + " It was first reported by One.", "/b.txt", url="https://two.example/b", source="Two"),
        ]
    )
    assert (one.status, other.status) == ("new", "duplicate")
    assert one.article_id != other.article_id
    stories = {record.story for record in room.corpus.articles(0, 10)}
    assert stories == {one.article_id}
    assert room.found(telling(1)) == ({one.article_id, other.article_id}, {one.article_id, other.article_id})


def test_a_new_version_stays_in_its_story(room: Room) -> None:
    body = telling(1, sentences=20)
    one = room.add(document(body, "/a.txt", url="https://one.example/a"))
    other = room.add(document(body + " More soon.", "/b.txt", url="https://two.example/b"))
    changed = room.add(document(telling(9), "/b.txt", url="https://two.example/b"))
    assert [record.story for record in room.corpus.versions(changed)] == [one, one]
    assert other != changed


def test_removal_takes_every_version_out_of_every_table(room: Room) -> None:
    first = room.add(rewrite(1, url=URL))
    second = room.add(rewrite(2, url=URL))
    kept = room.add(rewrite(3, "/kept.txt"))
    assert room.corpus.remove(first) is True
    assert room.corpus.remove(first) is False
    assert room.corpus.article(first) is None
    assert room.corpus.article(second) is None
    assert room.corpus.versions(second) == []
    assert room.corpus.count() == 1
    for found in (*room.found(telling(1)), *room.found(telling(2))):
        assert found <= {kept}
    assert {passage_id.partition(":")[0] for passage_id in room.vectors.ids()} == {kept}
    assert rows(room) == {"articles": 1, "origins": 1, "bands": 16, "stale_vectors": 0}
    assert room.check().problems == []


def rows(room: Room) -> dict[str, int]:
    with room.catalog.database.reading() as connection:
        return {
            table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in ("articles", "origins", "bands", "stale_vectors")
        }


def test_what_was_removed_comes_back_as_new(room: Room) -> None:
    first = room.add(rewrite(1))
    room.corpus.remove(first)
    assert room.statuses(rewrite(1)) == ["new"]
    assert all(first in found for found in room.found(telling(1)))


def test_removal_while_the_article_is_being_embedded_leaves_no_vector(room: Room) -> None:
    kept = room.add(rewrite(3, "/kept.txt"))

    def remove() -> None:
        for article_id in room.catalog.pending():
            room.corpus.remove(article_id)

    room.embedder.before = remove
    room.corpus.add([rewrite(1)])
    assert {passage_id.partition(":")[0] for passage_id in room.vectors.ids()} == {kept}
    assert room.check().problems == []


def test_the_text_of_a_removed_article_is_on_the_disk_no_more(folder_room: Room) -> None:
    room = folder_room
    secret = "Zanzibarquux"
    body = f"The {secret} affair stayed hidden. {telling(1, 60)} Nobody named the {secret} affair."
    removed = room.add(document(body, "/secret.txt", title=f"The {secret} affair"))
    room.corpus.add(documents(5, first=10))
    assert holding(room, secret)
    room.corpus.remove(removed)
    assert holding(room, secret) == []


def holding(room: Room, word: str) -> list[str]:
    """The files of the data folder with the word in them, in any case."""
    wanted = word.lower().encode()
    return [
        str(path.relative_to(room.path))
        for path in sorted(room.path.rglob("*"))
        if path.is_file() and wanted in path.read_bytes().lower()
    ]


def test_articles_are_listed_newest_first_and_the_undated_last(room: Room) -> None:
    room.corpus.add(
        [
            document(telling(1), "/1.txt", title="Old", published=date(2012, 1, 1)),
            document(telling(2), "/2.txt", title="Undated"),
            document(telling(3), "/3.txt", title="New", published=date(2014, 1, 1), source="100% News_Wire"),
        ]
    )
    assert [record.title for record in room.corpus.articles(0, 10)] == ["New", "Old", "Undated"]
    assert [record.title for record in room.corpus.articles(1, 1)] == ["Old"]
    assert [record.title for record in room.corpus.articles(0, 10, "oLD")] == ["Old"]
    assert [record.title for record in room.corpus.articles(0, 10, "0% news_w")] == ["New"]
    assert room.corpus.articles(0, 10, "0%_News") == []
    assert room.corpus.articles(0, 10, "!") == []


def test_a_list_is_narrowed_whatever_the_case_of_any_script(room: Room) -> None:
    room.corpus.add([document(telling(1), "/1.txt", title="Ташкент вышел из ОДКБ")])
    assert len(room.corpus.articles(0, 10, "ташкент")) == 1


def test_a_record_says_how_long_its_text_is(room: Room) -> None:
    article_id = room.add(document("Ökonomen 😀 rechnen. " + telling(1)))
    (listed,) = room.corpus.articles(0, 10)
    shown = room.corpus.article(article_id)
    assert shown is not None
    assert shown.text == text_of(room, article_id)
    assert listed.text is None
    assert listed.characters == shown.characters == len(shown.text)


def test_passages_come_back_as_they_were_stored(room: Room) -> None:
    article_id = room.add(document(telling(1, 40)))
    stored = room.catalog.of_articles([article_id])
    assert len(stored) > 1
    assert [found.passage.ordinal for found in stored] == list(range(len(stored)))
    spans = [sentence for found in stored for sentence in found.passage.sentences]
    assert " ".join(span.of(stored[0].article.text) for span in spans) == telling(1, 40)
    assert room.corpus.live([found.passage.id for found in stored]) == {found.passage.id: found for found in stored}
    assert room.corpus.live([f"{article_id}:999", "nonsense"]) == {}


def test_a_pending_article_is_not_shown(room: Room) -> None:
    with pytest.raises(StorageError):
        interrupted(room, rewrite(1))
    (pending,) = room.catalog.pending()
    assert room.corpus.live([f"{pending}:0"]) == {}
    assert room.found(telling(1)) == (set(), set())
    assert [record.state for record in room.corpus.articles(0, 10)] == ["pending"]


def test_facts_are_kept(room: Room) -> None:
    assert room.catalog.fact("colour") is None
    room.catalog.set_fact("colour", "red")
    room.catalog.set_fact("colour", "blue")
    assert room.catalog.fact("colour") == "blue"


def test_a_catalog_of_a_newer_version_is_refused(room: Room, kept: IngestSettings) -> None:
    with room.catalog.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerFolder, match="9999") as caught:
        catalog_of(kept)
    assert "Upgrade" in caught.value.help


def test_a_corpus_is_opened_again_with_all_it_held(room: Room, kept: IngestSettings) -> None:
    article_id = room.add(rewrite(1))
    room.vectors.close()
    room.catalog.close()
    with open_room(kept, room.embedder) as again:
        assert text_of(again, article_id) == telling(1)
        assert again.found(telling(1)) == ({article_id}, {article_id})
        assert again.check().problems == []


def test_a_writer_that_fails_changes_nothing(room: Room) -> None:
    def write() -> None:
        with room.catalog.database.writing() as connection:
            connection.execute(text("INSERT INTO facts VALUES ('half', 'done')"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    assert room.catalog.fact("half") is None


def test_filters_become_the_spellings_that_are_stored(room: Room) -> None:
    room.corpus.add(
        [
            document(telling(1), "/1.txt", source="Straße Zeitung"),
            document(telling(2), "/2.txt", source="The Morning Post"),
            document(telling(3), "/3.txt", source="Evening POST"),
        ]
    )
    resolved = room.catalog.resolve(Filters(sources=("post", "STRASSE", "nowhere", "post")))
    assert resolved.sources == ("evening post", "the morning post", "strasse zeitung", "nowhere")


def test_a_generation_lasts_until_what_may_answer_changes(room: Room) -> None:
    generations = [room.corpus.generation()]

    def changed() -> bool:
        generations.append(room.corpus.generation())
        return generations[-1] not in generations[:-1]

    article_id = room.add(document(telling(1)))
    assert changed()
    room.add(document(telling(1)))
    room.found("minister")
    assert not changed()
    room.add(document(telling(2)))
    assert changed()
    room.add(document(telling(2), "/articles/copy.txt"))
    assert not changed()
    room.corpus.remove("nothing")
    assert not changed()
    room.corpus.remove(article_id)
    assert changed()


def test_the_outline_is_of_what_may_answer(room: Room) -> None:
    assert room.corpus.outline() == Outline()
    for seed, (source, day) in enumerate((("Wire", 3), ("Wire", 1), ("Post", 2))):
        given = document(telling(seed), f"/{seed}.txt", source=source, published=date(2024, 5, day))
        room.add(given)
    room.add(document(telling(9), "/0.txt", source="Post", published=date(2024, 6, 9)))
    assert room.corpus.outline() == Outline((("Post", 2), ("Wire", 1)), date(2024, 5, 1), date(2024, 6, 9))


def test_several_are_published_at_once_and_what_does_not_wait_is_left_alone(room: Room) -> None:
    replaced = room.add(rewrite(1, "/a.txt"))
    live = room.add(rewrite(2, "/b.txt"))
    with pytest.raises(StorageError):
        interrupted(room, rewrite(3, "/a.txt"))
    with pytest.raises(StorageError):
        interrupted(room, rewrite(4, "/c.txt"))
    waiting = room.catalog.pending()
    assert len(waiting) == 2
    generation = room.catalog.generation()
    room.catalog.publish("unknown", live, replaced)
    assert (room.catalog.pending(), room.catalog.generation()) == (waiting, generation)
    room.catalog.publish(*waiting, "unknown", live, replaced)
    assert room.catalog.live_articles() == [live, *waiting]
    assert room.catalog.full_text_gaps() == (0, 0, 0)
    (old,) = [record for record in room.corpus.versions(waiting[0]) if record.id == replaced]
    assert old.state == "superseded"


def test_the_dates_are_those_of_passages_that_may_be_shown(room: Room) -> None:
    dated = room.add(document(telling(1), "/a.txt", published=date(2012, 6, 28)))
    undated = room.add(rewrite(2, "/b.txt"))
    before = [stored.passage.id for stored in room.catalog.of_articles([undated])]
    room.add(rewrite(3, "/b.txt"))
    with pytest.raises(StorageError):
        interrupted(room, rewrite(4, "/c.txt"))
    found = room.catalog.published([*room.catalog.live_ids(), *before, "unknown:0"])
    assert set(found) == set(room.catalog.live_ids())
    shown = {passage_id.partition(":")[0]: when for passage_id, when in found.items()}
    assert shown.pop(dated) == date(2012, 6, 28)
    assert set(shown.values()) == {None}
