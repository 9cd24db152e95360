from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from service.http.page import FOLDER

SCRIPTS = sorted(path.name for path in FOLDER.glob("*.js"))


def test_the_page_and_what_it_points_to(client: TestClient) -> None:
    page = client.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    addresses = set(re.findall(r'(?:src|href)="([^"#]+)"', page.text))
    assert {"/docs", "/openapi.json", "/web/main.js", "/web/style.css"} <= addresses
    for address in addresses:
        assert address.startswith("/")
        assert client.get(address).status_code == 200


def test_every_script_is_announced_so_that_none_waits_for_another(client: TestClient) -> None:
    announced = re.findall(r'(?:modulepreload" href|module" src)="/web/([^"]+)"', client.get("/").text)
    assert sorted(announced) == SCRIPTS


@pytest.mark.parametrize("path", ["/", "/web/main.js", "/web/style.css", "/web/icon.svg"])
def test_the_policy_allows_nothing_from_elsewhere_and_nothing_inline(client: TestClient, path: str) -> None:
    policy = client.get(path).headers["content-security-policy"]
    for rule in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self'"):
        assert f"{rule};" in policy
    for rule in ("base-uri", "form-action", "frame-ancestors"):
        assert f"{rule} 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy


def test_the_page_has_nothing_inline(client: TestClient) -> None:
    page = client.get("/").text
    assert "<style" not in page
    assert not re.search(r"\sstyle=|\son\w+=", page)
    assert len(re.findall("<script", page)) == 1


def test_a_file_that_has_not_changed_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/web/main.js")
    assert first.headers["cache-control"] == "no-cache"
    again = client.get("/web/main.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/web/main.js", headers={"If-None-Match": '"other"'})
    assert other.content == first.content


@pytest.mark.parametrize("path", ["/web/nothing.js", "/web/", "/web/..%2Fpage.py", "/web/%2e%2e/page.py"])
def test_no_other_file_is_sent(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.json()["type"]) == (404, "/problems/not-found")


def test_the_scripts_are_small() -> None:
    assert sum(len((FOLDER / name).read_bytes()) for name in SCRIPTS) < 100_000


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_script_writes_markup(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "http://"):
        assert way not in text
