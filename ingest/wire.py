"""A document as JSON, so that the service which owns a data folder extracts it just as a local run would."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import asdict
from typing import Any

from ingest.documents import Document
from ingest.fields import USUAL_NAMES
from ingest.hints import Hints


def document_json(document: Document) -> dict[str, Any]:
    """The body that `POST /v1/articles` takes for a document: its bytes in base64, and what is known from outside."""
    body: dict[str, Any] = {
        "origin": document.origin,
        "kind": document.kind,
        "data": b64encode(document.data).decode("ascii"),
        "hints": _hints_json(document.hints),
        "fallbacks": _hints_json(document.fallbacks),
    }
    if document.fields != USUAL_NAMES:
        body["fields"] = {role: list(names) for role, names in asdict(document.fields).items()}
    return body


def _hints_json(hints: Hints) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(hints).items() if value is not None}
