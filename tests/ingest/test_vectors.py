from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from ingest.article import Article
from ingest.embedder import Embedder, Stamp, Vectors
from ingest.errors import FilterError, IndexMismatch, VectorsDamaged
from ingest.filters import Filters
from ingest.settings import IngestSettings
from ingest.vectors import VectorIndex
from ingest.vectors.folders import FolderIndex, Folders
from ingest.vectors.indexes import Indexes
from ingest.vectors.server import ChromaServer, Server
from tests.rooms import Room, document, open_room, telling
from tests.servers import Chroma

TENANT, DATABASE = "default_tenant", "default_database"
STAMP = Stamp("tiny", "1", 4, "f" * 64)
ARTICLE = Article("Text.", origin="/a.txt")


@pytest.fixture(params=["folder", "server"])
def indexes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Indexes]:
    """Where indexes are kept: in folders and on a server in turn."""
    if request.param == "folder":
        yield Folders(tmp_path)
        return
    chroma: Chroma = request.getfixturevalue("chroma")
    with closing(ChromaServer(Server(chroma.url, TENANT, DATABASE), lambda: None)) as server:
        yield server


class Opening:
    """Opens one and the same index again and again."""

    def __init__(self, indexes: Indexes) -> None:
        self._indexes = indexes
        self._name = indexes.first()

    @contextmanager
    def __call__(self, stamp: Stamp = STAMP) -> Iterator[VectorIndex]:
        with closing(self._indexes.open(self._name, stamp)) as index:
            yield index


@pytest.fixture
def opened(indexes: Indexes) -> Opening:
    return Opening(indexes)


def rows(*values: tuple[float, ...]) -> Vectors:
    made = np.asarray(values, dtype=np.float32)
    unit: Vectors = made / np.linalg.norm(made, axis=1, keepdims=True)
    return unit


def test_the_score_is_the_cosine(opened: Opening) -> None:
    vectors = rows((1, 0, 0, 0), (1, 1, 0, 0), (-1, 0, 0, 0))
    with opened() as index:
        index.upsert([(name, ARTICLE) for name in "abc"], vectors)
        hits = index.search(vectors[0], Filters(), 10)
    assert [passage_id for passage_id, _ in hits] == ["a", "b", "c"]
    assert [score for _, score in hits] == pytest.approx([1.0, 2**-0.5, -1.0], abs=1e-5)


def test_an_empty_index_finds_nothing(opened: Opening) -> None:
    with opened() as index:
        assert index.search(rows((1, 0, 0, 0))[0], Filters(), 10) == []
        assert list(index.ids()) == []
        assert index.get(["a"]) == {}
        index.delete(["a"])
        index.delete([])


def test_vectors_are_replaced_deleted_and_kept(opened: Opening) -> None:
    old, new = rows((1, 0, 0, 0), (0, 1, 0, 0)), rows((0, 0, 1, 0))
    with opened() as index:
        index.upsert([("a", ARTICLE), ("b", ARTICLE)], old)
        index.upsert([("a", ARTICLE)], new)
        assert np.allclose(index.get(["a"])["a"], new[0])
        index.delete(["b", "never there"])
    with opened() as index:
        assert list(index.ids()) == ["a"]
        assert np.allclose(index.get(["a", "b"])["a"], new[0])


def test_ids_come_in_pages(opened: Opening) -> None:
    with opened() as index:
        count = index.page + 10
        vectors = np.tile(rows((1, 2, 3, 4)), (count, 1))
        for start in range(0, count, 1000):
            names = [str(number) for number in range(start, min(start + 1000, count))]
            index.upsert([(name, ARTICLE) for name in names], vectors[: len(names)])
        found = list(index.ids())
        assert sorted(found, key=int) == [str(number) for number in range(count)]
        index.delete(found[:-1])
        assert list(index.ids()) == found[-1:]


