"""The data folder, parted by article: what trains the cross-encoder, what calibrates the reader, what tests both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.errors import CaseError
from eval.splits import CALIBRATION, SQUAD2
from eval.training.examples import Shelf, read_clapnq, read_squad

SQUAD, CLAPNQ = Path("squad2", "squad2.json"), Path("clapnq")


@dataclass(frozen=True, slots=True)
class Material:
    """Shelves of questions; no article is in two parts."""

    training: Sequence[Shelf]
    calibration: Sequence[Shelf]
    test: Sequence[Shelf]


def read_material(data: Path) -> Material:
    """The sets of a folder that may be trained on. Raises: CaseError when one is missing."""
    missing = [str(data / part) for part in (SQUAD, CLAPNQ) if not (data / part).exists()]
    if missing:
        raise CaseError(f"There is no {' and no '.join(missing)}.", "Give the folder that holds squad2/ and clapnq/.")
    articles = read_squad(data / SQUAD)
    training, calibration, test = read_clapnq(data / CLAPNQ)
    return Material(
        training=[*(shelf for title, shelf in articles.items() if title not in SQUAD2 | CALIBRATION), training],
        calibration=[*(shelf for title, shelf in articles.items() if title in CALIBRATION), calibration],
        test=[*(shelf for title, shelf in articles.items() if title in SQUAD2), test],
    )
