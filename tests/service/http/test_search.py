from __future__ import annotations

from datetime import date

import pytest
from fastapi.testclient import TestClient

from ingest.errors import FolderBusy
from ingest.filters import Filters
from tests.service.http.doubles import QUOTE, TEXT, House


def test_passages_with_their_exact_quotes(client: TestClient) -> None:
    response = client.get("/v1/search", params={"q": "Why did Tashkent leave?"})
    assert response.status_code == 200
    (found,) = response.json()["passages"]
    assert found["quote"] == QUOTE == TEXT[found["start"] : found["end"]]
    assert (found["article_id"], found["title"], found["published"]) == ("a1", "Tashkent leaves", "2013-04-17")
    assert set(found) >= {"url", "source", "author", "score"}


def test_everything_asked_reaches_the_search(client: TestClient, house: House) -> None:
    client.get("/v1/search?q=Why&limit=50&since=2012-01-01&until=2013-12-31&source=S&source=T&author=A")
    client.get("/v1/search?q=Why")
    filters = Filters(date(2012, 1, 1), date(2013, 12, 31), ("S", "T"), ("A",))
    assert house.passages.searched == [("Why", filters, 50), ("Why", Filters(), 10)]


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("", "request-invalid"),
        ("q=", "request-invalid"),
        ("q=%20%0A", "request-invalid"),
        (f"q={'x' * 2001}", "request-invalid"),
        ("q=x&limit=0", "request-invalid"),
        ("q=x&limit=51", "request-invalid"),
        ("q=x&since=yesterday", "request-invalid"),
        ("q=x&since=1700000000", "request-invalid"),
        ("q=x&since=2013-01-02&until=2013-01-01", "filter-invalid"),
    ],
)
def test_what_cannot_be_searched_for(client: TestClient, house: House, query: str, kind: str) -> None:
    response = client.get(f"/v1/search?{query}")
    assert (response.status_code, response.json()["type"]) == (422, f"/problems/{kind}")
    assert response.json()["help"]
    assert house.passages.searched == []


def test_a_folder_that_cannot_be_searched(client: TestClient, house: House) -> None:
    house.passages.error = FolderBusy("It is in use.", "Wait.")
    response = client.get("/v1/search?q=x")
    assert (response.status_code, response.json()["type"]) == (503, "/problems/folder-busy")
    assert response.headers["retry-after"]
