"""Vectors that cost nothing, to fill a large corpus with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zlib import crc32

import numpy as np

from ingest.embedder import Embedder, Stamp, Vectors

NOISE = 0.6
"""Length of what is added to a mixture of two real vectors of length 1: cosines between texts stay as they are found
between passages of news, and no two vectors are alike."""


class Synthesised:
    """The embedder of which it bears the stamp, but for the vectors of passages: each is near some of the real ones
    given, by the text alone, so that a million of them do not take a day.

    `bases` are unit rows.
    """

    def __init__(self, real: Embedder, bases: Vectors) -> None:
        self._real = real
        self._bases = bases

    @property
    def stamp(self) -> Stamp:
        """See `Embedder`."""
        return self._real.stamp

    @property
    def variant(self) -> str:
        """See `Embedder`."""
        return self._real.variant

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Embedder`."""
        return self._real.count_tokens(texts)

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """See `Embedder`."""
        vectors = np.empty((len(texts), self.stamp.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._vector(text)
        if progress:
            progress(len(texts))
        return vectors

    def encode_query(self, text: str) -> Vectors:
        """See `Embedder`."""
        return self._real.encode_query(text)

    def _vector(self, text: str) -> Vectors:
        chance = np.random.default_rng(crc32(text.encode()))
        one, other = chance.integers(len(self._bases), size=2)
        share = chance.random()
        noise = chance.standard_normal(self.stamp.dimension) * (NOISE / np.sqrt(self.stamp.dimension))
        vector = share * self._bases[one] + (1 - share) * self._bases[other] + noise
        unit: Vectors = (vector / np.linalg.norm(vector)).astype(np.float32)
        return unit
