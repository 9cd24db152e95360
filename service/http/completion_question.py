"""The question that a chat asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from service.http.completion_schemas import MODELS, CompletionIn, MessageIn
from service.http.completion_text import text_of
from service.http.handlers import ProblemError
from service.http.problems import MODEL_NOT_FOUND, REQUEST_INVALID, UNSUPPORTED_PARAMETER, FieldProblem, Kind
from service.http.schemas import MAX_TURNS
from service.question import Question, Turn

UNSUPPORTED: Mapping[str, tuple[Callable[[Any], object], str]] = {
    "n": (lambda n: n != 1, "There is one reply to a question."),
    "tools": (bool, "Dossier calls no tools."),
    "functions": (bool, "Dossier calls no functions."),
    "modalities": (lambda kinds: set(kinds) - {"text"}, "Dossier replies in text only."),
    "audio": (lambda _: True, "Dossier replies in text only."),
    "response_format": (lambda wanted: wanted.get("type") != "text", "Dossier replies in plain text only."),
    "logprobs": (bool, "Dossier has no probabilities of tokens."),
}
"""Fields that ask for another kind of reply: when they do, and why that cannot be."""


def question_of(chat: CompletionIn) -> Question:
    """The last user message, with what was said before it.

    Raises: ProblemError for what Dossier cannot do, an unknown model and a chat without a user's message; QuestionError
    and FilterError as `AskIn.to_question`.
    """
    _refuse_unsupported(chat)
    mode = mode_of(chat.model)
    asked = max((index for index, message in enumerate(chat.messages) if message.role == "user"), default=None)
    if asked is None:
        raise _problem(REQUEST_INVALID, "messages", "There is no message of a user to answer.")
    return Question(
        text=_question(chat.messages[asked]),
        filters=chat.dossier.to_filters(),
        conversation=turns_of(chat.messages[:asked]),
        conversation_id=chat.dossier.conversation_id,
        asked_on=chat.dossier.asked_on,
        mode="quoted" if "quoted" in (mode, chat.dossier.mode) else "auto",
    )


def mode_of(model: str) -> str:
    """The mode that a model answers in. Raises: ProblemError when there is no such model."""
    if model not in MODELS:
        raise _problem(MODEL_NOT_FOUND, "model", "There is no model of that name.", MODEL_NOT_FOUND.help)
    return MODELS[model]


def turns_of(messages: Sequence[MessageIn]) -> tuple[Turn, ...]:
    """Each user's message with what the assistant said to it, our own footnotes left out; the last `MAX_TURNS`."""
    exchanges: list[tuple[str, list[str]]] = []
    for message in messages:
        text = _text(message)
        if message.role == "user" and text.strip():
            exchanges.append((text, []))
        elif message.role == "assistant" and exchanges:
            exchanges[-1][1].append(text_of(text))
    return tuple(Turn(asked, "\n".join(filter(None, said))) for asked, said in exchanges[-MAX_TURNS:])


def _question(message: MessageIn) -> str:
    if not isinstance(message.content, str):
        for part in message.content or ():
            if part.type != "text":
                raise _problem(UNSUPPORTED_PARAMETER, "messages", "Dossier reads text only.")
    return _text(message)


def _text(message: MessageIn) -> str:
    if isinstance(message.content, str):
        return message.content
    return "\n".join(part.text for part in message.content or () if part.text)


def _refuse_unsupported(chat: CompletionIn) -> None:
    for field, (asks_for_more, why) in UNSUPPORTED.items():
        value = getattr(chat, field)
        if value is not None and asks_for_more(value):
            raise _problem(UNSUPPORTED_PARAMETER, field, why)


def _problem(kind: Kind, field: str, why: str, help: str = "") -> ProblemError:
    detail = f"{field}: {why} {help}".strip()
    return ProblemError(kind, detail, errors=[FieldProblem(field=field, message=why)])
