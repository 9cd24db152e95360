from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.stories import BANDS, PERMUTATIONS, SAME_STORY, bands, nearest, pack, signature, similarity, unpack
from tests.rooms import telling


def jaccard(one: str, other: str) -> float:
    mine, theirs = ({tuple(words[i : i + 4]) for i in range(len(words) - 3)} for words in (one.split(), other.split()))
    return len(mine & theirs) / len(mine | theirs)


def test_case_and_punctuation_do_not_count() -> None:
    one = signature("The treaty, signed on Monday, holds: for now.")
    other = signature("the TREATY signed on monday holds — for now!")
    assert similarity(one, other) == 1.0


def test_different_articles_are_not_alike() -> None:
    signatures = [signature(telling(seed, 10)) for seed in range(20)]
    pairs = [(one, other) for i, one in enumerate(signatures) for other in signatures[:i]]
    assert max(similarity(one, other) for one, other in pairs) < 0.2


@pytest.mark.parametrize("kept", [90, 70, 50, 30])
def test_the_estimate_is_near_the_true_similarity(kept: int) -> None:
    words = telling(1, 80).split()
    other = " ".join(words[: len(words) * kept // 100] + telling(2, 80).split()[: len(words) * (100 - kept) // 100])
    estimate = similarity(signature(" ".join(words)), signature(other))
    assert abs(estimate - jaccard(" ".join(words), other)) < 0.2


def test_a_retold_story_shares_a_band() -> None:
    """At a similarity of 0.8 and above hardly any pair is missed."""
    chance = random.Random(3)
    missed = 0
    for seed in range(60):
        words = telling(seed, 25).split()
        for _ in range(4):
            words[chance.randrange(len(words))] = "replaced"
        one, other = signature(telling(seed, 25)), signature(" ".join(words))
        missed += not set(bands(one)) & set(bands(other))
    assert missed == 0


@given(st.text())
def test_any_text_has_a_signature_that_survives_packing(text: str) -> None:
    made = signature(text)
    assert made.shape == (PERMUTATIONS,)
    assert np.array_equal(unpack(pack(made)), made)
    assert len(set(bands(made))) == BANDS


def test_signatures_are_the_same_on_every_run() -> None:
    """They are kept in the catalog: a new version of a library must not change them."""
    assert pack(signature("The quick brown fox jumps over the lazy dog.")).hex()[:32] == EXPECTED


EXPECTED = "51986b1d154fce88facc481e6aa2633f"


def test_the_nearest_story_is_chosen_and_a_far_one_never() -> None:
    text = telling(1, 30)
    near = signature(text + " A last sentence was added by the editors of the paper.")
    same, far = signature(text), signature(telling(2, 30))
    assert nearest(same, [("far", pack(far)), ("near", pack(near)), ("same", pack(same))]) == "same"
    assert nearest(same, [("far", pack(far)), ("near", pack(near))]) == "near"
    assert nearest(same, [("far", pack(far))]) is None
    assert nearest(same, []) is None


def test_the_threshold_is_included() -> None:
    base = signature(telling(1))
    equal = int(np.ceil(SAME_STORY * PERMUTATIONS))
    other = base.copy()
    other[equal:] ^= 1
    assert nearest(base, [("story", pack(other))]) == "story"
    other[equal - 1] ^= 1
    assert nearest(base, [("story", pack(other))]) is None
