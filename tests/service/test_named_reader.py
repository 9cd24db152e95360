"""Another CrossEncoder in the reader's place."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.article import Article, Passage, Span
from ingest.sentences import sentences
from service.errors import ModelError
from service.evidence import Evidence
from service.named_reader import NamedReader


@pytest.fixture(scope="module", params=[1, 2])
def reader(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> NamedReader:
    """A tiny model of no sense, with one label or two."""
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder = tmp_path_factory.mktemp("model")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "harbour", "closed", "rain", "fell", "when"]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)  # type: ignore[no-untyped-call]
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    config = BertConfig(vocab_size=len(words), num_labels=request.param, **sizes)  # type: ignore[no-untyped-call]
    BertForSequenceClassification(config).save_pretrained(folder)  # type: ignore[no-untyped-call]
    return NamedReader(str(folder), threshold=0.2)


def evidence(text: str) -> Evidence:
    article = Article(text, origin=text)
    span = Span(0, len(text))
    return Evidence(article, Passage(article.id, 0, span, tuple(sentences(text, span))), text, 0.1)


def test_every_sentence_is_scored_and_the_best_decides(reader: NamedReader) -> None:
    reading = reader.read("When?", [evidence("The harbour closed. Rain fell."), evidence("Rain fell.")])
    assert reading.answerable == max(item.answers for item in reading.evidence)
    assert 0 <= reading.answerable <= 1
    assert reading.evidence[0].marked[0].score == reading.answerable
    assert reader.read("When?", [evidence("Rain fell.")]) == reader.read("When?", [evidence("Rain fell.")])


def test_nothing_to_read_answers_nothing(reader: NamedReader) -> None:
    assert reader.read("When?", []).answerable == 0.0


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be loaded"):
        NamedReader(str(tmp_path / "none"), 0.5)
