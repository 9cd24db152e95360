"""The SDK's server over the tools: what is listed, how a call is answered, and how it fails."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from time import perf_counter
from typing import Any

import structlog
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    ToolAnnotations,
)
from mcp_types import Tool as ListedTool
from pydantic import ValidationError
from starlette.requests import Request
from starlette.types import Scope

from ingest.errors import DossierError
from service.http.access import caller_of
from service.http.handlers import ProblemError, misfit, problem_of, request_id_of
from service.http.mcp.tools import UNTRUSTED, Tool, Tools
from service.http.problems import INTERNAL, Problem
from service.telemetry import described

PROBLEM = "dossier/problem"
INSTRUCTIONS = (
    "Dossier answers questions over a body of news and analysis articles and proves every sentence by the exact "
    "characters that support it. Use ask for a question, search to look around, get_article to read on. Keep the [n] "
    f"marks and their quotes when you pass an answer on, and say so when it was not answered. {UNTRUSTED}"
)

log = structlog.get_logger(__name__)


def build_server(tools: Tools) -> Server[Any]:
    """A server that lists and calls the tools. It keeps nothing between calls."""
    by_name = {tool.name: tool for tool in tools.all()}
    listed = ListToolsResult(tools=[_listed(tool) for tool in by_name.values()])

    async def list_tools(context: ServerRequestContext[Any], params: PaginatedRequestParams | None) -> ListToolsResult:
        return listed

    async def call_tool(context: ServerRequestContext[Any], params: CallToolRequestParams) -> CallToolResult:
        tool = by_name.get(params.name)
        if tool is None:
            raise MCPError(INVALID_PARAMS, f"There is no tool of that name; there are {', '.join(by_name)}.")
        return await _called(tool, params.arguments or {}, _scope(context))

    return Server(
        "dossier",
        version=version("dossier"),
        title="Dossier",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _listed(tool: Tool[Any]) -> ListedTool:
    return ListedTool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.arguments.model_json_schema(),
        output_schema=tool.result.model_json_schema(mode="serialization"),
        annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False),
    )


async def _called(tool: Tool[Any], given: Mapping[str, Any], scope: Scope) -> CallToolResult:
    began = perf_counter()
    outcome = "cancelled"
    try:
        reply = await tool.call(given, caller_of(scope).id)
        outcome = "done"
        return CallToolResult(content=_contents(*reply.texts), structured_content=reply.data.model_dump(mode="json"))
    except Exception as error:  # noqa: BLE001  a client gets a sentence, never a traceback
        problem = _problem(error, request_id_of(scope))
        outcome = problem.type
        return CallToolResult(
            content=_contents(f"{problem.detail} {problem.help}"),
            meta={PROBLEM: problem.model_dump(mode="json", exclude_defaults=True)},
            is_error=True,
        )
    finally:
        milliseconds = round((perf_counter() - began) * 1000, 1)
        log.info("tool", tool=tool.name, outcome=outcome, ms=milliseconds)


def _contents(*texts: str) -> list[Any]:
    return [TextContent(text=text) for text in texts if text]


def _problem(error: Exception, request_id: str | None) -> Problem:
    if isinstance(error, ValidationError):
        error = misfit(error.errors(), "Correct the arguments; the tool's input schema shows what it takes.")
    if isinstance(error, DossierError):
        return problem_of(error, request_id)
    if isinstance(error, ProblemError):
        wait = (error.headers or {}).get("Retry-After")
        help = f"Try again in {wait} seconds." if wait else error.help
        return error.kind.problem(str(error.detail), help, request_id=request_id, errors=error.errors)
    log.error("tool failed", **described(error))
    return INTERNAL.problem("An unexpected error came up.", request_id=request_id)


def _scope(context: ServerRequestContext[Any]) -> Scope:
    """Of the HTTP request that the call came with; empty where it came over standard input."""
    return context.request.scope if isinstance(context.request, Request) else {}
