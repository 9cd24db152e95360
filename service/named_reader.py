"""Any CrossEncoder of sentence-transformers as the reader, by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ingest.article import digest
from service.errors import ModelError
from service.evidence import Evidence, ScoredSentence
from service.features import Matrix
from service.reading import Reading

MARK = 0.5
"""Sentences of at least this share of the best one's score are marked."""


def load_crossencoder(model: str, part: str, usual: str) -> Any:
    """The CrossEncoder in a folder or of a hub name. `part` and `usual` are for the error: what it was to be, and the
    name that always works. Raises: ModelError when it cannot be loaded."""
    from sentence_transformers import CrossEncoder

    try:
        return CrossEncoder(model, device="cpu")
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelError(
            f"The {part} {model} cannot be loaded ({type(error).__name__}).",
            f"Give `{usual}`, or the folder or hub name of a CrossEncoder.",
        ) from error


def fingerprinted(name: str, model: Any) -> str:
    """The name of a CrossEncoder and a fingerprint of its configuration."""
    return f"{name} ({digest(model.config.to_json_string())[:8]})"


class NamedReader:
    """Scores every sentence beside the question, and takes the best score for the chance that something answers.

    Of a model with several labels the last one's share is taken. How high a score an answer needs differs between
    models: `threshold` is to be set for each.
    """

    def __init__(self, model: str, threshold: float) -> None:
        """`model` is a folder or a hub name. Raises: ModelError when it cannot be loaded."""
        self._model = load_crossencoder(model, "reader", "packaged")
        self.threshold = threshold
        self.name = fingerprinted(model, self._model)

    def read(self, question: str, evidence: Sequence[Evidence]) -> Reading:
        """See `service.reading.Reader`."""
        spans = [(item, span) for item in evidence for span in item.passage.sentences]
        if not spans:
            return Reading(tuple(evidence), 0.0)
        scores = self._scores([(question, span.of(item.article.text)) for item, span in spans])
        best = float(scores.max())
        read, start = [], 0
        for item in evidence:
            own = scores[start : start + len(item.passage.sentences)]
            start += len(own)
            marks = [
                ScoredSentence(span, float(score)) for span, score in zip(item.passage.sentences, own, strict=True)
            ]
            kept = sorted((mark for mark in marks if mark.score >= MARK * best), key=lambda mark: -mark.score)
            read.append(replace(item, answers=float(own.max(initial=0.0)), marked=tuple(kept)))
        return Reading(tuple(sorted(read, key=lambda item: -item.answers)), best)

    def _scores(self, pairs: Sequence[tuple[str, str]]) -> Matrix:
        single = self._model.config.num_labels == 1
        scores = np.asarray(self._model.predict(list(pairs), apply_softmax=not single), dtype=np.float64)
        if not single:
            return scores[:, -1]
        bare = type(self._model.activation_fn).__name__ == "Identity"
        return 1 / (1 + np.exp(-scores)) if bare else scores
