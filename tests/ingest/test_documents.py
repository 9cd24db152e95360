from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ingest.documents import Document, FieldNames, Hints
from ingest.errors import SourceError

DOCUMENT = Document("/a.txt", "text", b"words")


def test_the_fingerprint_follows_all_that_decides_the_article() -> None:
    others = [
        replace(DOCUMENT, data=b"other words"),
        replace(DOCUMENT, kind="markdown"),
        replace(DOCUMENT, hints=Hints(title="T")),
        replace(DOCUMENT, fallbacks=Hints(title="T")),
        replace(DOCUMENT, fields=FieldNames.parse("text=body")),
    ]
    assert len({document.fingerprint for document in [DOCUMENT, *others]}) == len(others) + 1
    assert Document("/a.txt", "text", b"words").fingerprint == DOCUMENT.fingerprint


def test_hints_fill_gaps_only() -> None:
    first, second = Hints(title="A"), Hints(title="B", author="C", published=date(2013, 4, 17))
    assert first.over(second) == Hints(title="A", author="C", published=date(2013, 4, 17))


def test_field_names_are_parsed() -> None:
    names = FieldNames.parse("text=body, url=_id,title=headline|name")
    assert (names.text, names.url, names.title) == (("body",), ("_id",), ("headline", "name"))
    assert names.author == FieldNames().author
    assert FieldNames.parse("") == FieldNames()


@pytest.mark.parametrize(
    ("text", "message"), [("body=text", "not a role"), ("text", "names no field"), ("text=a,text=b", "given twice")]
)
def test_wrong_field_names_are_explained(text: str, message: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        FieldNames.parse(text)
    assert caught.value.help


def test_the_facts_of_a_record() -> None:
    record = {
        "_id": "https://news.example/a",
        "headline": " A \n deal ",
        "authors": [{"name": "Jane Doe"}, "John Roe"],
        "publisher": {"name": "The News"},
        "publishedAt": "2013-04-17T10:00:00Z",
        "updated": "soon",
    }
    hints, notes = FieldNames().hints(record)
    assert hints == Hints("A deal", "https://news.example/a", "The News", "Jane Doe, John Roe", date(2013, 4, 17))
    assert notes == ["updated 'soon' is not a complete date; left unknown"]


def test_an_id_that_is_no_address_is_no_url() -> None:
    assert FieldNames().hints({"_id": "4983", "url": "javascript:alert(1)"})[0].url is None
