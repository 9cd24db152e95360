from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.blocks import Block, assemble
from ingest.text import normalise

WILD = st.text(st.one_of(st.characters(), st.sampled_from("\n\r\t \u00ad\u200c\u0301a.")), max_size=40)
BLOCKS = st.lists(st.builds(Block, WILD, st.sampled_from(["body", "heading", "aside"])), max_size=12)


@given(BLOCKS)
def test_sections_lie_inside_in_order_without_overlap_and_hold_exactly_the_body(blocks: list[Block]) -> None:
    text, sections = assemble(blocks)
    edges = [edge for section in sections for edge in section.span]
    assert edges == sorted(edges)
    assert all(0 <= section.span.start < section.span.end <= len(text) for section in sections)
    body = [normalise(block.text) for block in blocks if block.role == "body" and normalise(block.text)]
    assert "\n\n".join(section.span.of(text) for section in sections) == "\n\n".join(body)


@given(BLOCKS)
def test_the_text_is_in_its_stored_form(blocks: list[Block]) -> None:
    text, _ = assemble(blocks)
    assert normalise(text) == text


def test_headings_name_what_follows_and_asides_only_part_it() -> None:
    blocks = [
        Block("The title", "heading"),
        Block("One."),
        Block("Two."),
        Block("Next", "heading"),
        Block("Three."),
        Block("A caption", "aside"),
        Block("Four."),
        Block("Empty", "heading"),
    ]
    text, sections = assemble(blocks, title="the title")
    assert [(section.heading, section.span.of(text)) for section in sections] == [
        (None, "One.\n\nTwo."),
        ("Next", "Three."),
        ("Next", "Four."),
    ]
    assert text.startswith("The title\n\nOne.")
