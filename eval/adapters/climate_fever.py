"""CLIMATE-FEVER: statements about the climate, each with five sentences of Wikipedia.

Diggelmann and others, "CLIMATE-FEVER" (arXiv 2012.00614): JSON Lines of claims; every sentence has a label of its own
(SUPPORTS, REFUTES, NOT_ENOUGH_INFO) and the votes it came from. Measures support: whether the one sentence supports
the statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from eval.adapters.files import Id, Ids, Part, find, records
from eval.adapters.tags import tag
from eval.claims import Claim
from eval.dataset import Dataset

_NOTE = (
    "Each statement is judged by one sentence at a time; refuted and not enough information both count as not "
    "supported, and the tag tells them apart. Most labels rest on two votes."
)
Label = Literal["SUPPORTS", "REFUTES", "NOT_ENOUGH_INFO"]


class _Evidence(Part):
    evidence_id: Id
    evidence_label: Label
    article: str
    evidence: str
    votes: tuple[Label | None, ...] = ()


class _Record(Part):
    claim_id: Id
    claim: str
    evidences: tuple[_Evidence, ...]


def read(path: Path) -> Dataset:
    """The set of a JSON Lines file. Raises: CaseError."""
    claims = list(_claims(find(path, "*.jsonl", "*.json")))
    return Dataset("climate-fever", frozenset({"support"}), claims=claims, note=_NOTE)


def _claims(file: Path) -> Iterator[Claim]:
    ids = Ids()
    for where, record in records(file, _Record):
        for item in record.evidences:
            yield Claim(
                id=ids.new(f"{record.claim_id}/{item.evidence_id}", where),
                statement=record.claim,
                sentences=(item.evidence,),
                supported=item.evidence_label == "SUPPORTS",
                group=record.claim_id,
                context=item.article,
                votes=tuple(vote == "SUPPORTS" for vote in item.votes if vote is not None),
                tags=(tag(item.evidence_label),),
            )
