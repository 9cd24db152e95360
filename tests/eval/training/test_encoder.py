"""The training of the cross-encoder, small enough to run here."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import torch

from eval.training.encoder import Recipe, batches, lesson_loss, train
from eval.training.export import export
from eval.training.lessons import Lesson
from eval.training.models import BASE, packaged_folder, packaged_pairing
from eval.training.network import Network, padded
from service.crossencoder import OnnxCrossEncoder
from service.pairing import Pair

QUESTION = "Which animal barks?"
LESSONS = [
    Lesson([Pair(QUESTION, "", "", "The dog barks."), Pair(QUESTION, "", "", "The river froze.")], [True, False]),
    Lesson([Pair("Who rows?", "", "", "The river froze."), Pair("Who rows?", "", "", "Ann rows.")], [False, True]),
    Lesson([Pair("Who sings?", "", "", "The river froze.")], [False]),
]


@pytest.fixture(scope="module")
def network() -> Network:
    """Two of the six layers: enough to learn three lessons by heart."""
    torch.manual_seed(0)
    network = Network(packaged_folder(), dropout=0.0)
    network.encoder.encoder.layer = network.encoder.encoder.layer[:2]
    return network


@pytest.fixture(scope="module")
def losses(network: Network) -> list[float]:
    told: list[float] = []
    recipe = Recipe(epochs=12, batch=3, rate=2e-4)
    train(network, packaged_pairing(), lambda rng: LESSONS, recipe, lambda step, steps, loss: told.append(loss))
    return told


def test_training_learns_the_lessons(network: Network, losses: list[float]) -> None:
    assert len(losses) == 12
    with torch.no_grad():
        assert lesson_loss(network, packaged_pairing(), LESSONS).item() < losses[0] / 2


def test_the_exported_weights_say_what_the_network_says(network: Network, losses: list[float], tmp_path: Path) -> None:
    export(network, BASE, tmp_path)
    pairs = [pair for lesson in LESSONS for pair in lesson.pairs]
    with torch.no_grad():
        expected = network(**padded(packaged_pairing().encode(pairs))).numpy()
    assert OnnxCrossEncoder(tmp_path).score(pairs) == pytest.approx(np.asarray(expected), abs=0.5)


def test_every_lesson_is_gone_through_once() -> None:
    found = [part for batch in batches(LESSONS * 30, 4, random.Random(1)) for part in batch]
    assert sorted(map(id, found)) == sorted(map(id, LESSONS * 30))
