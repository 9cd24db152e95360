"""The cross-encoder that ships, and how pairs are laid out for it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.embedding import locate
from ingest.onnx import read_tokenizer
from service.crossencoder import PACKAGED, OnnxCrossEncoder
from service.errors import ModelError
from service.pairing import BEFORE, QUESTION, SENTENCE, TITLE, Pair, Pairing

ASKED = "When was the harbour of Marwa closed?"
ANSWERS = Pair(ASKED, "Storms", "A storm broke its wall.", "The harbour of Marwa was closed on 3 May 2012.")
MISSES = ANSWERS._replace(sentence="The harbour of Marwa is the largest of the coast.")


@pytest.fixture(scope="module")
def encoder() -> OnnxCrossEncoder:
    return OnnxCrossEncoder()


@pytest.fixture(scope="module")
def pairing() -> Pairing:
    return Pairing(read_tokenizer(Path(locate("all-MiniLM-L6-v2")[0]) / "tokenizer.json"))


def test_what_answers_is_likelier_than_a_near_miss_and_than_nothing(encoder: OnnxCrossEncoder) -> None:
    answers, misses = encoder.score([ANSWERS, MISSES])
    assert answers > max(0.0, misses)


def test_a_score_does_not_depend_on_what_is_scored_beside_it(encoder: OnnxCrossEncoder) -> None:
    long = MISSES._replace(sentence="Ships wait. " * 40)
    together = encoder.score([MISSES, long, ANSWERS, long])
    assert list(together) == [float(encoder.score([pair])[0]) for pair in (MISSES, long, ANSWERS, long)]


def test_nothing_is_scored_without_pairs(encoder: OnnxCrossEncoder) -> None:
    assert encoder.score([]).shape == (0,)


def test_empty_texts_are_scored_too(encoder: OnnxCrossEncoder) -> None:
    assert encoder.score([Pair("", "", "", "")]).shape == (1,)


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "weights"
    shutil.copytree(PACKAGED, folder)
    with (folder / "encoder.onnx").open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"\0\0\0\0")
    with pytest.raises(ModelError, match=r"damaged.*checksum"):
        OnnxCrossEncoder(folder)


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"encoder\.json"):
        OnnxCrossEncoder(tmp_path)


def test_the_weights_are_small_enough_to_ship() -> None:
    assert (PACKAGED / "encoder.onnx").stat().st_size <= 30 * 2**20
    assert json.loads((PACKAGED / "encoder.json").read_text("utf-8"))["tokenizer"] == "all-MiniLM-L6-v2"


def test_a_pair_is_question_then_surroundings_then_the_sentence(pairing: Pairing) -> None:
    (encoded,) = pairing.encode([Pair("who", "port", "rain", "ships left")])
    assert len(encoded.ids) == len(encoded.segments) == 9
    assert list(encoded.segments) == [0, 0, 0, 1, 1, 1, 1, 1, 1]
    assert (encoded.start, encoded.end) == (6, 8)


@given(st.builds(Pair, *[st.text(max_size=600)] * 4))
def test_no_pair_is_too_long_and_the_sentence_lies_within(pairing: Pairing, pair: Pair) -> None:
    (encoded,) = pairing.encode([pair])
    assert len(encoded.ids) <= QUESTION + TITLE + BEFORE + SENTENCE + 4
    assert 0 < encoded.start < encoded.end <= len(encoded.ids)
    assert len(encoded.ids) == len(encoded.segments)
