"""Which cases of a set no part of the product was fitted on. Sets are split by article, never by question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from eval.dataset import Dataset
from eval.errors import CaseError
from ingest.article import digest

SQUAD2 = frozenset({"Computational_complexity_theory", "Harvard_University", "Imperialism", "Yuan_dynasty"})
"""The articles that the reader is tested on, chosen before anything was fitted."""

CALIBRATION = frozenset({"Normans", "Packet_switching"})
"""The articles that the reader's parts are put together and calibrated on; the cross-encoder is trained on the rest."""

HELD_OUT: Mapping[str, Callable[[str], bool]] = {
    "squad2": lambda group: group.replace(" ", "_") in SQUAD2,
    "clapnq": lambda group: clapnq_part(group) == 2,
}
FITTED_ON: Mapping[str, str] = {"wice": "the verifier's coefficients were fitted on all of it"}


def clapnq_part(title: str) -> int:
    """0 for titles that the cross-encoder is trained on, 1 for those the reader is calibrated on, 2 for the half that
    both are tested on."""
    drawn = int(digest(title), 16)
    return 2 if drawn % 2 else drawn // 2 % 2


def held_out(dataset: Dataset) -> Dataset:
    """The cases of a set that nothing was fitted on: all where nothing was. Claims are never split.

    Raises: CaseError when the product was fitted on all of it, or nothing is left.
    """
    if dataset.name in FITTED_ON:
        raise CaseError(f"Nothing of {dataset.name} is held out: {FITTED_ON[dataset.name]}.", "Leave --held-out away.")
    keeps = HELD_OUT.get(dataset.name)
    if keeps is None:
        return dataset
    cases = [case for case in dataset.cases if keeps(case.cluster)]
    if not cases:
        raise CaseError(f"None of these cases of {dataset.name} is held out.", "Leave --held-out away.")
    note = f"{dataset.note} Only the articles that nothing was fitted on.".strip()
    return replace(dataset, cases=cases, note=note)
