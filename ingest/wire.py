"""A document as JSON and back, so that the service which owns a data folder extracts it just as a local run would."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import asdict, fields, replace
from datetime import date
from typing import Any

from ingest.documents import Document
from ingest.fields import USUAL_NAMES
from ingest.hints import Hints

_HINTS = frozenset(field.name for field in fields(Hints))


def document_json(document: Document) -> dict[str, Any]:
    """The body that `POST /v1/articles` takes for a document: its bytes in base64, and what is known from outside."""
    body: dict[str, Any] = {
        "origin": document.origin,
        "kind": document.kind,
        "data": b64encode(document.data).decode("ascii"),
        "hints": hints_json(document.hints),
        "fallbacks": hints_json(document.fallbacks),
    }
    if document.fields != USUAL_NAMES:
        body["fields"] = {role: list(names) for role, names in asdict(document.fields).items()}
    return body


def document_of(body: dict[str, Any]) -> Document:
    """The document that `document_json` wrote."""
    names = replace(USUAL_NAMES, **{role: tuple(given) for role, given in body.get("fields", {}).items()})
    hints, fallbacks = hints_of(body["hints"]), hints_of(body["fallbacks"])
    return Document(body["origin"], body["kind"], b64decode(body["data"]), hints, names, fallbacks)


def hints_json(hints: Hints) -> dict[str, str]:
    """What is known; dates as YYYY-MM-DD."""
    return {name: str(value) for name, value in asdict(hints).items() if value is not None}


def hints_of(body: dict[str, str]) -> Hints:
    """The hints that `hints_json` wrote."""
    known: dict[str, Any] = {name: value for name, value in body.items() if name in _HINTS}
    for name in known.keys() & {"published", "updated"}:
        known[name] = date.fromisoformat(known[name])
    return Hints(**known)
