"""The real models, asked once: what they say of a text or a pair depends on it alone (`tests/ingest/test_embedding.py`
and `tests/service/test_crossencoder.py` see to that), so that a test that reads the same again need not wait again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pytest
from numpy.typing import NDArray

from ingest.embedder import Embedder, Stamp, Vectors
from service.crossencoder import CrossEncoder, OnnxCrossEncoder
from service.pairing import Pair


class RememberingEmbedder:
    """An embedder that encodes no text twice."""

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self._texts: dict[str, Vectors] = {}
        self._queries: dict[str, Vectors] = {}

    @property
    def stamp(self) -> Stamp:
        return self._inner.stamp

    @property
    def variant(self) -> str:
        return self._inner.variant

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._inner.count_tokens(texts)

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self._texts]
        self._texts.update(zip(new, self._inner.encode(new), strict=True))
        if progress:
            progress(len(texts))
        return np.stack([self._texts[text] for text in texts]) if texts else self._inner.encode([])

    def encode_query(self, text: str) -> Vectors:
        if text not in self._queries:
            self._queries[text] = self._inner.encode_query(text)
        return self._queries[text]


class RememberingEncoder:
    """A cross-encoder that scores no pair twice."""

    def __init__(self, inner: CrossEncoder) -> None:
        self._inner = inner
        self._scores: dict[Pair, float] = {}

    @property
    def name(self) -> str:
        return self._inner.name

    def score(self, pairs: Sequence[Pair]) -> NDArray[np.float64]:
        new = [pair for pair in dict.fromkeys(pairs) if pair not in self._scores]
        self._scores.update(zip(new, self._inner.score(new).tolist(), strict=True))
        return np.array([self._scores[pair] for pair in pairs], dtype=np.float64)


@contextmanager
def remembered(embedder: Embedder) -> Iterator[RememberingEncoder]:
    """Houses that are opened within have models that remember; gives their cross-encoder."""
    remembering, encoder = RememberingEmbedder(embedder), RememberingEncoder(OnnxCrossEncoder())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ingest.embedders.load_embedder", lambda *_: remembering)
        patch.setattr("service.crossencoder.OnnxCrossEncoder", lambda: encoder)
        yield encoder
