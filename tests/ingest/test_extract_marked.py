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


@pytest.mark.parametrize(
    "bomb",
    [
        "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60)) + "published: *a59",
        "a: &a {"
        + ", ".join(f"k{n}: 1" for n in range(2000))
        + "}\n"
        + "".join(f"b{n}: {{<<: *a}}\n" for n in range(4000)),
        "title: " + "[" * 50_000,
        "title: " + "{a: " * 20_000,
    ],
    ids=["exponential", "merged", "lists", "objects"],
)
def test_a_front_matter_that_explodes_is_ignored(bomb: str) -> None:
    extracted = of("markdown", f"---\n{bomb}\n---\n\n{FIRST}\n")
    assert extracted.notes == ("the front matter is not YAML; ignored",)
    assert extracted.article.text == FIRST


@pytest.mark.parametrize(
    "number", ["0x" + "f" * 20_000, "1:" + ":".join(["59"] * 5000), "9" * 20_000, "1:" + ":".join(["59"] * 5000) + ".5"]
)
def test_a_number_without_end_is_text(number: str) -> None:
    extracted = of("markdown", f"---\ntitle: {number}\npublished: {number}\n---\n\n{FIRST}\n")
    assert extracted.article.title == number
    assert extracted.article.published is None
