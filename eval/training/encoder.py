"""Trains the cross-encoder: in each lesson the right sentences, or "nothing answers", must outweigh the rest."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from eval.training.export import export
from eval.training.lessons import Lesson, lessons
from eval.training.material import Material
from eval.training.models import BASE, packaged_embedder, packaged_folder, packaged_pairing
from eval.training.network import Network, padded
from eval.training.remembering import RememberingEmbedder
from service.pairing import Pairing

AHEAD = 32
"""Batches that are drawn together and sorted by length, so that little is padded."""
WARM_UP, FLOOR = 0.08, 0.02
WEIGHT_DECAY = 0.01
CLIP = 1.0


Progress = Callable[[int, int, float], None]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How long and how fast: `batch` is in lessons, the rates are the highest of a linear schedule."""

    epochs: int = 2
    batch: int = 8
    rate: float = 5e-5
    head_rate: float = 5e-4
    seed: int = 1


def train(
    network: Network,
    pairing: Pairing,
    draw: Callable[[random.Random], Sequence[Lesson]],
    recipe: Recipe,
    progress: Progress,
) -> None:
    """Fits the network in place; each epoch draws its lessons anew. `progress` is told the step, of how many, and the
    running loss. What dropout draws is the caller's to seed."""
    rng = random.Random(recipe.seed)  # noqa: S311 - repeatable draws, nothing secret
    first = list(draw(rng))
    steps = recipe.epochs * -(-len(first) // recipe.batch)
    optimizer = torch.optim.AdamW(
        [
            {"params": network.encoder.parameters(), "lr": recipe.rate},
            {"params": network.head.parameters(), "lr": recipe.head_rate},
        ],
        weight_decay=WEIGHT_DECAY,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps))
    network.train()
    step, running = 0, 0.0
    for epoch in range(recipe.epochs):
        for batch in batches(first if epoch == 0 else list(draw(rng)), recipe.batch, rng):
            loss = lesson_loss(network, pairing, batch)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(network.parameters(), CLIP)
            optimizer.step()
            schedule.step()
            step += 1
            running = loss.item() if step == 1 else 0.98 * running + 0.02 * loss.item()
            progress(step, steps, running)
    network.eval()


def train_encoder(material: Material, recipe: Recipe, out: Path, progress: Progress) -> None:
    """Trains on the training shelves, and writes what `service.crossencoder` reads."""
    embedder = RememberingEmbedder(packaged_embedder())
    torch.manual_seed(recipe.seed)
    network = Network(packaged_folder())

    def draw(rng: random.Random) -> list[Lesson]:
        return [lesson for shelf in material.training for lesson in lessons(shelf, embedder, rng)]

    train(network, packaged_pairing(), draw, recipe, progress)
    export(network, BASE, out)


def batches(found: Sequence[Lesson], size: int, rng: random.Random) -> Iterator[Sequence[Lesson]]:
    """Every lesson once, in batches of like length and in random order."""
    mixed = rng.sample(list(found), len(found))
    for start in range(0, len(mixed), size * AHEAD):
        ahead = sorted(mixed[start : start + size * AHEAD], key=_length)
        parts = [ahead[at : at + size] for at in range(0, len(ahead), size)]
        yield from rng.sample(parts, len(parts))


def lesson_loss(network: Network, pairing: Pairing, batch: Sequence[Lesson]) -> Tensor:
    """The mean over lessons of minus the log of the share that the right sentences have of the softmax over all
    sentences and "nothing answers", whose logit is 0."""
    logits = network(**padded(pairing.encode([pair for lesson in batch for pair in lesson.pairs])))
    losses = []
    for own, lesson in zip(logits.split([len(lesson.pairs) for lesson in batch]), batch, strict=True):
        everything = torch.cat([own, own.new_zeros(1)])
        right = torch.tensor([*lesson.right, not any(lesson.right)])
        losses.append(torch.logsumexp(everything, 0) - torch.logsumexp(everything[right], 0))
    return torch.stack(losses).mean()


def _length(lesson: Lesson) -> int:
    return max(sum(map(len, pair)) for pair in lesson.pairs)


def _rate(step: int, steps: int) -> float:
    return min(1.0, (step + 1) / (WARM_UP * steps + 1)) * max(FLOOR, 1 - step / steps)
