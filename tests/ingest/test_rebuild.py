from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from ingest.catalog import Catalog
from ingest.embedder import Embedder
from ingest.errors import IndexMismatch, StorageError
from ingest.filters import Filters
from ingest.rebuild import name_in_use, open_vectors, rebuild
from ingest.settings import IngestSettings
from ingest.vectors import Indexes
from ingest.wiring import catalog_of, indexes_of
from tests.rooms import CountingEmbedder, WordEmbedder, document, documents, open_room, telling

OTHER = WordEmbedder(dimension=16, seed=7)


def quiet(done: int, total: int) -> None:
    assert done <= total


@pytest.fixture
def filled(kept: IngestSettings) -> IngestSettings:
    """A corpus that nobody has open, of three articles, one of them in its second version."""
    with open_room(kept, WordEmbedder()) as room:
        room.corpus.ingest([*documents(3), document(telling(9), "/articles/0.txt", title="Report number 0")])
    return kept


@contextmanager
def opened(settings: IngestSettings) -> Iterator[tuple[Catalog, Indexes]]:
    with closing(catalog_of(settings)) as catalog, closing(indexes_of(settings, catalog)) as indexes:
        yield catalog, indexes


def rebuilt(settings: IngestSettings, embedder: Embedder, progress: Callable[[int, int], None] = quiet) -> int:
    with opened(settings) as (catalog, indexes):
        return rebuild(indexes, catalog, embedder, progress)


def numbers(settings: IngestSettings) -> list[str]:
    """The indexes of this corpus that there are, by the last part of their names."""
    with opened(settings) as (catalog, indexes):
        kind = name_in_use(indexes, catalog).rpartition("-")[0]
        return sorted(name.rpartition("-")[2] for name in indexes.names() if name.startswith(kind))


def test_another_embedder_is_refused_until_the_rebuild(filled: IngestSettings) -> None:
    with pytest.raises(IndexMismatch) as caught, open_room(filled, OTHER):
        pass
    assert "dossier rebuild" in caught.value.help
    told: list[tuple[int, int]] = []
    count = rebuilt(filled, OTHER, lambda done, total: told.append((done, total)))
    assert told[-1] == (count, count)
    assert numbers(filled) == ["2"]
    with open_room(filled, OTHER) as room:
        assert room.check().problems == []
        assert count == room.catalog.passage_count("live") == len(list(room.vectors.ids()))
        assert all(room.found(telling(9, 1)))
        old = room.corpus.versions(room.catalog.live_articles()[-1])[0]
        assert old.state == "superseded"
        assert room.corpus.text_of(old.id)
    with pytest.raises(IndexMismatch), open_room(filled, WordEmbedder()):
        pass


def test_a_rebuild_that_breaks_off_leaves_the_old_index_in_use(filled: IngestSettings) -> None:
    breaking = CountingEmbedder(OTHER)

    def fail() -> None:
        raise StorageError("The disk is full.")

    breaking.before = fail
    with pytest.raises(StorageError):
        rebuilt(filled, breaking)
    with open_room(filled, WordEmbedder()) as room:
        assert room.check().problems == []
        assert all(room.found(telling(9, 1)))
    rebuilt(filled, OTHER)
    assert numbers(filled) == ["2"]
    with open_room(filled, OTHER) as room:
        assert room.check().problems == []


def test_what_a_broken_rebuild_left_is_no_burden(data: Path) -> None:
    settings = IngestSettings(data=data)
    with open_room(data, WordEmbedder()) as room:
        room.corpus.ingest(documents(3))
    shutil.copytree(data / "vectors-1", data / "vectors-2")
    (data / "vectors-7").mkdir()
    rebuilt(settings, WordEmbedder())
    assert numbers(settings) == ["2"]
    with open_room(data, WordEmbedder()) as room:
        assert room.check().problems == []


def test_a_rebuild_makes_the_full_text_anew(filled: IngestSettings) -> None:
    with opened(filled) as (catalog, indexes):
        with catalog.database.writing() as connection:
            catalog.full_text.clear(connection)
        rebuild(indexes, catalog, WordEmbedder(), quiet)
        assert catalog.full_text_gaps() == (0, 0, 0)


def test_an_article_still_pending_is_embedded_by_the_next_run(kept: IngestSettings) -> None:
    def fail() -> None:
        raise StorageError("The disk is full.")

    with open_room(kept, WordEmbedder()) as room:
        room.corpus.ingest(documents(2))
        room.embedder.before = fail
        with pytest.raises(StorageError):
            room.corpus.ingest(documents(1, first=5))
    rebuilt(kept, OTHER)
    with open_room(kept, OTHER) as again:
        assert again.corpus.ingest([]).passages == 1
        assert again.corpus.count() == 3
        assert again.check().problems == []


def test_an_empty_corpus_can_be_rebuilt(kept: IngestSettings) -> None:
    kept.data.mkdir(exist_ok=True)
    with opened(kept) as (catalog, indexes):
        assert rebuild(indexes, catalog, OTHER, quiet) == 0
        index = open_vectors(indexes, catalog, OTHER.stamp)
        assert list(index.ids()) == []
        index.close()
    assert numbers(kept) == ["2"]


def test_who_has_an_index_open_on_a_server_goes_on_with_its_successor(shared: IngestSettings) -> None:
    with open_room(shared, WordEmbedder()) as room:
        room.corpus.ingest(documents(3))
        rebuilt(shared, WordEmbedder())
        assert all(room.found(telling(1, 1)))
        room.corpus.ingest(documents(2, first=3))
        with open_room(shared, WordEmbedder()) as other:
            assert all(other.found(telling(4, 1)))
        assert room.check().problems == []
        rebuilt(shared, OTHER)
        with pytest.raises(IndexMismatch, match="were made by the embedder words-7"):
            room.corpus.search_vectors(room.embedder.encode_query("treaty"), Filters(), 5)
