"""Every target on sound, broken and mixed documents."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.seeds import SEEDS
from tests.fuzz.targets import TARGETS

SCRAPS = [
    *(
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"<",
        b">",
        b"&#0;",
        b"<![CDATA[",
        b"<!DOCTYPE a [",
        b"{",
        b"[" * 50,
    ),
    *(
        b"\n",
        b"---\n",
        b"PK\x03\x04",
        b"endobj",
        b"/Filter/FlateDecode",
        b"9" * 30,
        b"1e999",
        b"NaN",
        b"\xe2\x80\x8d",
        b"'\"",
        b"|",
    ),
]


@st.composite
def mutated(draw: st.DrawFn, seed: bytes) -> bytes:
    """A document with stretches cut out, doubled, overwritten and strewn with scraps."""
    data = seed
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.sampled_from([0, 1, 2, 8, 64, 1000]))
        change = draw(st.sampled_from([b"", data[at : at + length] * 2, *SCRAPS]) | st.binary(max_size=8))
        data = data[:at] + change + data[at + length :]
    return data


def test_every_target_has_seeds() -> None:
    assert TARGETS.keys() == SEEDS.keys()


@pytest.mark.parametrize("name", TARGETS)
def test_sound_documents(name: str) -> None:
    for seed in SEEDS[name]():
        TARGETS[name](seed)


@pytest.mark.parametrize("name", TARGETS)
@given(st.data())
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
def test_broken_documents(name: str, data: st.DataObject) -> None:
    TARGETS[name](data.draw(st.one_of([mutated(seed) for seed in SEEDS[name]()])))
