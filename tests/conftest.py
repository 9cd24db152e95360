"""Fixtures of the corpus room; the embedder is the real one, exported once and loaded once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings
from pydantic import SecretStr

from ingest.corpus import Corpus
from ingest.embedder import Embedder
from ingest.embedding import load_embedder
from ingest.errors import EmbedderError
from ingest.processor import cores
from ingest.settings import IngestSettings
from ingest.wiring import open_corpus
from tests.commands import Command
from tests.rooms import Room, WordEmbedder, open_room
from tests.servers import Chroma, Postgres, running_chroma, running_postgres

settings.register_profile("dossier", deadline=None)  # these machines are noisy, and the first example loads libraries
settings.load_profile("dossier")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """What `-n auto` means: xdist's own count is of the machine, or of half of it where two threads share a core."""
    return cores()


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The packaged embedder, from the user's own cache: its export takes long."""
    return load_embedder("all-MiniLM-L6-v2", IngestSettings().cache)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder that does not exist yet."""
    return tmp_path / "data"


@pytest.fixture
def corpus(data: Path) -> Iterator[Corpus]:
    """An empty corpus, opened as every command opens it."""
    with open_corpus(IngestSettings(data=data), "a test") as opened:
        yield opened


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A PostgreSQL server of these tests."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chroma]:
    """A Chroma server of these tests."""
    with running_chroma(tmp_path_factory.mktemp("chroma")) as server:
        yield server


@pytest.fixture
def shared(data: Path, postgres: Postgres, chroma: Chroma) -> IngestSettings:
    """Settings of an empty corpus that servers keep."""
    return _on_servers(data, postgres, chroma)


def _on_servers(data: Path, postgres: Postgres, chroma: Chroma) -> IngestSettings:
    return IngestSettings(data=data, database_url=SecretStr(postgres.new_corpus()), chroma_url=chroma.url)


@pytest.fixture(params=["folder", "servers"])
def kept(request: pytest.FixtureRequest, data: Path) -> IngestSettings:
    """Settings of an empty corpus, in a folder and on servers in turn."""
    if request.param == "folder":
        return IngestSettings(data=data)
    settings: IngestSettings = request.getfixturevalue("shared")
    return settings


@pytest.fixture(scope="module", params=["folder", "servers"])
def lasting(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> IngestSettings:
    """As `kept`, for all tests of a module."""
    data = tmp_path_factory.mktemp("lasting") / "data"
    if request.param == "folder":
        return IngestSettings(data=data)
    return _on_servers(data, request.getfixturevalue("postgres"), request.getfixturevalue("chroma"))


@pytest.fixture
def room(kept: IngestSettings) -> Iterator[Room]:
    """An empty corpus with its parts laid open, and a quick embedder of no weights that counts; in a folder and on
    servers in turn."""
    with open_room(kept, WordEmbedder()) as opened:
        yield opened


@pytest.fixture
def folder_room(data: Path) -> Iterator[Room]:
    """The same in a folder alone."""
    with open_room(data, WordEmbedder()) as opened:
        yield opened


@pytest.fixture
def real_room(data: Path, embedder: Embedder) -> Iterator[Room]:
    """The same with the real embedder."""
    with open_room(data, embedder) as opened:
        yield opened


@dataclass(frozen=True, slots=True)
class OwnModel:
    """A user's own model of random weights, with a layer that only sentence-transformers can run, and its export.

    `failure` is what came of the export of a folder that holds no model.
    """

    folder: Path
    cache: Path
    announced: Sequence[str]
    failure: EmbedderError


@pytest.fixture(scope="session")
def own_model(tmp_path_factory: pytest.TempPathFactory) -> OwnModel:
    """Made once, and exported the way a user's model is: in a process of its own."""
    from tests.ingest.tiny import make_model

    folder = tmp_path_factory.mktemp("models")
    model, broken = make_model(folder / "own", dense=True), folder / "broken"
    broken.mkdir()
    (broken / "config.json").write_text("{}")
    announced: list[str] = []
    with ThreadPoolExecutor() as pool, _no_hub():
        good, bad = [
            pool.submit(load_embedder, str(path), folder / "cache", announced.append) for path in (model, broken)
        ]
    good.result()
    failure = bad.exception()
    assert isinstance(failure, EmbedderError), failure
    return OwnModel(model, folder / "cache", announced, failure)


@contextmanager
def _no_hub() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        yield


@pytest.fixture
def dossier(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The `dossier` command, in this process."""
    return Command(monkeypatch, capsys)
