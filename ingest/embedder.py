"""What the rest of the project needs of an embedding model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which model made the vectors. `fingerprint` covers weights, tokenizer and pooling, not the numeric variant."""

    name: str
    version: str
    dimension: int
    fingerprint: str

    def __str__(self) -> str:
        return f"{self.name} {self.version} ({self.fingerprint[:12]})"


class Embedder(Protocol):
    """Texts to unit vectors."""

    @property
    def stamp(self) -> Stamp:
        """Identity of the model."""

    @property
    def variant(self) -> str:
        """Its numeric variant, such as fp32: the vectors of two variants of one model differ a little."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each text, without the special tokens, never truncated."""

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """One unit row a text, shape (len(texts), dimension). `progress` is told how many texts each batch held."""

    def encode_query(self, text: str) -> Vectors:
        """The unit vector of a question, shape (dimension,); some models read questions with a prompt of their own."""
