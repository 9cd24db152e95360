"""Fixtures of the corpus room; the embedder is the real one, exported once and loaded once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.corpus import Corpus
from ingest.embedder import Embedder
from ingest.embedding import load_embedder
from ingest.settings import IngestSettings
from ingest.wiring import open_corpus
from tests.rooms import Room, open_room


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


@pytest.fixture
def room(data: Path, embedder: Embedder) -> Iterator[Room]:
    """An empty corpus with its parts laid open, and an embedder that counts."""
    with open_room(data, embedder) as opened:
        yield opened
