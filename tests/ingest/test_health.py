from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from sqlalchemy import text

from ingest.errors import StorageError
from ingest.fulltext import Row
from ingest.health import repair
from tests.rooms import Room, WordEmbedder, document, documents, open_room, telling


@pytest.fixture
def filled(room: Room) -> Room:
    room.corpus.ingest(documents(12, sentences=60))
    return room


def problems(room: Room) -> list[str]:
    return [problem.what for problem in room.check().problems]


def mend(room: Room) -> list[str]:
    repair(room.catalog, room.vectors, room.embedder)
    return problems(room)


def execute(room: Room, statement: str) -> None:
    with room.catalog.database.writing() as connection:
        connection.execute(text(statement))


def test_a_sound_folder_has_no_problem(filled: Room) -> None:
    health = filled.check()
    assert health.problems == []
    assert health.articles == 12
    assert health.passages == filled.catalog.passage_count("live") > 60


def test_an_empty_folder_has_none_either(room: Room) -> None:
    health = room.check()
    assert (health.articles, health.passages, health.problems) == (0, 0, [])
    assert mend(room) == []


def test_a_check_changes_nothing(filled: Room) -> None:
    filled.vectors.delete(filled.catalog.live_ids()[:2])
    assert problems(filled) == problems(filled) == ["vectors: 2 passages missing"]


def test_lost_full_text_is_seen_and_mended(filled: Room) -> None:
    with filled.catalog.database.writing() as connection:
        filled.catalog.full_text.remove(connection, [1, 2, 3])
        filled.catalog.full_text.add(connection, [Row(99999, "too", None, "much")])
    assert problems(filled) == ["full text: 3 passages missing", "full text: 1 passage too many"]
    assert mend(filled) == []


def test_full_text_that_says_something_else_is_seen_and_mended(filled: Room) -> None:
    with filled.catalog.database.writing() as connection:
        filled.catalog.full_text.add(connection, [Row(2, "Report number 0", None, "quagga"), Row(3, "", None, "gnu")])
    assert problems(filled) == ["full text: 2 passages not as in the article"]
    assert mend(filled) == []
    assert filled.found("quagga")[0] == set()


def test_lost_vectors_are_seen_and_mended(filled: Room) -> None:
    lost = filled.catalog.live_ids()[3:5]
    filled.vectors.delete(lost)
    assert problems(filled) == ["vectors: 2 passages missing"]
    encoded = filled.embedder.encoded
    assert mend(filled) == []
    assert set(filled.vectors.get(lost)) == set(lost)
    assert filled.embedder.encoded < encoded + 2 + 3 * 64


def test_vectors_of_nothing_are_seen_and_mended(filled: Room) -> None:
    stranger = documents(1)[0]
    article = next(iter(filled.corpus.live(filled.catalog.live_ids()[:1]).values())).article
    filled.vectors.upsert([("stranger:0", article)], filled.embedder.encode([stranger.data.decode()]))
    assert problems(filled) == ["vectors: 1 passage too many"]
    assert mend(filled) == []
    assert "stranger:0" not in set(filled.vectors.ids())


def test_wrong_vectors_are_all_mended_not_only_those_of_the_sample(filled: Room) -> None:
    live = filled.catalog.live_ids()
    assert len(live) > 64
    stored = filled.corpus.live(live)
    right = filled.vectors.get(live)
    noise = np.random.default_rng(1).standard_normal((len(live), 24)).astype(np.float32)
    filled.vectors.upsert([(passage_id, stored[passage_id].article) for passage_id in live], noise)
    assert "of a sample differ from their text" in problems(filled)[0]
    assert mend(filled) == []
    mended = filled.vectors.get(live)
    assert all(np.allclose(mended[passage_id], right[passage_id], atol=1e-5) for passage_id in live)


def test_a_lost_vector_folder_is_made_anew(folder_room: Room) -> None:
    filled = folder_room
    filled.corpus.ingest(documents(12, sentences=60))
    filled.vectors.close()
    shutil.rmtree(filled.path / "vectors-1")
    with open_room(filled.path, WordEmbedder()) as again:
        assert problems(again) == [f"vectors: {again.catalog.passage_count('live')} passages missing"]
        assert mend(again) == []
        assert all(again.found(telling(1, 1)))


def test_what_was_admitted_only_is_seen_and_finished(filled: Room) -> None:
    def fail() -> None:
        raise StorageError("The disk is full.")

    filled.embedder.before = fail
    with pytest.raises(StorageError):
        filled.corpus.ingest(documents(2, first=50))
    filled.embedder.before = lambda: None
    assert problems(filled) == ["catalog: 2 articles admitted but not yet searchable"]
    assert mend(filled) == []
    assert filled.corpus.count() == 14


def test_vectors_still_to_be_deleted_are_seen_and_mended(filled: Room) -> None:
    article_id = filled.catalog.live_articles()[0]
    passages = len(filled.catalog.of_articles([article_id]))
    filled.catalog.remove(article_id)
    assert problems(filled) == [f"vectors: {passages} vectors of removed or replaced passages still to delete"]
    assert mend(filled) == []
    assert len(list(filled.vectors.ids())) == filled.catalog.passage_count("live")


def test_an_altered_text_is_seen_and_cannot_be_mended(filled: Room) -> None:
    article_id = filled.catalog.live_articles()[0]
    execute(filled, f"UPDATE articles SET text = replace(text, 'The', 'A') WHERE id = '{article_id}'")
    (problem, *_) = filled.check().problems
    assert article_id in problem.what
    assert "altered" in problem.what
    assert not problem.repairable
    assert any("altered" in what for what in mend(filled))


def test_an_article_without_passages_is_seen(filled: Room) -> None:
    article_id = filled.catalog.live_articles()[0]
    execute(filled, f"DELETE FROM passages WHERE article_id = '{article_id}'")
    assert any(article_id in what and "no passage" in what for what in problems(filled))


@pytest.mark.parametrize("edges", [[0, 5, 3, 9], [-4, 2], [0, 10**6], [2, 9], [5, 5]])
def test_a_misplaced_sentence_is_seen(filled: Room, edges: list[int]) -> None:
    execute(filled, f"UPDATE passages SET sentences = '{json.dumps(edges)}' WHERE ordinal = 0 AND number < 2")
    assert any("does not fit its article" in what for what in problems(filled))


def test_a_passage_beyond_its_article_is_seen(filled: Room) -> None:
    execute(filled, 'UPDATE passages SET start = start + 1000000, "end" = "end" + 1000000 WHERE number = 1')
    assert any("does not fit its article" in what for what in problems(filled))


def test_another_process_s_numeric_variant_is_no_problem(real_room: Room) -> None:
    real_room.corpus.add([document(telling(1, 30))])
    live = real_room.catalog.live_ids()
    stored = real_room.corpus.live(live)
    kept = real_room.vectors.get(live)
    shaken = np.stack([kept[passage_id] for passage_id in live])
    shaken += np.random.default_rng(1).standard_normal(shaken.shape).astype(np.float32) * 0.005
    real_room.vectors.upsert([(passage_id, stored[passage_id].article) for passage_id in live], shaken)
    assert problems(real_room) == []


def test_the_index_of_words_is_compared_with_what_it_stores(filled: Room) -> None:
    with filled.catalog.database.writing() as connection:
        filled.catalog.full_text.clear(connection)
    assert problems(filled) == [f"full text: {filled.catalog.passage_count('live')} passages missing"]
