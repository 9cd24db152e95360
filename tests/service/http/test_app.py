from __future__ import annotations

import io
import json
import logging
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.http.problems import BY_ERROR, error_of, kind_of
from tests.service.http.doubles import House


def test_alive_even_when_not_ready(client: TestClient, house: House) -> None:
    assert client.get("/readyz").json() == {"status": "ready"}
    house.missing += ["The index is being rebuilt.", "No model."]
    response = client.get("/readyz")
    assert (response.status_code, response.json()["type"]) == (503, "/problems/not-ready")
    assert response.json()["detail"] == "The index is being rebuilt. No model."
    assert client.get("/healthz").json() == {"status": "alive"}


def test_docs_need_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs").text
    assets = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(assets) >= 2
    for asset in assets:
        assert asset.startswith("/")
        assert client.get(asset).status_code == 200
    assert "https://" not in page


@pytest.mark.parametrize("path", ["/nowhere", "/v1/articles/", "/v1", "/healthz/x"])
def test_an_unknown_address(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.json()["type"]) == (404, "/problems/not-found")
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "/v1/articles", "GET, POST"),
        ("GET", "/v1/ask", "POST"),
        ("POST", "/v1/articles/x", "DELETE, GET"),
        ("DELETE", "/healthz", "GET"),
    ],
)
def test_a_method_that_is_not_taken(client: TestClient, method: str, path: str, allow: str) -> None:
    response = client.request(method, path)
    assert (response.status_code, response.json()["type"]) == (405, "/problems/method-not-allowed")
    assert response.headers["allow"] == allow


@pytest.mark.parametrize("body", [b"{", b"", b'{"question": ' + b"1" * 5000 + b"}", b"\xff\xfe", b"[" * 50_000])
def test_a_body_that_is_not_json(client: TestClient, body: bytes) -> None:
    response = client.post("/v1/ask", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code in (400, 422)
    assert response.json()["type"] in ("/problems/body-unreadable", "/problems/request-invalid")


def test_every_problem_type_of_an_error_leads_back_to_it() -> None:
    for cls, kind in BY_ERROR[:-1]:
        error = error_of(kind_of(cls("What.", "Do.")).problem("What.", "Do."))
        assert (type(error), error.message, error.help) == (cls, "What.", "Do.")
        assert kind.help


def logged(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def of_requests(stream: io.StringIO) -> list[dict[str, Any]]:
    return [line for line in logged(stream) if line["event"] == "request"]


def test_one_json_line_a_request(client: TestClient, lines: io.StringIO) -> None:
    client.post("/v1/ask", json={"question": "Why secretly?"}, headers={"X-Request-ID": "r1"})
    client.get("/v1/articles/secret", params={"query": "secret"})
    client.get("/secret")
    found = of_requests(lines)
    assert [(line["method"], line["route"], line["status"]) for line in found] == [
        ("POST", "/v1/ask", 200),
        ("GET", "/v1/articles/{article_id}", 404),
        ("GET", "unmatched", 404),
    ]
    assert found[0]["request_id"] == "r1"
    assert all(line["ms"] >= 0 for line in found)
    assert "secret" not in "".join(json.dumps(line) for line in found)


def test_an_unforeseen_error_is_logged_without_its_message(
    client: TestClient, house: House, lines: io.StringIO
) -> None:
    house.answerer.error = RuntimeError("no such column: secret")
    response = client.post("/v1/ask", json={"question": "x"})
    assert response.status_code == 500
    failure = next(line for line in logged(lines) if line["event"] == "request failed")
    assert failure["exception"] == "builtins.RuntimeError"
    assert failure["request_id"] == response.json()["request_id"]
    assert any("doubles.py" in frame for frame in failure["frames"])
    assert of_requests(lines)[0]["status"] == 500
    assert "secret" not in lines.getvalue()


def test_standard_library_loggers_are_json_too(lines: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").warning("Shutting %s", "down")
    (line,) = logged(lines)
    assert (line["event"], line["level"], line["logger"]) == ("Shutting down", "warning", "uvicorn.error")


@pytest.mark.parametrize("given", ["a" * 65, "a b", "<script>", ""])
def test_a_request_id_that_could_do_harm_is_replaced(client: TestClient, given: str) -> None:
    answered = client.get("/healthz", headers={"X-Request-ID": given}).headers["x-request-id"]
    assert re.fullmatch(r"[0-9a-f]{32}", answered)
