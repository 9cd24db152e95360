"""The parts of the reader's fit: the two linear models, the threshold, and the questions it learns from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from eval.errors import CaseError
from eval.training.examples import examples, read_squad
from eval.training.fit import ANSWERED, threshold_for
from eval.training.linear import auroc, fit_choice, fit_odds
from eval.training.material import read_material
from eval.training.reader import fit_reader
from ingest.embedder import Embedder
from service.pairing import Pair
from tests.remembering import RememberingEmbedder


def test_the_choice_learns_which_column_marks_the_right_row() -> None:
    rng = np.random.default_rng(0)
    groups = []
    for _ in range(60):
        rows = rng.standard_normal((5, 3))
        groups.append((rows, rows[:, 1] == rows[:, 1].max()))
    fitted = fit_choice(groups, np.ones(3), ridge=1.0, prior=np.zeros(3))
    assert np.mean([right[np.argmax(fitted(rows))] for rows, right in groups]) > 0.95


def test_a_large_scale_keeps_a_weight_small() -> None:
    rows = np.array([[1.0, 1.0], [0.0, 0.0]])
    groups = [(rows, np.array([True, False]))] * 20
    free, held = fit_choice(groups, np.array([1.0, 10.0]), ridge=1.0, prior=np.zeros(2)).weights
    assert 0 < held < free / 10


def test_a_weight_without_evidence_keeps_its_prior() -> None:
    rows = np.array([[1.0, 0.0], [0.0, 0.0]])
    groups = [(rows, np.array([True, False]))] * 20
    used, unused = fit_choice(groups, np.ones(2), ridge=1.0, prior=np.array([0.0, 1.5])).weights
    assert used > 0.5
    assert unused == pytest.approx(1.5, abs=1e-3)


def test_the_odds_are_calibrated_and_follow_the_weights() -> None:
    rng = np.random.default_rng(1)
    rows = rng.standard_normal((4000, 2))
    right = rng.random(4000) < 1 / (1 + np.exp(-(2 * rows[:, 0] - 1)))
    plain = fit_odds(rows, right, np.ones(4000), np.ones(2), ridge=0.1)
    assert plain.weights == pytest.approx([2.0, 0.0], abs=0.2)
    assert plain.bias == pytest.approx(-1.0, abs=0.2)
    doubled = fit_odds(rows, right, np.where(right, 2.0, 1.0), np.ones(2), ridge=0.1)
    assert doubled.bias - plain.bias == pytest.approx(np.log(2), abs=0.1)


def test_the_threshold_lets_the_promised_share_through() -> None:
    chances = np.random.default_rng(2).random(500)
    threshold = threshold_for(chances)
    assert ANSWERED <= np.mean(chances >= threshold) <= ANSWERED + 0.02


def test_auroc_counts_the_pairs_in_order_and_halves_ties() -> None:
    assert auroc(np.array([0.9, 0.2, 0.2, 0.1]), np.array([True, True, False, False])) == pytest.approx(0.875)


def test_every_mix_but_the_first_two_has_no_answer(tmp_path: Path, embedder: Embedder) -> None:
    path = tmp_path / "set.json"
    path.write_text(json.dumps({"data": [_entry("Marwa"), _entry("Lindo")]}), encoding="utf-8")
    first, second = read_squad(path).values()
    found = list(examples(first, ("among", "alone", "without", "elsewhere", "renamed"), embedder, second))
    assert {example.mix for example in found if example.answerable} == {"among", "alone"}
    assert {example.mix for example in found} == {"among", "alone", "without", "elsewhere", "renamed"}
    for example in found:
        titles = {item.article.title for item in example.evidence}
        assert titles == {"Lindo" if example.mix == "elsewhere" else "Marwa"}
        assert ("Lindo" in example.question) == (example.mix == "renamed")
    (gold,) = found[0].gold
    assert gold[1].of(found[0].evidence[0].article.text) == "Marwa closed in 2012."


class Overlap:
    """A cross-encoder that counts shared words."""

    name = "overlap"

    def score(self, pairs: Sequence[Pair]) -> NDArray[np.float64]:
        return np.array([len({*pair.question.split()} & {*pair.sentence.split()}) - 4.0 for pair in pairs])


def test_the_reader_is_fitted_the_same_twice_and_tells_what_it_reaches(sets: Path, embedder: Embedder) -> None:
    told: list[str] = []
    one, two = (
        fit_reader(read_material(sets), RememberingEmbedder(embedder), Overlap(), None, told.append) for _ in range(2)
    )
    assert one == two
    stored = json.loads(one)
    assert stored["cross"] > 0
    assert 0 <= stored["threshold"] <= 1
    text = "\n".join(told)
    assert "squad2, 4 untouched articles" in text
    assert "clapnq, untouched half" in text
    assert "top-1" in text


def test_no_article_is_in_two_parts(sets: Path) -> None:
    material = read_material(sets)
    parts = [
        {article.title for shelf in shelves for article, _ in shelf.passages}
        for shelves in (material.training, material.calibration, material.test)
    ]
    assert all(parts)
    assert len(set().union(*parts)) == sum(map(len, parts))


def test_a_missing_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"squad2\.json"):
        read_material(tmp_path)


def _entry(name: str) -> dict[str, object]:
    asked = {"question": f"When did {name} close?", "is_impossible": False}
    paragraphs = [
        {"context": f"{name} closed in 2012. Ships left.", "qas": [{**asked, "answers": [{"answer_start": 5}]}] * 2},
        {"context": "Storms are common. Winters are mild.", "qas": []},
    ]
    return {"title": name, "paragraphs": paragraphs}
