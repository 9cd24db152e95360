"""MTRAG-UN: conversations whose last turn the passages may answer, answer in part, not answer, or leave open.

IBM Research, github.com/IBM/mt-rag-benchmark, Apache-2.0: JSON Lines of tasks, each a conversation with its reference
passages from one of four collections and a reply. Measures follow-up questions, long answers, abstention, and whether
what is not specified is asked back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field

from eval.adapters.articles import Articles
from eval.adapters.files import Id, Ids, Part, find, records
from eval.adapters.tags import tag
from eval.cases import Case, Exchange
from eval.dataset import Dataset, Measure
from eval.errors import CaseError
from service.answer import Status

_MEASURES: frozenset[Measure] = frozenset({"long", "abstention", "asking back"})
_NOTE = (
    "Each turn is asked over its reference passages; one without any (every unanswerable one) over all passages of its "
    "collection that the set holds. To ask back, which underspecified turns want, counts as to abstain; partly "
    "answerable turns may go either way. References are the set's replies, most of them written by a model."
)
Answerability = Literal["ANSWERABLE", "UNANSWERABLE", "UNDERSPECIFIED", "PARTIAL"]
_EXPECTED: Mapping[Answerability, Status | None] = {
    "ANSWERABLE": "answered",
    "UNANSWERABLE": "abstained",
    "UNDERSPECIFIED": "abstained",
    "PARTIAL": None,
}


class _Context(Part):
    document_id: Id
    text: str
    title: str | None = None


class _Turn(Part):
    speaker: str
    text: str


class _Task(Part):
    task_id: Id
    conversation_id: Id
    collection: str = Field("", validation_alias=AliasChoices("Collection", "collection"))
    answerability: tuple[Answerability, ...] = Field(
        min_length=1, max_length=1, validation_alias=AliasChoices("answerability", "Answerability")
    )
    question_types: tuple[str, ...] = Field((), validation_alias="Question Type")
    follow_up: tuple[str, ...] = Field((), validation_alias="Multi-Turn")
    contexts: tuple[_Context, ...] = ()
    input: tuple[_Turn, ...]
    targets: tuple[_Turn, ...] = ()


def read(path: Path) -> Dataset:
    """The set of a JSON Lines file. Raises: CaseError."""
    file = find(path, "tasks.jsonl", "*.jsonl")
    articles, ids = Articles(), Ids()
    collections: dict[str, list[str]] = defaultdict(list)
    asked: list[tuple[_Task, str, Sequence[str]]] = []
    for where, task in records(file, _Task):
        ids.new(task.task_id, where)
        names = [name for context in task.contexts if (name := _add(context, articles))]
        collections[task.collection].extend(names)
        asked.append((task, where, names))
    cases = [_case(task, where, names or collections[task.collection]) for task, where, names in asked]
    return Dataset("mtrag-un", _MEASURES, articles.shelf(), cases, note=_NOTE + articles.remark())


def _add(context: _Context, articles: Articles) -> str | None:
    return articles.add(f"mtrag-un/{context.document_id}", context.text, title=context.title or "")


def _case(task: _Task, where: str, over: Sequence[str]) -> Case:
    question, conversation = _conversation(task.input, where)
    answerability = task.answerability[0]
    expected = _EXPECTED[answerability]
    reference = task.targets[0].text.strip() if task.targets and expected != "abstained" else None
    labels = (answerability, task.collection, *task.question_types, *task.follow_up)
    return Case(
        id=task.task_id,
        question=question,
        conversation=conversation,
        over=tuple(dict.fromkeys(over)),
        expected=expected,
        reference=reference or None,
        asks_back=answerability == "UNDERSPECIFIED",
        tags=tuple(dict.fromkeys(tag(label) for label in labels if label and label != "N/A")),
        group=task.conversation_id,
    )


def _conversation(turns: Sequence[_Turn], where: str) -> tuple[str, tuple[Exchange, ...]]:
    """The user's last turn and the exchanges before it. What is said before the user's first turn is passed over."""
    asked = [place for place, turn in enumerate(turns) if turn.speaker == "user" and turn.text.strip()]
    if not asked:
        raise CaseError(f"{where}: input: no turn is the user's.", "Give the set's file as it was published.")
    bounds = pairwise(asked)
    exchanges = tuple(
        Exchange(question=turns[start].text, answer=_said(turns[start + 1 : end])) for start, end in bounds
    )
    return turns[asked[-1]].text.strip(), exchanges


def _said(turns: Sequence[_Turn]) -> str:
    return "\n".join(turn.text for turn in turns if turn.text.strip())
