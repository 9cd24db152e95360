"""The packaged model that everything trained here starts from."""

from __future__ import annotations

from pathlib import Path

from ingest.embedder import Embedder
from ingest.embedding import load_embedder, locate
from ingest.onnx import read_tokenizer
from ingest.settings import IngestSettings, read_settings
from service.pairing import Pairing

BASE = "all-MiniLM-L6-v2"


def packaged_embedder() -> Embedder:
    """As the product loads it."""
    settings = read_settings(IngestSettings)
    return load_embedder(BASE, settings.cache.expanduser(), variant=settings.embedder_variant)


def packaged_folder() -> str:
    """Where its weights are."""
    return locate(BASE)[0]


def packaged_pairing() -> Pairing:
    """Pairs in its word pieces."""
    return Pairing(read_tokenizer(Path(packaged_folder()) / "tokenizer.json"))
