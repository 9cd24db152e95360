"""SciFact in the layout of BEIR: claims of science, and the abstracts that bear on them.

Wadden and others, "Fact or Fiction: Verifying Scientific Claims" (arXiv 2004.14974), as in BEIR: 5,183 abstracts and
300 claims. Measures retrieval, against figures that many have published.
"""

from __future__ import annotations

from pathlib import Path

from eval.adapters.beir import collection
from eval.dataset import Dataset

_NOTE = (
    "Published nDCG@10 on the 300 claims: BM25 0.679, SPLADE++ 0.704, bge-small 0.713, GritLM-7B reranking 0.793. "
    "The queries are statements, not questions; an abstract that refutes one is relevant too."
)


def read(path: Path) -> Dataset:
    """The set of a folder. Raises: CaseError."""
    return collection("scifact", path, _NOTE)
