from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.documents import Hints, Kind
from ingest.errors import ExtractError
from ingest.text import normalise
from tests.ingest.extracting import DAY, FIRST, SECOND, of, text_of


def test_the_lines_above_the_body_give_facts_and_are_never_quoted() -> None:
    plain = (
        "Tashkent Strengthens Ties Ahead of Drawdown\n\n"
        "Publication: Eurasia Daily Monitor Volume: 10 Issue: 76\n\n"
        "Presidents Karimov (L) of Uzbekistan and Putin of Russia (Source: uznews.net)\n\n"
        f"{FIRST} It was exited earlier (see EDM, July 18, 2012).\n \n{SECOND}"
    )
    extracted = of("text", plain)
    article = extracted.article
    assert (article.title, article.source) == ("Tashkent Strengthens Ties Ahead of Drawdown", "Eurasia Daily Monitor")
    assert (article.published, article.author) == (None, None)
    assert text_of(extracted) == [(None, f"{FIRST} It was exited earlier (see EDM, July 18, 2012).\n\n{SECOND}")]
    assert article.text == normalise(plain)


@pytest.mark.parametrize(
    ("header", "facts"),
    [
        ("By Jane Doe", Hints(author="Jane Doe")),
        ("By Jane Doe and Ali de Roe | 17 April 2013", Hints(author="Jane Doe and Ali de Roe", published=DAY)),
        ("Source: Reuters\nPublished: 17 April 2013", Hints(source="Reuters", published=DAY)),
        ("Date: Wed, 17 April 2013 10:00", Hints(published=DAY)),
        ("Updated 3:15 PM EDT, Wed April 17, 2013", Hints(updated=DAY)),
        ("Published: last Tuesday", Hints()),
        ("Author: Jane Doe\nURL: https://news.example/a", Hints(author="Jane Doe", url="https://news.example/a")),
        ("Wednesday, April 17, 2013", Hints(published=DAY)),
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_header_lines(header: str, facts: Hints, gap: str) -> None:
    extracted = of("text", f"A deal is signed{gap}{header}\n\n{FIRST}")
    article = extracted.article
    assert Hints(None, article.url, article.source, article.author, article.published, article.updated) == facts
    assert article.title == "A deal is signed"
    assert text_of(extracted) == [(None, FIRST)]


@pytest.mark.parametrize(
    "sentence",
    [
        "By Monday the army had left the capital, said the minister.",
        "Source: the people who told this paper of it asked to stay without a name, as ever.",
        "Date palms grow there, and they have grown there since 2013.",
    ],
)
def test_sentences_are_not_header_lines(sentence: str) -> None:
    extracted = of("text", f"{sentence}\n\n{FIRST}")
    article = extracted.article
    assert (article.author, article.source, article.published) == (None, None, None)
    assert text_of(extracted) == [(None, f"{sentence}\n\n{FIRST}")]


@pytest.mark.parametrize(
    ("dateline", "published", "source"),
    [
        ("TASHKENT, April 17, 2013 (Reuters) — ", DAY, "Reuters"),
        ("TASHKENT, Uzbekistan, 17 April 2013 - ", DAY, None),
        ("TASHKENT, April 17 (Reuters) — ", None, None),
        ("TASHKENT, Wednesday (Reuters) — ", None, None),
    ],
)
def test_a_dateline_dates_only_with_its_year(dateline: str, published: date | None, source: str | None) -> None:
    extracted = of("text", dateline + FIRST)
    assert (extracted.article.published, extracted.article.source) == (published, source)
    assert text_of(extracted) == [(None, dateline + FIRST)]


def test_headings_captions_and_broken_lines() -> None:
    wrapped = f"{FIRST}".replace(" Moscow", "\nMoscow")
    plain = f"Title of it\n\n{wrapped}\n\nWhat it says\n\n{SECOND}\n\nA pass. Ann Smith/AP\n\n- one\n- two\n\n{FIRST}"
    assert text_of(of("text", plain))[0] == (None, wrapped)
    assert text_of(of("text", plain))[1:] == [("What it says", SECOND), ("What it says", f"- one\n- two\n\n{FIRST}")]


def test_lines_of_fixed_width_are_joined() -> None:
    lines = [
        "Uzbekistan and Russia signed an agreement on security in",
        "Moscow on Monday, and then they both went home again and",
    ]
    assert text_of(of("text", "\n".join(lines)))[0][1] == " ".join(lines)


def test_front_matter_of_plain_text() -> None:
    article = of("text", f"---\ntitle: A deal\nauthor: [Jane Doe, John Roe]\ndate: 2013-04-17\n---\n{FIRST}").article
    assert (article.title, article.author, article.published) == ("A deal", "Jane Doe, John Roe", DAY)
    assert article.text == FIRST


def test_broken_front_matter_is_noted_and_a_rule_is_not_front_matter() -> None:
    broken = of("text", f"---\ntitle: A: deal: [\n---\n{FIRST}")
    assert broken.notes == ("the front matter is not YAML; ignored",)
    assert of("text", f"---\n\n{FIRST}\n\n---\n\n{SECOND}").article.text == f"---\n\n{FIRST}\n\n---\n\n{SECOND}"


def test_front_matter_cannot_unfold() -> None:
    names = "abcdefghi"
    references = "\n".join(f"{name}: &{name} [{', '.join(9 * [f'*{before}'])}]" for before, name in pairwise(names))
    bomb = f"---\na: &a [x, x, x, x, x, x, x, x, x]\n{references}\npublished: *i\n---\n{FIRST}"
    assert of("markdown", bomb).notes == ("the front matter is not YAML; ignored",)


@pytest.mark.parametrize("data", [b"", b" \n\n ", b"one two", b"\x00\x01\x02" * 50])
@pytest.mark.parametrize("kind", ["text", "markdown", "html", "pdf", "docx"])
def test_what_has_no_text_is_refused_with_what_to_do(kind: Kind, data: bytes) -> None:
    with pytest.raises(ExtractError) as caught:
        of(kind, data)
    assert caught.value.help


def test_hints_win_over_the_document_and_fallbacks_do_not() -> None:
    hints, fallbacks = (
        Hints(title="Given", published=date(2014, 1, 1)),
        Hints(title="Entry", author="Entry", source="E"),
    )
    article = of("text", f"A deal\n\nBy Jane Doe\n\n{FIRST}", hints=hints, fallbacks=fallbacks).article
    assert (article.title, article.author, article.source) == ("Given", "Jane Doe", "E")
    assert article.published == date(2014, 1, 1)


def test_the_address_may_date_the_article() -> None:
    article = of("text", FIRST, hints=Hints(url="https://news.example/2013/04/17/deal")).article
    assert (article.published, article.key) == (DAY, "https://news.example/2013/04/17/deal")


@given(st.text(max_size=400), st.sampled_from(["text", "markdown"]))
def test_any_text_gives_a_sound_article_or_a_clear_refusal(text: str, kind: Kind) -> None:
    try:
        extracted = of(kind, text.encode("utf-8", "replace"))
    except ExtractError:
        return
    stored = extracted.article.text
    edges = [edge for section in extracted.sections for edge in section.span]
    assert normalise(stored) == stored
    assert edges == sorted(edges)
    assert edges[-1] <= len(stored)
