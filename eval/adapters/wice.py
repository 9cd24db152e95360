"""WiCE: statements of Wikipedia, each with the web page that it cites, sentence by sentence.

Kamoi and others, "WiCE: Real-World Entailment for Claims in Wikipedia" (arXiv 2303.01432), annotations ODC-BY: JSON
Lines of claims or of sub-claims. Measures support: whether the page supports the whole statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from eval.adapters.files import Id, Ids, Part, find, records
from eval.adapters.tags import tag
from eval.claims import Claim
from eval.dataset import Dataset
from ingest.article import digest

_NOTE = (
    "Partly supported counts as not supported, as in the published binary figures; the tag tells the two apart. "
    "Published balanced accuracies are of the test file; the dev file is where the verifier's coefficients were fitted."
)


class _Meta(Part):
    id: Id | None = None
    claim_title: str = ""


class _Record(Part):
    claim: str
    evidence: tuple[str, ...]
    label: Literal["supported", "partially_supported", "not_supported"]
    meta: _Meta = _Meta()


def read(path: Path) -> Dataset:
    """The set of a JSON Lines file. Raises: CaseError."""
    claims = list(_claims(find(path, "*.jsonl", "*.json")))
    return Dataset("wice", frozenset({"support"}), claims=claims, note=_NOTE)


def _claims(file: Path) -> Iterator[Claim]:
    ids = Ids()
    for number, (where, record) in enumerate(records(file, _Record), start=1):
        page = record.meta.claim_title
        yield Claim(
            id=ids.new(record.meta.id or str(number), where),
            statement=record.claim,
            sentences=tuple(sentence for sentence in record.evidence if sentence.strip()),
            supported=record.label == "supported",
            group=page or digest(*record.evidence)[:16],
            context=". ".join((page, *record.evidence[:1])) if page else "",
            tags=(tag(record.label),),
        )
