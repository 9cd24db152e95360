"""From whatever was raised to a response: problem+json, or OpenAI's shape where its clients ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Scope

from ingest.errors import DossierError
from service.http.openai_errors import error_out, speaks_openai
from service.http.problems import (
    MEDIA_TYPE,
    METHOD_NOT_ALLOWED,
    REQUEST_INVALID,
    FieldProblem,
    Kind,
    Problem,
    kind_of,
    kind_of_status,
)

RETRY_AFTER_SECONDS = 2
METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")


class ProblemError(HTTPException):
    """A problem of the HTTP door itself. FastAPI lets an HTTPException pass where it would wrap any other."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        help: str = "",
        headers: Mapping[str, str] | None = None,
        errors: Sequence[FieldProblem] = (),
    ) -> None:
        super().__init__(kind.status, detail, headers)
        self.kind = kind
        self.help = help
        self.errors = errors


def problem_response(scope: Scope, problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as a response to the request of that scope."""
    if speaks_openai(scope["path"]):
        content, media_type = error_out(problem).model_dump_json(), "application/json"
    else:
        content, media_type = problem.model_dump_json(exclude_defaults=True), MEDIA_TYPE
    return Response(content, problem.status, headers, media_type=media_type)


def refusal(scope: Scope, error: ProblemError | DossierError) -> Response:
    """The response that an error becomes, to the request of that scope."""
    request_id = request_id_of(scope)
    if isinstance(error, ProblemError):
        problem = error.kind.problem(error.detail, error.help, request_id=request_id, errors=error.errors)
        return problem_response(scope, problem, error.headers)
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if error.retryable else None
    return problem_response(scope, problem_of(error, request_id), headers)


def misfit(errors: Sequence[Any], help: str = "") -> ProblemError:
    """What pydantic found in something sent: the first three in words, the first twenty in fields."""
    fields = [
        FieldProblem(field=field_name(item["loc"]), message=str(item["msg"]).replace("\x00", ""))
        for item in errors[:20]
    ]
    detail = "; ".join(f"{item.field or 'body'}: {item.message}" for item in fields[:3]) + "."
    return ProblemError(REQUEST_INVALID, detail, help, errors=fields)


def request_id_of(scope: Scope) -> str | None:
    """The id that the request log gave the request."""
    request_id = scope.get("state", {}).get("request_id")
    return str(request_id) if request_id else None


def problem_of(error: DossierError, request_id: str | None) -> Problem:
    """The problem that a DossierError becomes, in a response and in an event stream alike."""
    return kind_of(error).problem(error.message, error.help, request_id=request_id)


def install(app: FastAPI) -> None:
    """Makes every error of the app a problem."""
    app.add_exception_handler(DossierError, _dossier_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)


async def _dossier_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DossierError)
    return refusal(request.scope, error)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error, ProblemError):
        return refusal(request.scope, error)
    kind = kind_of_status(error.status_code)
    headers = dict(error.headers or {})
    if kind is METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_methods_of(request))
    return problem_response(
        request.scope, kind.problem(f"{kind.title}.", request_id=request_id_of(request.scope)), headers
    )


def _methods_of(request: Request) -> list[str]:
    """Starlette's own Allow header names the methods of the first route that matches, not of all of them."""
    routes = request.app.router.routes
    return [
        method
        for method in METHODS
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes)
    ]


async def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return refusal(request.scope, misfit(error.errors()))


def field_name(location: tuple[int | str, ...]) -> str:
    """A dotted path; a name the client made up is cut and made printable."""
    path = ".".join(str(part) for part in location)
    return path.encode("utf-8", "replace").decode("utf-8")[:120]
