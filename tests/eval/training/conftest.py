"""A folder of sets in small, in the layout of the real ones."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from eval.splits import CALIBRATION, SQUAD2

PORTS = ("Marwa", "Lindo", "Torgard", "Belmont", "Kastar", "Osh")
TITLES = [*sorted(CALIBRATION), *sorted(SQUAD2), "Ports", "Storms"]


@pytest.fixture(scope="session")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """squad2, clapnq and wice."""
    folder = tmp_path_factory.mktemp("sets")
    for name in ("squad2", "clapnq", "wice"):
        (folder / name).mkdir()
    entries = [_entry(title, place) for place, title in enumerate(TITLES)]
    (folder / "squad2" / "squad2.json").write_text(json.dumps({"data": entries}), encoding="utf-8")
    for name, answered in (("answerable", True), ("unanswerable", False)):
        lines = [json.dumps(_clapnq(place, answered)) for place in range(24)]
        (folder / "clapnq" / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with gzip.open(folder / "wice" / "claim_dev.jsonl.gz", "wt", encoding="utf-8") as claims:
        claims.writelines(json.dumps(_claim(number)) + "\n" for number in range(30))
    return folder


def _entry(title: str, place: int) -> dict[str, object]:
    paragraphs = []
    for number, port in enumerate(PORTS):
        year = 1900 + 10 * place + number
        context = (
            f"The harbour of {port} was closed in {year} by the council. Ships of {title} waited for a week. "
            f"The mayor of {port} sold {number + 3} ferries. The storm of that winter broke its northern wall."
        )
        answer = [{"answer_start": context.index(str(year))}]
        asked = [
            {"question": f"When was the harbour of {port} closed?", "is_impossible": False, "answers": answer},
            {"question": f"Who designed the harbour of {port}?", "is_impossible": True, "answers": []},
        ]
        paragraphs.append({"context": context, "qas": asked})
    return {"title": title, "paragraphs": paragraphs}


def _clapnq(place: int, answered: bool) -> dict[str, object]:
    title = f"Lighthouse {place}"
    told = [f"{title} stands on a cliff.", f"It was lit in {1850 + place} by a keeper."]
    passage = {"title": title, "sentences": told}
    question = f"when was lighthouse {place} lit" if answered else f"who painted lighthouse {place}"
    output = [{"selected_sentences": told[1:] if answered else []}]
    return {"id": f"{place}/{answered}", "input": question, "passages": [passage], "output": output}


def _claim(number: int) -> dict[str, object]:
    right = number % 2 == 0
    page = ["Harbour notes", "The ferry sailed to Osh.", "Bakers sold bread in Baku.", "Rain fell all day."]
    claim = "The ferry sailed to Osh." if right else f"The harbour of Riga burned {number + 7} times."
    label = "supported" if right else "not_supported"
    return {
        "claim": claim,
        "label": label,
        "evidence": page,
        "supporting_sentences": [],
        "meta": {"id": f"claim{number}", "claim_title": f"Page {number}", "claim_section": "", "claim_context": ""},
    }
