from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest.corpus import Corpus
from ingest.documents import Document, Failure
from ingest.embedding import load_embedder
from ingest.errors import FolderBusy, IndexMismatch, SourceError, StorageError
from ingest.filters import Filters
from ingest.library import Library
from ingest.settings import IngestSettings
from ingest.wiring import open_corpus, open_folder
from tests.conftest import OwnModel
from tests.rooms import document, documents, telling


def test_a_question_is_found_by_words_and_by_meaning(corpus: Corpus) -> None:
    corpus.add(
        [
            document("Troops withdrew from the base in May. " + telling(1), "/1.txt", title="The base"),
            document("Bread became dearer by a fifth. " + telling(2), "/2.txt", title="The price"),
        ]
    )
    by_text = corpus.search_text("Why did the troops withdraw?", Filters(), 5)
    by_meaning = corpus.search_vectors(corpus.embedder.encode_query("soldiers leaving a camp"), Filters(), 5)
    for hits in (by_text, by_meaning):
        stored = corpus.live([passage_id for passage_id, _ in hits])
        assert stored[hits[0][0]].article.title == "The base"
        assert [score for _, score in hits] == sorted((score for _, score in hits), reverse=True)


def test_the_corpus_is_a_library(corpus: Corpus) -> None:
    library: Library = corpus
    given: list[Document | Failure] = [
        *documents(2),
        Failure("/lost.txt", SourceError("/lost.txt does not exist.")),
        documents(1)[0],
    ]
    outcomes = library.add(given)
    assert [outcome.origin for outcome in outcomes] == [each.origin for each in given]
    assert [outcome.status for outcome in outcomes] == ["new", "new", "failed", "unchanged"]
    assert library.count() == 2
    assert [record.title for record in library.articles(0, 10, "number 1")] == ["Report number 1"]
    kept = outcomes[0].article_id
    assert kept is not None
    record = library.article(kept)
    assert record is not None
    assert record.text == telling(0)
    assert [version.id for version in library.versions(kept)] == [kept]
    assert library.remove(kept)
    assert library.article(kept) is None
    assert library.versions(kept) == []
    assert not library.remove("nonsense")


def test_limits_are_kept(corpus: Corpus) -> None:
    corpus.add(documents(8))
    assert len(corpus.search_text("The minister near the river after days", Filters(), 3)) == 3
    vector = corpus.embedder.encode_query("minister")
    assert len(corpus.search_vectors(vector, Filters(), 3)) == 3
    assert len(corpus.search_vectors(vector, Filters(), 1000)) == len(corpus.search_vectors(vector, Filters(), 100))


def test_one_process_at_a_time(corpus: Corpus, data: Path) -> None:
    assert corpus.count() == 0
    with (
        pytest.raises(FolderBusy, match=rf"a test \(process {os.getpid()}\)"),
        open_corpus(IngestSettings(data=data), "another", wait=0),
    ):
        pass


def test_a_folder_is_free_after_an_error(data: Path, tmp_path: Path) -> None:
    settings = IngestSettings(data=data)
    with pytest.raises(ZeroDivisionError), open_corpus(settings, "a test"):
        raise ZeroDivisionError
    with open_corpus(settings, "a test", wait=0) as corpus:
        assert corpus.count() == 0
    wrong = IngestSettings(data=data, cache=tmp_path / "file")
    (tmp_path / "file").touch()
    with pytest.raises(Exception, match="cannot be written"), open_corpus(wrong, "a test"):
        pass
    with open_corpus(settings, "a test", wait=0) as corpus:
        assert corpus.count() == 0


def test_another_embedder_needs_a_rebuild_and_gets_it(data: Path, own_model: OwnModel) -> None:
    usual = IngestSettings(data=data)
    own = IngestSettings(data=data, embedder=str(own_model.folder), cache=own_model.cache)
    with open_corpus(usual, "a test") as corpus:
        corpus.add(documents(2))
    with pytest.raises(IndexMismatch, match="all-MiniLM-L6-v2") as caught, open_corpus(own, "a test"):
        pass
    assert "dossier rebuild" in caught.value.help
    with open_folder(own, "a test") as folder:
        assert folder.rebuild(lambda done, total: None) == 2
        assert folder.check().problems == []
        with folder.corpus() as corpus:
            vector = corpus.embedder.encode_query(telling(1))
            assert vector.shape == (16,)
            assert len(corpus.search_vectors(vector, Filters(), 5)) == 2
    with pytest.raises(IndexMismatch), open_corpus(usual, "a test"):
        pass
    assert load_embedder(str(own_model.folder), own_model.cache).stamp.dimension == 16


def test_a_damaged_catalog_is_told(data: Path) -> None:
    settings = IngestSettings(data=data)
    with open_corpus(settings, "a test") as corpus:
        corpus.add(documents(4))
    (data / "catalog.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(StorageError, match="damaged") as caught, open_folder(settings, "a test"):
        pass
    assert "backup" in caught.value.help
