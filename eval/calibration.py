"""A judge held against people: how far its grades agree with theirs, beyond chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from eval.claims import Claim
from eval.judge import Grade, Judge, same_model

RESAMPLES = 1000
SEED = 1
FAIR = 0.4
"""Below this kappa a judge agrees with people only fairly, in the usual reading (Landis and Koch 1977)."""


@dataclass(frozen=True, slots=True)
class People:
    """How far the people who labelled the claims agree with one another, over the `n` claims that two or more judged.

    `agreement` is the chance that two of them say the same of a claim, `kappa` the same beyond chance (Fleiss 1971,
    with as many votes a claim as there are); None where all votes are equal.
    """

    n: int
    agreement: float
    kappa: float | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """A judge's agreement with the people's labels over `n` claims; `unscored` claims had no grade.

    `kappa` is Cohen's; None where it is not defined, since judge or people said the same of every claim. `interval` is
    its 95 % interval from a percentile bootstrap that draws whole groups of claims.
    """

    judge: str
    n: int
    unscored: int
    agreement: float | None
    kappa: float | None
    interval: tuple[float, float] | None
    people: People | None


def calibrate(judge: Judge, claims: Sequence[Claim], progress: Callable[[int], None] | None = None) -> Calibration:
    """Grades the claims and compares with their labels; only `yes` counts as supported, since `partly` proves less.

    `progress` is told how many are done more. Never raises for what the model does.
    """
    grades: list[Grade] = []
    with ThreadPoolExecutor(judge.workers) as pool:
        for grade in pool.map(
            lambda claim: judge.grade_support(claim.statement, claim.sentences, claim.context), claims
        ):
            grades.append(grade)
            if progress:
                progress(1)
    graded = [
        (claim, grade.value == 1.0) for claim, grade in zip(claims, grades, strict=True) if grade.value is not None
    ]
    labels = np.array([claim.supported for claim, _ in graded], dtype=bool)
    said = np.array([supported for _, supported in graded], dtype=bool)
    return Calibration(
        judge=judge.name,
        n=len(graded),
        unscored=len(claims) - len(graded),
        agreement=float(np.mean(labels == said)) if graded else None,
        kappa=_kappa(labels, said, np.ones(len(graded))),
        interval=_interval(labels, said, [claim.group for claim, _ in graded]),
        people=among_people(claims),
    )


def among_people(claims: Sequence[Claim]) -> People | None:
    """The agreement of the people's votes with one another; None where no claim has two."""
    voted = [claim.votes for claim in claims if len(claim.votes) > 1]
    if not voted:
        return None
    pairs = [np.mean([one == other for one, other in combinations(votes, 2)]) for votes in voted]
    agreement = float(np.mean(pairs))
    share = float(np.mean([vote for votes in voted for vote in votes]))
    chance = share**2 + (1 - share) ** 2
    return People(len(voted), agreement, None if chance == 1 else (agreement - chance) / (1 - chance))


def notes(judge: Judge, calibration: Calibration | None, models: Mapping[str, str]) -> list[str]:
    """What a reader of the judge's grades must know of it."""
    told = [f"Graded by {judge.name}, a language model; its grades are no part of the gate."]
    if same_model(judge, models):
        told.append(f"{judge.name} also made these answers: a model that judges itself tends to be lenient.")
    return told + (_agreement(calibration) if calibration else ["How far it agrees with people was not measured."])


def _agreement(calibration: Calibration) -> list[str]:
    if calibration.agreement is None:
        return [f"Held against people it gave no grade at all ({calibration.unscored} claims)."]
    unscored = f"; {calibration.unscored} more had no grade" if calibration.unscored else ""
    told = [
        f"Held against people on {calibration.n} claims it agreed on {calibration.agreement:.1%}, "
        f"Cohen's kappa {_with_interval(calibration)}{unscored}."
    ]
    if calibration.people:
        told.append(_people(calibration.people))
    if calibration.kappa is None or calibration.kappa < FAIR:
        told.append(f"A kappa under {FAIR} is at most fair: do not lean on these grades.")
    return told


def _with_interval(calibration: Calibration) -> str:
    if calibration.kappa is None:
        return "undefined (one label only)"
    if calibration.interval is None:
        return f"{calibration.kappa:.2f}"
    low, high = calibration.interval
    return f"{calibration.kappa:.2f} (95 % interval {low:.2f} to {high:.2f})"


def _people(people: People) -> str:
    beyond = "" if people.kappa is None else f", kappa {people.kappa:.2f}"
    return f"Two people agree with each other on {people.agreement:.1%} of {people.n} claims{beyond}."


def _kappa(labels: np.ndarray, said: np.ndarray, weights: np.ndarray) -> float | None:
    from sklearn.metrics import cohen_kappa_score

    drawn = weights > 0
    if not drawn.any() or len({*labels[drawn].tolist(), *said[drawn].tolist()}) < 2:
        return None
    return float(cohen_kappa_score(labels, said, sample_weight=weights))


def _interval(labels: np.ndarray, said: np.ndarray, groups: Sequence[str]) -> tuple[float, float] | None:
    names, member = np.unique(np.array(groups, dtype=object), return_inverse=True)
    if len(names) < 2:
        return None
    random = np.random.default_rng(SEED)
    draws = random.multinomial(len(names), np.full(len(names), 1 / len(names)), size=RESAMPLES)
    kappas = [kappa for draw in draws if (kappa := _kappa(labels, said, draw[member].astype(float))) is not None]
    if not kappas:
        return None
    low, high = np.percentile(kappas, [2.5, 97.5])
    return float(low), float(high)
