"""Who judges support, and how good a judge that is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from service.errors import ModelError
from service.named_reader import fingerprinted, load_crossencoder
from service.reading import Judgement, Verifier
from service.verify import RuleVerifier

MEASURED = Path(__file__).parent / "baselines" / "verifiers.json"
"""What each verifier reached on the sets of support, as `dossier eval quality` measured it."""
HALF = 0.5


class EntailmentVerifier:
    """A sentence-transformers CrossEncoder for natural language inference as a judge of support; the quotes are the
    premise. A model with several labels must call one of them entailment; one with a single label gives it directly."""

    def __init__(self, model: str) -> None:
        """`model` is a folder or a hub name. Raises: ModelError when it cannot be loaded or tells no entailment."""
        self._model = load_crossencoder(model, "verifier", "rules")
        labels = [str(label).casefold() for _, label in sorted(self._model.config.id2label.items())]
        self._column = labels.index("entailment") if "entailment" in labels else 0
        if len(labels) > 1 and "entailment" not in labels:
            raise ModelError(f"{model} has no label called entailment.", "Give an NLI CrossEncoder.")
        self._single = len(labels) == 1
        self._named = model

    @cached_property
    def name(self) -> str:
        """The model and a fingerprint of its configuration."""
        return fingerprinted(self._named, self._model)

    def judge(self, statement: str, quotes: Sequence[str], context: str = "") -> Judgement:
        """See `service.reading.Verifier.judge`. The context is not read: it can support nothing."""
        if not quotes:
            return Judgement("unsupported", 0.0, ("Nothing is cited.",))
        (scores,) = self._model.predict([(" ".join(quotes), statement)], apply_softmax=not self._single)
        support = float(scores if self._single else scores[self._column])
        return Judgement("supported" if support >= HALF else "unsupported", min(1.0, max(0.0, support)))


def verifier_named(name: str) -> Verifier:
    """`rules`, or a CrossEncoder by folder or hub name. Raises: ModelError."""
    return RuleVerifier() if name == "rules" else EntailmentVerifier(name)


def accuracy(name: str) -> str:
    """What the verifier of that name reached on people's labels, as a sentence."""
    sets = _measured().get(name)
    if not sets:
        return "Its own accuracy has not been measured: run it on a set of claims, such as wice."
    told = ", ".join(f"{each} {value:.3f}" for each, value in sorted(sets.items()))
    return f"Its own balanced accuracy against people's labels: {told}."


def _measured() -> Mapping[str, Mapping[str, float]]:
    if not MEASURED.exists():
        return {}
    found: Mapping[str, Mapping[str, float]] = json.loads(MEASURED.read_text(encoding="utf-8"))
    return found
