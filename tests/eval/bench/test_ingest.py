from collections.abc import Callable, Sequence

import numpy as np
import pytest

from eval.bench.commands.shared import SAMPLE
from eval.bench.ingest import IngestSpeed, Round, embedded_texts
from eval.errors import RunError
from ingest.documents import Failure
from ingest.embedder import Stamp, Vectors
from ingest.errors import SourceError
from ingest.sources import read


class WordCounter:
    """An embedder of which only the counting is asked."""

    stamp = Stamp("words", "1", 1, "words")
    variant = "words"

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        return np.ones((len(texts), 1), dtype=np.float32)

    def encode_query(self, text: str) -> Vectors:
        return np.ones(1, dtype=np.float32)


def test_the_bare_loop_gets_each_article_s_passages_once_under_their_title() -> None:
    documents = list(read([str(SAMPLE)]))
    failure = Failure("gone", SourceError("It is gone."))
    texts = embedded_texts([*documents, failure, *documents], WordCounter())
    assert len(texts) == len(set(texts)) >= 2 * len(documents)
    assert any(text.startswith("Uzbekistan suspends its membership of the CSTO") for text in texts)


def test_nothing_to_ingest_is_said() -> None:
    with pytest.raises(RunError, match="nothing to ingest"):
        embedded_texts([Failure("gone", SourceError("It is gone."))], WordCounter())


def test_the_ratio_is_the_median_of_the_rounds_ratios() -> None:
    speed = IngestSpeed(2, 9, "words 1", "fp32", (Round(50, 100), Round(90, 100), Round(30, 40)))
    assert speed.ratio == 0.75
    assert (speed.pipeline, speed.bare) == (50, 100)
    assert speed.summary()["rounds"] == (
        {"pipeline": 50, "bare": 100},
        {"pipeline": 90, "bare": 100},
        {"pipeline": 30, "bare": 40},
    )
