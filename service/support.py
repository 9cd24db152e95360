"""How much of a statement its quotes hold, as a calibrated probability."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from math import exp, log1p

from service.facts.lexicon import LIGHT_WORDS
from service.facts.matching import Source
from service.facts.reading import Facts
from service.facts.tokens import Token, stems_of

FEATURES = ("covered", "in_one_quote", "in_order", "missing", "particulars")
_REACH = 4


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic model over `FEATURES`; at `threshold` and above a statement counts as supported."""

    weights: tuple[float, ...]
    bias: float
    threshold: float
    fitted_on: str

    def probability(self, features: Sequence[float]) -> float:
        """Probability in (0, 1) that the quotes support the statement."""
        margin = self.bias + sum(weight * value for weight, value in zip(self.weights, features, strict=True))
        return 1 / (1 + exp(-max(-60.0, min(60.0, margin))))


@lru_cache(maxsize=1)
def calibration() -> Calibration:
    """The coefficients fitted by `eval.training.verifier`."""
    stored = json.loads(resources.files("service").joinpath("verify.json").read_text("utf-8"))
    weights = tuple(float(stored["weights"][name]) for name in FEATURES)
    return Calibration(weights, float(stored["bias"]), float(stored["threshold"]), stored["fitted_on"])


def features(statement: Facts, source: Source, particulars: int) -> tuple[float, ...]:
    """The values of `FEATURES`: shares in [0, 1] of the statement's content words that all quotes hold, that the best
    single quote holds, and of its neighbouring pairs that a quote holds in order; then log1p of the number of words
    missing and of `particulars`, the numbers, dates and names refused."""
    words = [token for token in statement.words if _counts(token, statement, source)]
    held = [source.holds(token) for token in words]
    share = sum(held) / len(words) if words else 0.0
    missing = len(words) - sum(held)
    return (share, _best_quote(words, source), _in_order(words, source), log1p(missing), log1p(particulars))


def _counts(token: Token, statement: Facts, source: Source) -> bool:
    """Light words, and names that only the context explains, neither add to the support nor take from it."""
    if token.stem in stems_of(LIGHT_WORDS):
        return False
    return source.holds(token) or token.index not in statement.name_indexes or not source.knows(token, statement)


def _best_quote(words: Sequence[Token], source: Source) -> float:
    if not words:
        return 0.0
    return max(
        (sum(token.stem in quote.tokens.stems for token in words) / len(words) for quote in source.quotes), default=0.0
    )


def _in_order(words: Sequence[Token], source: Source) -> float:
    pairs = list(pairwise(words))
    if not pairs:
        return _best_quote(words, source)
    known = {pair for quote in source.quotes for pair in _pairs(quote.tokens.content)}
    return sum((left.stem, right.stem) in known for left, right in pairs) / len(pairs)


def _pairs(content: Sequence[Token]) -> set[tuple[str, str]]:
    return {
        (left.stem, right.stem) for place, left in enumerate(content) for right in content[place + 1 : place + _REACH]
    }
