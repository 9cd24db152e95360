from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from service.http.app import create_app
from service.http.guards import allowed_names, host_name
from service.http.policy import Policy
from tests.service.http.doubles import House

JSON = {"Content-Type": "application/json"}


def client_of(house: House, **settings: object) -> TestClient:
    return TestClient(create_app(house.services, Policy(**settings)), base_url="http://localhost")  # type: ignore[arg-type]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:80", "[::1]:8000", "127.0.0.1"])
def test_loopback_names_are_answered(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "", "[::2]"])
def test_other_names_are_refused(client: TestClient, house: House, host: str) -> None:
    response = client.post("/v1/ask", json={"question": "x"}, headers={"Host": host})
    assert (response.status_code, response.json()["type"]) == (421, "/problems/host-not-allowed")
    assert house.answerer.asked == []


def test_names_that_are_allowed_beside_loopback(house: House) -> None:
    with client_of(house, bound_to="0.0.0.0", allowed_hosts=["News.example"]) as client:
        assert client.get("/healthz", headers={"Host": "news.example:443"}).status_code == 200
        assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 421


def test_which_names() -> None:
    assert allowed_names("0.0.0.0") is None
    assert allowed_names("localhost") == frozenset({"localhost", "127.0.0.1", "::1"})
    assert "127.0.0.9" in (allowed_names("127.0.0.9") or ())
    assert host_name("[2001:db8::1]:80") == "2001:db8::1"


def chunks(count: int) -> Iterator[bytes]:
    yield b'{"articles": [{"text": "'
    for _ in range(count):
        yield b"x" * 10_000
    yield b'"}]}'


def test_a_question_needs_no_large_body(house: House) -> None:
    with client_of(house) as client:
        response = client.post("/v1/ask", json={"question": "Why?", "more": ["x" * 2**20]})
        assert (response.status_code, response.json()["type"]) == (413, "/problems/body-too-large")
        assert client.post("/v1/articles", json={"articles": [{"text": "x" * 2**20}]}).status_code == 200


def test_a_body_at_the_limit_and_over_it(client: TestClient, house: House) -> None:
    empty = b'{"articles": [{"text": ""}]}'
    fits = empty.replace(b'""', b'"' + b"x" * (100_000 - len(empty)) + b'"')
    assert client.post("/v1/articles", content=fits, headers=JSON).status_code == 200
    response = client.post("/v1/articles", content=fits + b" ", headers=JSON)
    assert (response.status_code, response.json()["type"]) == (413, "/problems/body-too-large")
    assert response.headers["content-type"] == "application/problem+json"
    assert house.library.calls == [1]


def test_a_chunked_body_is_counted_while_it_comes(client: TestClient, house: House) -> None:
    assert client.post("/v1/articles", content=chunks(9), headers=JSON).status_code == 200
    response = client.post("/v1/articles", content=chunks(11), headers=JSON)
    assert (response.status_code, response.json()["type"]) == (413, "/problems/body-too-large")
    assert house.library.calls == [1]


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/articles"])
@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"])
def test_only_json_is_taken(client: TestClient, path: str, content_type: str) -> None:
    response = client.post(path, content=b'{"question": "x"}', headers={"Content-Type": content_type})
    assert (response.status_code, response.json()["type"]) == (415, "/problems/media-type-unsupported")


def test_json_with_a_charset_is_taken(client: TestClient) -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert client.post("/v1/ask", content=b'{"question": "x"}', headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/v1/articles", "/nowhere", "/docs", "/openapi.json"])
def test_every_response_has_the_safe_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_other_origins_get_no_permission(client: TestClient) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for response in (client.options("/v1/ask", headers=asked), client.get("/v1/articles", headers=asked)):
        assert not [name for name in response.headers if name.startswith("access-control-")]


def test_a_refusal_by_a_guard_has_headers_and_request_id_too(client: TestClient) -> None:
    response = client.get("/healthz", headers={"Host": "evil.example", "X-Request-ID": "abc-1"})
    assert response.headers["x-request-id"] == "abc-1" == response.json()["request_id"]
    assert response.headers["x-content-type-options"] == "nosniff"
