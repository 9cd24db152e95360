"""The OpenAPI document, with the problems and events that the code really sends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, TypeAdapter

from service.answerer import DoneEvent, EvidenceEvent, StatementEvent, StatusEvent
from service.http.completion_schemas import Chunk
from service.http.openai_errors import ErrorOut
from service.http.problems import (
    BODY_SLOW,
    HOST_NOT_ALLOWED,
    INTERNAL,
    KEY_MISSING,
    MEDIA_TYPE,
    ORIGIN_NOT_ALLOWED,
    SCOPE_MISSING,
    TOO_MANY_REQUESTS,
    Kind,
    Problem,
)
from service.http.schemas import JobIn, JobOut

REFERENCES = "#/components/schemas/"
EVERYWHERE = (
    *(KEY_MISSING, SCOPE_MISSING, ORIGIN_NOT_ALLOWED, BODY_SLOW, HOST_NOT_ALLOWED, TOO_MANY_REQUESTS, INTERNAL),
)
"""The problems that any route may answer with, once keys are asked for."""
EVENTS: dict[str, type[BaseModel]] = {
    "status": StatusEvent,
    "evidence": EvidenceEvent,
    "statement": StatementEvent,
    "done": DoneEvent,
}


def problems(*kinds: Kind) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that can answer with these problems besides those that every route can."""
    return _responses(kinds, MEDIA_TYPE, Problem)


def openai_errors(*kinds: Kind) -> dict[int | str, dict[str, Any]]:
    """The same for a route that answers with them in OpenAI's shape."""
    return _responses(kinds, "application/json", ErrorOut)


def named_events() -> dict[str, Any]:
    """The `content` of a response of server-sent events: one `data` schema an event name."""
    return _events({**EVENTS, "error": Problem})


def job_events() -> dict[str, Any]:
    """The same for the events of a job."""
    return _events({"progress": JobOut, "done": JobOut, "error": Problem})


def files_or(body: type[BaseModel], facts: type[BaseModel]) -> dict[str, Any]:
    """The `requestBody` of a route that takes that body as JSON, or a form of files with those facts."""
    fields = {name: told["anyOf"][0] for name, told in facts.model_json_schema()["properties"].items()}
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    files = {"type": "array", "minItems": 1, "items": file}
    form = {
        "type": "object",
        "required": ["files"],
        "properties": {"files": files, **fields},
        "additionalProperties": False,
    }
    content = {
        "application/json": {"schema": {"$ref": f"{REFERENCES}{body.__name__}"}},
        "multipart/form-data": {"schema": form},
    }
    return {"requestBody": {"required": True, "content": content}}


def chunks() -> dict[str, Any]:
    """The `content` of a response of OpenAI's chunks: each a JSON object, the last one `[DONE]`."""
    schemas = [{"$ref": f"{REFERENCES}{model.__name__}"} for model in (Chunk, ErrorOut)]
    data = [*map(_json_string, schemas), {"const": "[DONE]"}]
    item = {"type": "object", "required": ["data"], "properties": {"data": {"oneOf": data}}}
    return {"text/event-stream": {"itemSchema": item}}


def _responses(kinds: Sequence[Kind], media_type: str, shape: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    by_status: dict[int, list[str]] = defaultdict(list)
    for kind in dict.fromkeys((*kinds, *EVERYWHERE)):
        by_status[kind.status].append(f"{kind.title} (`{kind.type}`)")
    content = {media_type: {"schema": {"$ref": f"{REFERENCES}{shape.__name__}"}}}
    return {
        status: {"description": "; ".join(titles), "content": content} for status, titles in sorted(by_status.items())
    }


def _events(models: Mapping[str, type[BaseModel]]) -> dict[str, Any]:
    items = [
        {
            "type": "object",
            "required": ["event", "data"],
            "properties": {
                "event": {"const": name},
                "data": _json_string({"$ref": f"{REFERENCES}{model.__name__}"}),
            },
        }
        for name, model in models.items()
    ]
    return {"text/event-stream": {"itemSchema": {"oneOf": items}}}


def _json_string(schema: dict[str, str]) -> dict[str, Any]:
    return {"type": "string", "contentMediaType": "application/json", "contentSchema": schema}


class Document:
    """Builds the document once and serves it from then on."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._built: dict[str, Any] | None = None

    def __call__(self) -> dict[str, Any]:
        """The OpenAPI document."""
        if self._built is None:
            self._built = self._build()
        return self._built

    def _build(self) -> dict[str, Any]:
        document = get_openapi(
            title=self._app.title,
            version=self._app.version,
            description=self._app.description,
            routes=self._app.routes,
        )
        sent: list[Any] = [Problem, *EVENTS.values(), ErrorOut, Chunk]
        schemas: list[tuple[Any, Literal["validation", "serialization"], TypeAdapter[Any]]]
        schemas = [(model, "serialization", TypeAdapter(model)) for model in sent]
        schemas.append((JobIn, "validation", TypeAdapter(JobIn)))
        _, definitions = TypeAdapter.json_schemas(schemas, ref_template=REFERENCES + "{model}")
        components = document["components"]
        components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{}, {"key": []}]
        for name, schema in definitions["$defs"].items():
            components["schemas"].setdefault(name, schema)
        return document
