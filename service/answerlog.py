"""One line of log an answer."""

from __future__ import annotations

from typing import Any

import structlog

from service.answer import Answer
from service.question import Question

log = structlog.get_logger(__name__)


class AnswerLog:
    """Logs what became of each question (see `service.observing.Observer`): its text only where `questions` says so."""

    def __init__(self, questions: bool = False) -> None:
        self._questions = questions

    def answered(self, question: Question, answer: Answer) -> None:
        """Figures of the answer, none of its words."""
        told: dict[str, Any] = {
            "answer_id": answer.id,
            "status": answer.status,
            "mode": answer.mode,
            "confidence": answer.confidence,
            "statements": len(answer.statements),
            "refused": answer.refused,
            "degraded": answer.degraded,
            "ms": answer.timings_ms.model_dump(),
            "llm": answer.models.llm,
            "tokens": answer.tokens and answer.tokens.model_dump(),
        }
        log.info("answer", **told, **self._words(question))

    def unanswered(self, question: Question, why: str) -> None:
        """Why there is no answer."""
        log.info("no answer", why=why, **self._words(question))

    def _words(self, question: Question) -> dict[str, str]:
        return {"question": question.text} if self._questions else {}
