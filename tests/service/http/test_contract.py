"""The OpenAPI document says what the door does: requests made up from it are answered as it says."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import hypothesis
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from schemathesis.specs.openapi.checks import negative_data_rejection

from service.http.app import create_app
from service.http.openapi import REFERENCES
from service.http.policy import Policy
from service.question import Question
from tests.service.http.doubles import House, answer_to

WORKING = ExitStack()
"""What the app needs to go on with while the tests run."""

SHAPES = (("application/problem+json", "Problem"), ("application/json", "ErrorOut"))


def app() -> FastAPI:
    house = House()
    house.journal.record(answer_to(Question("Why?", conversation_id="c1")))
    WORKING.enter_context(house.jobs.working())
    return create_app(house.services, Policy(bound_to="0.0.0.0"))


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        return [value for key, value in node.items() if key == "$ref"] + [
            found for value in node.values() for found in references(value)
        ]
    return [found for value in node for found in references(value)] if isinstance(node, list) else []


def test_every_reference_of_the_document_leads_somewhere(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    found = references(document)
    assert len(found) > 20
    assert {name.removeprefix(REFERENCES) for name in found} <= set(document["components"]["schemas"])


def test_every_error_in_the_document_is_a_problem_or_of_openais_shape(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    errors = [
        (path, response["content"])
        for path, operations in document["paths"].items()
        for operation in operations.values()
        for status, response in operation["responses"].items()
        if int(status) >= 400
    ]
    assert len(errors) > 30
    for path, content in errors:
        media_type, model = SHAPES[path.startswith(("/v1/chat/", "/v1/models"))]
        assert content == {media_type: {"schema": {"$ref": f"{REFERENCES}{model}"}}}


def test_the_events_of_an_answer_are_in_the_document(client: TestClient) -> None:
    content = client.get("/openapi.json").json()["paths"]["/v1/ask"]["post"]["responses"]["200"]["content"]
    assert content["application/json"]["schema"] == {"$ref": f"{REFERENCES}Answer"}
    names = [item["properties"]["event"]["const"] for item in content["text/event-stream"]["itemSchema"]["oneOf"]]
    assert names == ["status", "evidence", "statement", "done", "error"]


def made_to_fit(case: schemathesis.Case[Any]) -> None:
    """Gives a body that fits its schema what no schema can say: ordered dates, a last message that asks."""
    body: Any = case.body
    if not (case.meta and case.meta.generation.mode.is_positive):
        return
    put_in_order(case.query)
    if isinstance(body, dict):
        put_in_order(body.get("dossier", body).get("filters", {}))
        if "messages" in body:
            body["messages"] = [*body["messages"], {"role": "user", "content": "Why?"}]


def put_in_order(filters: Any) -> None:
    if filters.get("since") and filters.get("until"):
        filters["since"], filters["until"] = sorted((filters["since"], filters["until"]))


schema = schemathesis.openapi.from_asgi("/openapi.json", app())


@schema.parametrize()
@hypothesis.settings(max_examples=20, deadline=None, derandomize=True)
def test_requests_made_from_the_document(case: schemathesis.Case[Any]) -> None:
    # An article that does not fit is an outcome of its own there, not a refusal of the whole request.
    judged_one_by_one = case.method == "POST" and case.path in ("/v1/articles", "/v1/jobs")
    made_to_fit(case)
    case.call_and_validate(excluded_checks=[negative_data_rejection] if judged_one_by_one else [])
