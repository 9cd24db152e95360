"""Models that work out each text once: the same sentences come back for many questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ingest.embedder import Embedder, Stamp, Vectors
from service.crossencoder import CrossEncoder
from service.pairing import Pair


class RememberingEmbedder:
    """See `Embedder`."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}
        self._queries: dict[str, Vectors] = {}

    @property
    def stamp(self) -> Stamp:
        """See `Embedder`."""
        return self._embedder.stamp

    @property
    def variant(self) -> str:
        """See `Embedder`."""
        return self._embedder.variant

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Embedder`."""
        return self._embedder.count_tokens(texts)

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """See `Embedder`."""
        missing = list(dict.fromkeys(text for text in texts if text not in self._known))
        if missing:
            self._known.update(zip(missing, self._embedder.encode(missing, progress), strict=True))
        return np.stack([self._known[text] for text in texts])

    def encode_query(self, text: str) -> Vectors:
        """See `Embedder`."""
        if text not in self._queries:
            self._queries[text] = self._embedder.encode_query(text)
        return self._queries[text]


class RememberingEncoder:
    """See `CrossEncoder`."""

    def __init__(self, encoder: CrossEncoder) -> None:
        self._encoder = encoder
        self._known: dict[Pair, float] = {}

    @property
    def name(self) -> str:
        """See `CrossEncoder`."""
        return self._encoder.name

    def score(self, pairs: Sequence[Pair]) -> NDArray[np.float64]:
        """See `CrossEncoder`."""
        missing = list(dict.fromkeys(pair for pair in pairs if pair not in self._known))
        if missing:
            self._known.update(zip(missing, map(float, self._encoder.score(missing)), strict=True))
        return np.array([self._known[pair] for pair in pairs])
