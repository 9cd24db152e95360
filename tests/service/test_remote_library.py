from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import date

import httpx
import pytest

from ingest.documents import Document, Failure
from ingest.errors import ServiceError, SourceError
from ingest.fields import FieldNames
from ingest.hints import Hints
from ingest.library import Library
from ingest.records import Outcome
from ingest.remote import BATCH_ARTICLES, RemoteLibrary
from service.http.app import create_app
from service.http.policy import Policy
from tests.service.http.doubles import House
from tests.service.http.live import served

TEXT = "One. Two — three."
ARTICLE = Document(
    "/folder/first.txt",
    "text",
    TEXT.encode(),
    Hints("First", "https://example.org/1", "S", "A", date(2013, 4, 17), date(2013, 4, 18)),
)


def text(content: str, origin: str, title: str | None = None) -> Document:
    return Document(origin, "text", content.encode(), Hints(title=title))


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def remote(house: House) -> Iterator[RemoteLibrary]:
    with served(create_app(house.services, Policy(max_body_bytes=200_000))) as address:
        remote = RemoteLibrary(address)
        yield remote
        remote.close()


def test_it_is_the_library_of_the_service(remote: RemoteLibrary, house: House) -> None:
    far: Library = remote
    near: Library = house.library
    (outcome,) = far.add([ARTICLE])
    assert (outcome.status, outcome.origin) == ("new", ARTICLE.origin)
    assert outcome.article_id
    found = far.article(outcome.article_id)
    assert found == near.article(outcome.article_id)
    assert found
    assert (found.text, found.author, found.updated) == (TEXT, "A", date(2013, 4, 18))
    assert list(far.articles(0, 10, None)) == list(near.articles(0, 10, None))
    assert list(far.versions(outcome.article_id)) == list(near.versions(outcome.article_id))
    assert far.count() == near.count() == 1
    assert far.remove(outcome.article_id) is True
    assert far.remove(outcome.article_id) is False
    assert far.count() == 0


@pytest.mark.parametrize("article_id", ["unknown", "a/b", "../articles", "..", "%2e", "?x=1", "#f", ""])
def test_an_unknown_article(remote: RemoteLibrary, article_id: str) -> None:
    remote.add([ARTICLE])
    assert remote.article(article_id) is None
    assert remote.versions(article_id) == []
    assert remote.remove(article_id) is False
    assert remote.count() == 1


def test_more_articles_than_a_request_takes(remote: RemoteLibrary, house: House) -> None:
    count = 2 * BATCH_ARTICLES + 1
    documents = [text(f"Text {number}.", str(number), f"T{number}") for number in range(count)]
    outcomes = remote.add(documents)
    assert [outcome.origin for outcome in outcomes] == [document.origin for document in documents]
    assert house.library.calls == [BATCH_ARTICLES, BATCH_ARTICLES, 1]
    assert [record.title for record in remote.articles(0, 1000, None)] == [item.hints.title for item in documents]
    assert [record.title for record in remote.articles(199, 3, None)] == ["T199", "T200"]
    assert [record.title for record in remote.articles(0, 2, "T20")] == ["T20", "T200"]


def test_a_bad_article_fails_alone(remote: RemoteLibrary) -> None:
    outcomes = remote.add([text("bad", "/bad"), text("", "/empty"), ARTICLE])
    assert [outcome.status for outcome in outcomes] == ["failed", "failed", "new"]
    assert outcomes[0].reason == "The text is bad."


def test_an_article_that_is_too_large_fails_alone(remote: RemoteLibrary) -> None:
    huge = text("x" * 9_000_000, "/huge")
    outcomes = remote.add([text("Fine.", "/a"), huge, ARTICLE])
    assert [outcome.status for outcome in outcomes] == ["new", "failed", "new"]
    assert outcomes[1] == Outcome("/huge", "failed", None, "The article is larger than the service takes at once.")


def test_what_could_not_be_read_is_an_outcome_in_its_place(remote: RemoteLibrary) -> None:
    unread = Failure("/gone", SourceError("It is gone.", "Look elsewhere."))
    outcomes = remote.add([text("Fine.", "/a"), unread, ARTICLE])
    assert [outcome.status for outcome in outcomes] == ["new", "failed", "new"]
    assert outcomes[1] == Outcome("/gone", "failed", None, "It is gone. Look elsewhere.")


def test_a_document_arrives_as_it_was_sent(remote: RemoteLibrary, house: House) -> None:
    fields = FieldNames.parse("text=story,title=name")
    record = Document(
        "/r.jsonl#1", "record", b'{"story": "One.", "name": "N"}', Hints(author="B"), fields, Hints(source="F")
    )
    remote.add([record])
    assert house.library.documents == [record]
    (arrived,) = house.library.documents
    assert isinstance(arrived, Document)
    assert arrived.fingerprint == record.fingerprint


def test_nothing_to_add_asks_nothing(remote: RemoteLibrary, house: House) -> None:
    assert remote.add([]) == []
    assert house.library.calls == []


def test_a_refusal_says_what_the_service_said(house: House) -> None:
    with served(create_app(house.services, Policy(bound_to="0.0.0.0", allowed_hosts=("news.example",)))) as address:
        client = httpx.Client(base_url=address, headers={"Host": "other.example"}, trust_env=False)
        with client, pytest.raises(ServiceError, match=r"host that is not allowed\. Use the address"):
            RemoteLibrary(address, client).count()


@pytest.mark.parametrize("content", [b"<html>", b"[]", b'{"articles": [{"id": 1}], "next_offset": null}'])
def test_something_else_than_a_service(content: bytes) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=content))
    with httpx.Client(transport=transport, base_url="http://other") as client, pytest.raises(ServiceError) as caught:
        RemoteLibrary("http://other", client).articles(0, 1, None)
    assert caught.value.help


def test_a_service_that_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    remote = RemoteLibrary(address)
    with pytest.raises(ServiceError, match="cannot be reached"):
        remote.count()
    remote.close()
