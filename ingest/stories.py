"""Near-duplicates: which articles tell the same story, by MinHash over word shingles.

Broder, "On the resemblance and containment of documents" (1997); banding as in Leskovec, Rajaraman and Ullman,
"Mining of Massive Datasets", chapter 3. The bands live in the catalog, so that no index is rebuilt in memory.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import xxhash
from numpy.typing import NDArray

if TYPE_CHECKING:
    from datasketch import MinHash

PERMUTATIONS = 64
BANDS = 16
SHINGLE_WORDS = 4
SAME_STORY = 0.55
"""Least estimated Jaccard similarity of two tellings of one story."""

Signature = NDArray[np.uint32]
_WORD = re.compile(r"\w+")


def signature(text: str) -> Signature:
    """The MinHash of the text's shingles, `PERMUTATIONS` values; case and punctuation do not count."""
    words = _WORD.findall(text.casefold())
    shingles = {" ".join(words[i : i + SHINGLE_WORDS]) for i in range(max(1, len(words) - SHINGLE_WORDS + 1))}
    minhash = _empty().copy()
    minhash.update_batch([shingle.encode() for shingle in shingles])
    packed: Signature = minhash.hashvalues.astype(np.uint32)
    return packed


@cache
def _empty() -> MinHash:
    """Copied, because drawing the permutations takes longer than hashing an article."""
    from datasketch import MinHash  # brings scipy along, which answering has no use for

    return MinHash(num_perm=PERMUTATIONS, seed=1, hashfunc=xxhash.xxh32_intdigest)


def bands(signature: Signature) -> list[str]:
    """`BANDS` keys; texts as similar as `SAME_STORY` share one with a probability of 0.78, those of 0.8 with 0.9998."""
    rows = signature.reshape(BANDS, -1)
    return [f"{index}:{row.tobytes().hex()}" for index, row in enumerate(rows)]


def similarity(one: Signature, other: Signature) -> float:
    """Estimated Jaccard similarity, in [0, 1]."""
    return float(np.mean(one == other))


def pack(signature: Signature) -> bytes:
    """For the catalog; see `unpack`."""
    return signature.astype("<u4").tobytes()


def unpack(data: bytes) -> Signature:
    """The signature that was packed."""
    return np.frombuffer(data, dtype="<u4")


def nearest(wanted: Signature, candidates: Sequence[tuple[str, bytes]]) -> str | None:
    """The story of the most similar of `candidates` (story, packed signature), or None when none is the same."""
    scored = [(similarity(wanted, unpack(data)), story) for story, data in candidates]
    best = max(scored, default=(0.0, ""))
    return best[1] if best[0] >= SAME_STORY else None
