"""A language model as the judge of answers and of support. Its grades are shown beside the scores and gate nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from eval.records import Record, StatementRecord
from service.compose import fenced
from service.errors import ModelError
from service.models import LanguageModel
from service.prompting import Prompt, load_prompt

ANSWER_GRADES: Mapping[str, float] = {"full": 1.0, "partly": 0.5, "wrong": 0.0}
SUPPORT_GRADES: Mapping[str, float] = {"yes": 1.0, "partly": 0.5, "no": 0.0}
PROMPTS = "prompts.eval"
LONGEST_REASONS = 1000
EMBEDDED_TOKENS = 200

_SNAPSHOT = re.compile(r"-(?:latest|\d{4}-?\d{2}-?\d{2})$")


@dataclass(frozen=True, slots=True)
class Grade:
    """`value` is in [0, 1], None where it is unscored; `reasons` are the judge's own, or why there is no grade."""

    value: float | None
    grade: str | None
    reasons: str


class Judge:
    """Grades with a language model. Safe to use from several threads. Raises: PromptError when its prompts are gone."""

    def __init__(self, model: LanguageModel) -> None:
        folder = resources.files(PROMPTS)
        self._model = model
        self._answer = load_prompt("judge_answer", folder)
        self._support = load_prompt("judge_support", folder)

    @property
    def name(self) -> str:
        """The model's."""
        return self._model.name

    @property
    def workers(self) -> int:
        """How many grades are worth asking for at once: an embedded model gives one after the other."""
        return 1 if self._model.embedded else 4

    def grade_answer(self, record: Record) -> Grade:
        """How well the answer agrees with what the case expects. Unscored where `why_not` gives a reason."""
        if reason := why_not(record):
            return Grade(None, None, reason)
        return self._grade(
            self._answer,
            ANSWER_GRADES,
            question=fenced(record.standalone_question or record.question),
            references=_fenced((*((record.reference,) if record.reference else ()), *record.answers)),
            gold=_fenced([gold.quote for gold in record.gold]),
            statements=[_marked(statement) for statement in record.statements],
            quotes=_fenced([quote.quote for quote in record.citations]),
        )

    def grade_support(self, statement: str, sentences: Sequence[str], context: str = "") -> Grade:
        """Whether the sentences support the statement; the context supports nothing."""
        return self._grade(
            self._support,
            SUPPORT_GRADES,
            statement=fenced(statement),
            sentences=_fenced(sentences),
            context=fenced(context),
        )

    def _grade(self, prompt: Prompt, offered: Mapping[str, float], **values: object) -> Grade:
        options: dict[str, Any] = {"max_tokens": EMBEDDED_TOKENS} if self._model.embedded else {}
        try:
            reply = self._model.generate(prompt.render(**values), **options)
        except ModelError as error:
            return Grade(None, None, error.message)
        return parse_grade(reply, offered)


def why_not(record: Record) -> str | None:
    """Why an answer has no grade to get, None where it has."""
    if record.kind != "case":
        return "A claim has no answer."
    if record.status != "answered" or not record.statements:
        return "There is no answer to grade."
    if not (record.answers or record.reference or record.gold):
        return "The set does not say what a right answer is."
    return None


def parse_grade(reply: str, offered: Mapping[str, float]) -> Grade:
    """The last grade among those offered that the reply names as a whole word, in whatever case."""
    found = list(_whole(offered).finditer(reply))
    if not found:
        return Grade(None, None, f"The reply names no grade: {_shortened(reply) or '(empty)'}")
    grade = found[-1].group().casefold()
    return Grade(offered[grade], grade, _shortened(_without_verdict(reply, found[-1])))


def same_model(judge: Judge, models: Mapping[str, str]) -> bool:
    """Whether the judge is one of the models that made the answers, by its name.

    The provider before a colon and the date of a snapshot do not make another model.
    """
    return any(_same(judge.name, name) for name in models.values() if name)


def _same(one: str, other: str) -> bool:
    first, second = (_SNAPSHOT.sub("", name.strip().casefold()) for name in (one, other))
    short, long = sorted((first, second), key=len)
    # A colon parts provider from model, but also model from size, as in `llama3:8b`.
    providers = ":" in first and ":" in second
    return (
        first == second
        or long.endswith((f":{short}", f"/{short}"))
        or (providers and first.partition(":")[2] == second.partition(":")[2])
    )


def _whole(offered: Mapping[str, float]) -> re.Pattern[str]:
    """Any of the grades, not inside a longer word ("fully", "no-one"); `_` and `*` around it are emphasis."""
    names = "|".join(map(re.escape, offered))
    return re.compile(rf"(?<![^\W_])(?<![^\W_]-)(?:{names})(?![^\W_])(?!-[^\W_])", re.IGNORECASE)


def _without_verdict(reply: str, grade: re.Match[str]) -> str:
    """The reply without its last line where that says nothing but the grade."""
    begin = reply.rfind("\n", 0, grade.start()) + 1
    beside = reply[begin : grade.start()] + reply[grade.end() :]
    only = re.fullmatch(r"[\W_]*+(?:(?:final|my|the)\s++)?(?:grade|verdict|answer)?[\W_]*+(?:is)?[\W_]*+", beside, re.I)
    return reply[:begin] if only else reply


def _shortened(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST_REASONS else f"{flat[:LONGEST_REASONS]}…"


def _marked(statement: StatementRecord) -> str:
    numbers = ", ".join(map(str, statement.citations))
    return fenced(statement.text) + (f" (quotes {numbers})" if numbers else "")


def _fenced(texts: Sequence[str]) -> list[str]:
    return [fenced(text) for text in texts]
