from __future__ import annotations

import json

import pytest

from ingest.documents import FieldNames
from ingest.errors import ExtractError
from tests.ingest.extracting import DAY, FIRST, SECOND, of, text_of


def test_markdown_loses_its_markup() -> None:
    markdown = f"""# A deal

<!-- hidden -->
{FIRST.replace("Russia", "**Russia**").replace("security", "[security](http://news.example)")}
Wrapped `here`.

## What it *says*

- one **item**
- two
  - nested

1. first

> {SECOND}

<script>alert(1)</script>

| a | b |
|---|---|
| c | d |

![alt text](x.png)
"""
    extracted = of("markdown", markdown)
    assert extracted.article.title == "A deal"
    assert text_of(extracted) == [
        (None, f"{FIRST} Wrapped here."),
        ("What it says", f"- one item\n- two\n- nested\n\n- first\n\n{SECOND}\n\na | b\nc | d"),
    ]


def test_a_record_by_field_names() -> None:
    record = {
        "_id": "https://news.example/2013/04/17/a",
        "name": "A deal",
        "body": [f"{FIRST} Karimovâ€™s ties.", SECOND],
    }
    extracted = of("record", json.dumps(record), fields=FieldNames.parse("text=body,title=name,url=_id"))
    article = extracted.article
    assert (article.title, article.url, article.published) == ("A deal", record["_id"], DAY)
    assert article.text == f"{FIRST} Karimov’s ties.\n\n{SECOND}"
    assert extracted.notes == ("repaired mojibake",)


def test_a_marked_up_record_is_read_as_html() -> None:
    extracted = of("record", json.dumps({"content": f"<p>{FIRST}</p><h2>Next</h2><p>{SECOND}</p>" * 2}))
    assert "<p>" not in extracted.article.text
    assert ("Next", SECOND) in text_of(extracted)


def test_a_record_without_text_names_its_fields() -> None:
    with pytest.raises(ExtractError, match="under body") as caught:
        of("record", json.dumps({"text": FIRST, "x": 1}), fields=FieldNames.parse("text=body"))
    assert "it has: text, x" in caught.value.help
