"""HaluEval, questions and answers: a text, a question, the right answer and a wrong one that a model was told to write.

Li and others, "HaluEval" (arXiv 2305.11747), MIT: `qa_data.json`, JSON Lines; records with one answer and a yes or no
for hallucination are read too. A smoke test of support and no more: the wrong answer is the longer one in 97 % of the
pairs and the right one stands in the text word for word in 96 %, so that either rule alone scores nearly full marks.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from eval.adapters.files import Part, find, records
from eval.adapters.texts import sentences_of
from eval.claims import Claim
from eval.dataset import Dataset
from eval.errors import CaseError

_NOTE = (
    "A smoke test only: the wrong answer is the longer one in 97 % of pairs and the right one a part of the text in "
    "96 %, so a rule on length or copying scores nearly full marks. Answers are judged as they are, often a bare name."
)


class _Record(Part):
    knowledge: str
    question: str
    right_answer: str | None = None
    hallucinated_answer: str | None = None
    answer: str | None = None
    hallucination: Literal["yes", "no"] | None = None


def read(path: Path) -> Dataset:
    """The set of a JSON Lines file. Raises: CaseError."""
    claims = list(_claims(find(path, "*.jsonl", "*.json")))
    return Dataset("halueval", frozenset({"support"}), claims=claims, note=_NOTE)


def _claims(file: Path) -> Iterator[Claim]:
    for number, (where, record) in enumerate(records(file, _Record)):
        source = tuple(sentences_of(record.knowledge))
        for kind, statement in _answers(record, where):
            yield Claim(
                id=f"{number}/{kind}",
                statement=statement,
                sentences=source,
                supported=kind == "right",
                group=str(number),
                context=record.question,
            )


def _answers(record: _Record, where: str) -> list[tuple[str, str]]:
    if record.right_answer is not None and record.hallucinated_answer is not None:
        return [("right", record.right_answer), ("wrong", record.hallucinated_answer)]
    if record.answer is not None and record.hallucination is not None:
        return [("wrong" if record.hallucination == "yes" else "right", record.answer)]
    raise CaseError(
        f"{where}: there is neither right_answer with hallucinated_answer nor answer with hallucination.",
        "Give the set's file as it was published.",
    )
