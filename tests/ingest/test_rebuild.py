from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from ingest import lexical
from ingest.catalog import Catalog
from ingest.errors import IndexMismatch, StorageError
from ingest.rebuild import open_vectors, rebuild
from tests.rooms import CountingEmbedder, Room, WordEmbedder, document, documents, open_room, telling

OTHER = WordEmbedder(dimension=16, seed=7)


def quiet(done: int, total: int) -> None:
    assert done <= total


def folders(path: Path) -> list[str]:
    return sorted(found.name for found in path.glob("vectors-*"))


@pytest.fixture
def folder(data: Path) -> Path:
    """A closed data folder of three articles, one of them in its second version."""
    with open_room(data, WordEmbedder()) as room:
        room.corpus.ingest([*documents(3), document(telling(9), "/articles/0.txt", title="Report number 0")])
    return data


def test_another_embedder_is_refused_until_the_rebuild(folder: Path) -> None:
    with pytest.raises(IndexMismatch) as caught, open_room(folder, OTHER):
        pass
    assert "dossier rebuild" in caught.value.help
    told: list[tuple[int, int]] = []
    with closing(Catalog(folder)) as catalog:
        count = rebuild(folder, catalog, OTHER, lambda done, total: told.append((done, total)))
    assert told[-1] == (count, count)
    assert folders(folder) == ["vectors-2"]
    with open_room(folder, OTHER) as room:
        assert room.check().problems == []
        assert count == room.catalog.passage_count("live") == len(list(room.vectors.ids()))
        assert all(room.found(telling(9, 1)))
        old = room.corpus.versions(room.catalog.live_articles()[-1])[0]
        assert old.state == "superseded"
        assert room.corpus.text_of(old.id)
    with pytest.raises(IndexMismatch), open_room(folder, WordEmbedder()):
        pass


def test_a_rebuild_that_breaks_off_leaves_the_old_index_in_use(folder: Path) -> None:
    breaking = CountingEmbedder(OTHER)

    def fail() -> None:
        raise StorageError("The disk is full.")

    breaking.before = fail
    with closing(Catalog(folder)) as catalog, pytest.raises(StorageError):
        rebuild(folder, catalog, breaking, quiet)
    with open_room(folder, WordEmbedder()) as opened:
        assert opened.check().problems == []
        assert all(opened.found(telling(9, 1)))
    with closing(Catalog(folder)) as catalog:
        rebuild(folder, catalog, OTHER, quiet)
    assert folders(folder) == ["vectors-2"]
    with open_room(folder, OTHER) as opened:
        assert opened.check().problems == []


def test_what_a_broken_rebuild_left_is_no_burden(folder: Path) -> None:
    shutil.copytree(folder / "vectors-1", folder / "vectors-2")
    (folder / "vectors-7").mkdir()
    with closing(Catalog(folder)) as catalog:
        rebuild(folder, catalog, WordEmbedder(), quiet)
    assert folders(folder) == ["vectors-2"]
    with open_room(folder, WordEmbedder()) as opened:
        assert opened.check().problems == []


def test_a_rebuild_makes_the_full_text_anew(folder: Path) -> None:
    with closing(Catalog(folder)) as catalog:
        with catalog.database.writing() as connection:
            lexical.clear(connection)
        rebuild(folder, catalog, WordEmbedder(), quiet)
        assert catalog.full_text_gaps() == (0, 0, 0)


def test_an_article_still_pending_is_embedded_by_the_next_run(room: Room) -> None:
    def fail() -> None:
        raise StorageError("The disk is full.")

    room.corpus.ingest(documents(2))
    room.embedder.before = fail
    with pytest.raises(StorageError):
        room.corpus.ingest(documents(1, first=5))
    room.vectors.close()
    rebuild(room.path, room.catalog, OTHER, quiet)
    with open_room(room.path, OTHER) as again:
        assert again.corpus.ingest([]).passages == 1
        assert again.corpus.count() == 3
        assert again.check().problems == []


def test_an_empty_folder_can_be_rebuilt(tmp_path: Path) -> None:
    with closing(Catalog(tmp_path)) as catalog:
        assert rebuild(tmp_path, catalog, OTHER, quiet) == 0
        index = open_vectors(tmp_path, catalog, OTHER.stamp)
        assert list(index.ids()) == []
        index.close()
    assert folders(tmp_path) == ["vectors-1"]
