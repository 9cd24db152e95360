"""An Answerer as a LangChain Runnable."""

from __future__ import annotations

from langchain_core.runnables import Runnable, RunnableLambda

from service.answer import Answer
from service.answerer import Answerer
from service.question import Question


def as_runnable(answerer: Answerer) -> Runnable[str | Question, Answer]:
    """Takes a question, as text or as a Question, and gives its Answer; raises what the answerer raises."""

    def answer(question: str | Question) -> Answer:
        return answerer.answer(Question(question) if isinstance(question, str) else question)

    return RunnableLambda(answer, name="dossier")