@pytest.mark.parametrize("other", [replace(STAMP, fingerprint="e" * 64, name="other"), Stamp("wide", "1", 8, "d" * 64)])
def test_another_embedder_is_refused_with_the_command_that_mends_it(opened: Opening, other: Stamp) -> None:
    with opened() as index:
        index.upsert([("a", ARTICLE)], rows((1, 0, 0, 0)))
    with pytest.raises(IndexMismatch, match=f"tiny 1 .*not by {other.name}") as caught, opened(other):
        pass
    assert "dossier rebuild" in caught.value.help
    with opened() as index:
        assert list(index.ids()) == ["a"]


def test_another_version_of_the_same_weights_is_no_other_embedder(opened: Opening) -> None:
    with opened() as index:
        index.upsert([("a", ARTICLE)], rows((1, 0, 0, 0)))
    with opened(replace(STAMP, name="renamed", version="2")) as index:
        assert list(index.ids()) == ["a"]


def test_a_damaged_file_is_explained(tmp_path: Path) -> None:
    folder = tmp_path / "a full disk of vectors"
    with closing(FolderIndex(folder, STAMP)) as index:
        index.upsert([("a", ARTICLE)], rows((1, 0, 0, 0)))
    (folder / "chroma.sqlite3").write_bytes(b"not a database at all" * 1000)
    with pytest.raises(VectorsDamaged) as caught:
        FolderIndex(folder, STAMP)
    assert "dossier rebuild" in caught.value.help


DATED = {
    "first": (date(2013, 4, 17), "The Morning Post", "Jane Doe"),
    "second": (date(2013, 4, 18), "Evening POST", "Jane Roe"),
    "third": (date(2013, 4, 19), "Straße Zeitung", None),
    "undated": (None, "The Morning Post", "JANE DOE"),
    "bare": (None, None, None),
}


@pytest.fixture(scope="module")
def dated(lasting: IngestSettings, embedder: Embedder) -> Iterator[tuple[Room, dict[str, str]]]:
    """Articles that all answer to one question, by name."""
    with open_room(lasting, embedder) as room:
        ids = {
            name: room.add(
                document(
                    f"Water rose in the harbour. {telling(seed)}",
                    f"/{name}.txt",
                    title=name,
                    published=published,
                    source=source,
                    author=author,
                )
            )
            for seed, (name, (published, source, author)) in enumerate(DATED.items())
        }
        yield room, ids


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), set(DATED)),
        (Filters(since=date(2013, 4, 18)), {"second", "third"}),
        (Filters(until=date(2013, 4, 18)), {"first", "second"}),
        (Filters(since=date(2013, 4, 18), until=date(2013, 4, 18)), {"second"}),
        (Filters(since=date(2013, 4, 20)), set()),
        (Filters(since=date.min, until=date.max), {"first", "second", "third"}),
        (Filters(sources=("POST",)), {"first", "second", "undated"}),
        (Filters(sources=("morning post",)), {"first", "undated"}),
        (Filters(sources=("STRASSE",)), {"third"}),
        (Filters(sources=("evening", "zeitung")), {"second", "third"}),
        (Filters(sources=("nowhere",)), set()),
        (Filters(sources=("po%", "p_st", "' OR 1=1 --")), set()),
        (Filters(authors=("jane",)), {"first", "second", "undated"}),
        (Filters(authors=("jane doe",)), {"first", "undated"}),
        (Filters(sources=("post",), authors=("doe",), since=date(2013, 1, 1)), {"first"}),
    ],
)
def test_filters_mean_the_same_in_both_searches(
    dated: tuple[Room, dict[str, str]], filters: Filters, expected: set[str]
) -> None:
    room, ids = dated
    wanted = {ids[name] for name in expected}
    assert room.found("Why did the water rise in the harbour?", filters) == (wanted, wanted)


def test_dates_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(FilterError, match="2013-04-18"):
        Filters(since=date(2013, 4, 18), until=date(2013, 4, 17))
