"""Blocks keep within Slack's limits, and lose no character."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from service.slack import layout
from tests.service.slack.limits import message_problems
from tests.service.slack.records import words

LINES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=200)
LONG = st.builds(lambda word, times: f"{word} " * times, LINES, st.integers(1, 200))
TAGS = re.compile(r"</?p>\n?")


@given(st.lists(LONG, min_size=1, max_size=8))
def test_a_quotation_of_any_length_is_whole_and_within_the_limits(texts: list[str]) -> None:
    blocks = layout.quotation(*map(layout.text, texts))
    assert "".join(words(blocks)) == "".join(texts)
    for page in layout.pages(blocks, "fallback"):
        assert message_problems({"text": page.text, "blocks": list(page.blocks)}, layout.MOST_BLOCKS) == []


@given(st.lists(LINES, min_size=1, max_size=200))
def test_pages_keep_every_block_in_its_order(texts: list[str]) -> None:
    blocks = [layout.paragraph(layout.text(each)) for each in texts]
    found = layout.pages(blocks, "fallback")
    assert [block for page in found for block in page.blocks] == blocks
    assert all(0 < len(page.blocks) <= layout.MOST_BLOCKS for page in found)


@given(LINES)
def test_markdown_shows_a_text_character_by_character(text: str) -> None:
    """Read by a reader of CommonMark, as Slack's streams are."""
    shown = MarkdownIt("commonmark").render(layout.markdown(f"x{text}x"))
    assert html.unescape(TAGS.sub("", shown)).strip() == f"x{text}x"


@pytest.mark.parametrize(
    "text", ["1. one", "- two", "+ three", "# four", "12) five", "== six", "Mr. Putin - 5.5 m: yes!", ":tada: seven"]
)
def test_markdown_shows_the_beginning_of_a_line_too(text: str) -> None:
    shown = MarkdownIt("commonmark").render(f"line\n{layout.markdown(text)}")
    assert html.unescape(TAGS.sub("", shown)).strip() == f"line\n{text}"


def test_signs_that_mean_nothing_where_they_are_stay_bare() -> None:
    assert layout.markdown("Mr. Putin - 5.5 m: yes") == "Mr. Putin - 5.5 m: yes"
    assert layout.markdown("at :tada: last") == "at \\:tada: last"


@given(LINES)
def test_escaped_text_holds_no_markup(text: str) -> None:
    safe = layout.escaped(text)
    assert not set("<>") & set(safe)
    assert html.unescape(safe) == html.unescape(text) or "&" in text


@given(LINES, st.integers(5, 50))
def test_what_is_clipped_is_no_longer_than_that_and_ends_in_no_half_entity(text: str, longest: int) -> None:
    found = layout.clipped(layout.escaped(text), longest)
    assert len(found) <= longest
    assert not re.search(r"&[a-z]*( …)?$", found)


@pytest.mark.parametrize("url", ["https://dossier.example/#article=a", None, "https://x.example/" + "y" * 3000])
def test_a_link_that_is_none_or_too_long_is_its_label(url: str | None) -> None:
    kind = layout.link(url, "label")["type"]
    assert kind == ("link" if url and len(url) < 3000 else "text")
