"""A problem in the shape that OpenAI's clients read, and back.

No web framework is imported here: the client that reads errors back must start fast.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from ingest.errors import DossierError
from ingest.remote import parsed
from service.http.problems import PREFIX, Problem, error_of

DOOR = ("/v1/chat/", "/v1/models")


class ErrorDetail(BaseModel):
    """What went wrong and what to do about it. `code` is stable; `param` names the field at fault."""

    message: str
    type: str
    param: str | None
    code: str


class ErrorOut(BaseModel):
    """An error as OpenAI writes it."""

    error: ErrorDetail


def speaks_openai(path: str) -> bool:
    """Whether the clients of that path expect errors in this shape."""
    return path.startswith(DOOR)


def error_out(problem: Problem) -> ErrorOut:
    """The problem in OpenAI's shape."""
    # The help speaks of a list of fields, which this shape has no room for: the detail names the first of them.
    message = problem.detail if problem.errors else f"{problem.detail} {problem.help}"
    field = problem.errors[0].field.removeprefix("body.") if problem.errors else None
    code = problem.type.removeprefix(PREFIX).replace("-", "_")
    return ErrorOut(error=ErrorDetail(message=message, type=_type(problem.status), param=field, code=code))


def error_read(content: Any, status: int) -> DossierError:
    """The error that a response of this shape came from, as `problems.error_of` has it.

    Raises: ServiceError when the content is of another shape.
    """
    told = parsed(ErrorOut, content).error
    kind = PREFIX + told.code.replace("_", "-")
    return error_of(Problem(type=kind, title=told.type, status=status, detail=told.message, help=""))


def _type(status: int) -> str:
    if status >= 500:
        return "server_error"
    return "rate_limit_error" if status == 429 else "invalid_request_error"
