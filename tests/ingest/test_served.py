"""The embedder behind an address: the same retrieval, and a clear error for each way a server can fail."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import stamina
from pydantic import SecretStr

from ingest.embedder import Embedder
from ingest.errors import DataFolderError, EmbedderError, SettingsError
from ingest.filters import Filters
from ingest.served import ATTEMPTS, BATCH_TEXTS, ServedEmbedder
from ingest.settings import IngestSettings, read_settings
from ingest.wiring import open_corpus, open_folder
from tests.rooms import Room, WordEmbedder, documents, telling
from tests.serving import EmbeddingsServer, Fault, embeddings_server, listed

KEY = "sk-very-secret-0123456789"
NAME = "all-MiniLM-L6-v2"


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=ATTEMPTS):
        yield


@pytest.fixture
def server() -> Iterator[EmbeddingsServer]:
    """One over a quick embedder of no weights."""
    with embeddings_server(WordEmbedder()) as served:
        yield served


@pytest.fixture
def real_server(embedder: Embedder) -> Iterator[EmbeddingsServer]:
    """One over the packaged embedder."""
    with embeddings_server(embedder) as served:
        yield served


class TestSameness:
    def test_retrieval_is_that_of_the_embedder_in_process(
        self, real_room: Room, real_server: EmbeddingsServer, data: Path
    ) -> None:
        articles = documents(8, sentences=25)
        real_room.corpus.ingest(articles)
        settings = IngestSettings(data=data / "served", embedder=NAME, embedder_url=real_server.url)
        with open_corpus(settings, "a test") as corpus:
            corpus.ingest(articles)
            for seed in range(8):
                question = telling(seed, 1)
                here, there = (
                    each.search_vectors(each.embedder.encode_query(question), Filters(), 20)
                    for each in (real_room.corpus, corpus)
                )
                assert [found for found, _ in there] == [found for found, _ in here]
                assert np.allclose([score for _, score in there], [score for _, score in here], atol=1e-5)
        assert len(real_server.asked) > 8
        assert {body["model"] for body in real_server.asked} == {NAME}

    def test_tokens_are_counted_without_the_server(self, server: EmbeddingsServer, embedder: Embedder) -> None:
        served = ServedEmbedder("m", server.url)
        before = len(server.asked)
        texts = [telling(1), "", "Uzbekistan's antidisestablishmentarianism"]
        assert served.count_tokens(texts) == embedder.count_tokens(texts)
        assert len(server.asked) == before

    def test_check_finds_that_a_server_gives_other_vectors_and_rebuild_mends_it(self, data: Path) -> None:
        with embeddings_server(WordEmbedder(seed=1)) as one, embeddings_server(WordEmbedder(seed=2)) as two:
            was, now = (IngestSettings(data=data, embedder="m", embedder_url=each.url) for each in (one, two))
            with open_corpus(was, "a test") as corpus:
                corpus.ingest(documents(4))
            with open_folder(was, "a test") as folder:
                assert folder.check().problems == []
            with open_folder(now, "a test") as folder:
                assert any("differ from their text" in problem.what for problem in folder.check().problems)
                assert folder.rebuild(lambda _done, _total: None) == 4
                assert folder.check().problems == []

    def test_an_index_of_another_model_is_refused(self, server: EmbeddingsServer, data: Path) -> None:
        with open_corpus(IngestSettings(data=data, embedder="one", embedder_url=server.url), "a test"):
            pass
        other = IngestSettings(data=data, embedder="two", embedder_url=server.url)
        with pytest.raises(DataFolderError, match="two"), open_corpus(other, "a test"):
            pass


class TestAsking:
    def test_batches_keep_their_order_and_tell_their_progress(self, server: EmbeddingsServer) -> None:
        served = ServedEmbedder("m", server.url)
        texts = [telling(seed, 2) for seed in range(3 * BATCH_TEXTS + 5)]
        told: list[int] = []
        vectors = served.encode(texts, told.append)
        assert np.allclose(vectors, server.embedder.encode(texts), atol=1e-6)
        assert told == [BATCH_TEXTS, BATCH_TEXTS, BATCH_TEXTS, 5]
        assert served.encode([]).shape == (0, served.stamp.dimension)

    def test_vectors_are_of_unit_length(self, server: EmbeddingsServer) -> None:
        server.fault = lambda vectors: (200, listed([[5 * each for each in row] for row in vectors]))
        assert np.allclose(np.linalg.norm(ServedEmbedder("m", server.url).encode(["a", "b"]), axis=1), 1)

    def test_a_server_that_takes_less_at_once_is_given_less(self, server: EmbeddingsServer) -> None:
        served = ServedEmbedder("m", server.url)
        texts = [telling(seed, 2) for seed in range(20)]
        server.most = 4
        assert np.allclose(served.encode(texts), server.embedder.encode(texts), atol=1e-6)

    def test_a_text_that_is_too_long_for_the_server_is_cut(self, server: EmbeddingsServer) -> None:
        served = ServedEmbedder("m", server.url)
        long = telling(1, 60)
        server.longest = 2000
        vector = served.encode(["short", long])[1]
        sent = server.asked[-1]["input"][-1]
        assert long.startswith(sent)
        assert np.allclose(vector, server.embedder.encode_query(sent), atol=1e-6)
        server.longest = 3
        with pytest.raises(EmbedderError, match="HTTP 413"):
            served.encode(["short"])

    def test_the_key_is_sent_and_never_told(
        self, server: EmbeddingsServer, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
    ) -> None:
        server.key = KEY
        served = ServedEmbedder("m", server.url, SecretStr(KEY))
        server.key = "another"
        with pytest.raises(EmbedderError, match="HTTP 401") as raised:
            served.encode_query("a")
        told = "".join(traceback.format_exception(raised.value)) + caplog.text + "".join(capfd.readouterr())
        assert KEY not in told
        assert KEY not in repr(IngestSettings(embedder_api_key=SecretStr(KEY)))
        assert "DOSSIER_EMBEDDER_API_KEY" in raised.value.help

    @pytest.mark.parametrize("url", ["localhost:80", "ftp://host/v1", "http://user:secret@host/v1", "http://host/?a"])
    def test_an_address_that_is_none_is_told(self, url: str) -> None:
        with pytest.raises(SettingsError, match="http://host:8080/v1") as raised:
            read_settings(IngestSettings, embedder_url=url)
        assert "secret" not in str(raised.value)


def status(code: int) -> Fault:
    return lambda _: (code, b'{"error": "no"}')


def changed(change: float | None) -> Fault:
    return lambda vectors: (200, listed([[change, *row[1:]] for row in vectors]))


class TestFaults:
    @pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
    def test_what_passes_is_tried_again_and_nothing_is_printed(
        self, server: EmbeddingsServer, code: int, capfd: pytest.CaptureFixture[str]
    ) -> None:
        served = ServedEmbedder("m", server.url)
        server.faults = [status(code)] * (ATTEMPTS - 1)
        assert np.allclose(served.encode_query("a"), server.embedder.encode_query("a"), atol=1e-6)
        server.faults = [status(code)] * ATTEMPTS
        with pytest.raises(EmbedderError, match=f"HTTP {code}") as raised:
            served.encode_query("a")
        assert raised.value.retryable
        assert capfd.readouterr() == ("", "")

    @pytest.mark.parametrize(
        ("fault", "told"),
        [
            (status(404), "HTTP 404"),
            (changed(float("nan")), "not of finite length"),
            (changed(float("inf")), "not of finite length"),
            (changed(None), "not of finite length|no list of vectors"),
            (lambda vectors: (200, listed([[0.0] * len(row) for row in vectors])), "not of finite length"),
            (lambda vectors: (200, listed(vectors[1:])), "1 vectors for 2 texts"),
            (lambda vectors: (200, listed([*vectors, vectors[0]])), "3 vectors for 2 texts"),
            (lambda vectors: (200, listed([row[1:] for row in vectors])), "vectors of 23 numbers, no longer 24"),
            (lambda vectors: (200, listed([vectors[0], vectors[1][1:]])), "no list of vectors"),
            (lambda _: (200, b"<html>"), "no list of vectors"),
            (lambda _: (200, b"\xff\xfe"), "no list of vectors"),
            (lambda _: (200, b"[]"), "no list of vectors"),
            (lambda _: (200, b'{"data": null}'), "no list of vectors"),
            (lambda _: (200, b'{"data": [{"index": "x", "embedding": "y"}, 3]}'), "no list of vectors"),
        ],
    )
    def test_what_is_wrong_is_told_at_once(self, server: EmbeddingsServer, fault: Fault, told: str) -> None:
        served = ServedEmbedder("m", server.url)
        asked = len(server.asked)
        server.fault = fault
        with pytest.raises(EmbedderError, match=told) as raised:
            served.encode(["a", "b"])
        assert len(server.asked) == asked + 1
        assert raised.value.help
        assert not raised.value.retryable

    def test_a_server_that_hangs_is_given_up(self, server: EmbeddingsServer, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("ingest.served.READ_SECONDS", 0.2)
        served = ServedEmbedder("m", server.url)

        def hang(_: object) -> tuple[int, bytes]:
            server.over.wait(20)
            return 200, b""

        server.fault = hang
        with pytest.raises(EmbedderError, match="did not answer in time") as raised:
            served.encode_query("a")
        assert raised.value.retryable

    def test_a_run_goes_on_where_a_server_that_went_away_left_it(self, server: EmbeddingsServer, data: Path) -> None:
        settings = IngestSettings(data=data, embedder="m", embedder_url=server.url)
        with open_corpus(settings, "a test") as corpus:
            server.fault = status(503)
            with pytest.raises(EmbedderError, match="HTTP 503"):
                corpus.ingest(documents(3))
            server.fault = None
            corpus.ingest(documents(3))
            assert corpus.passages() == 3
        with open_folder(settings, "a test") as folder:
            assert folder.check().problems == []

    def test_a_server_that_is_not_there_is_told(self, server: EmbeddingsServer) -> None:
        with embeddings_server(WordEmbedder()) as gone:
            pass
        with pytest.raises(EmbedderError, match="cannot be reached") as raised:
            ServedEmbedder("m", gone.url)
        assert "DOSSIER_EMBEDDER_URL" in raised.value.help
