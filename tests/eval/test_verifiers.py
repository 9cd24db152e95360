from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from eval.verifiers import EntailmentVerifier, accuracy, verifier_named
from service.errors import ModelError
from service.verify import RuleVerifier


@pytest.fixture(scope="module", params=[("contradiction", "entailment", "neutral"), ("entailment",)])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CrossEncoder of random weights, with three labels or one."""
    return make_cross_encoder(tmp_path_factory.mktemp("nli"), request.param)


def make_cross_encoder(folder: Path, labels: tuple[str, ...]) -> Path:
    import torch

    transformers: Any = import_module("transformers")  # its classes are untyped
    torch.manual_seed(1)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "river", "was", "low"]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    config = transformers.BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        id2label=dict(enumerate(labels)),
        label2id={label: number for number, label in enumerate(labels)},
        num_labels=len(labels),
    )
    transformers.BertForSequenceClassification(config).save_pretrained(folder)
    transformers.BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


def test_a_cross_encoder_judges_by_its_entailment(model: Path) -> None:
    verifier = verifier_named(str(model))
    assert isinstance(verifier, EntailmentVerifier)
    judgement = verifier.judge("the river was low", ["the river"], "ignored")
    assert 0 < judgement.support < 1
    assert judgement.verdict == ("supported" if judgement.support >= 0.5 else "unsupported")
    assert judgement == verifier.judge("the river was low", ["the river"])
    assert verifier.judge("the river", []).verdict == "unsupported"
    assert str(model) in verifier.name


def test_a_model_without_entailment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no label called entailment"):
        EntailmentVerifier(str(make_cross_encoder(tmp_path, ("yes", "no"))))


def test_a_model_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="cannot be loaded"):
        EntailmentVerifier(str(tmp_path / "gone"))


def test_the_rules_go_by_their_name_and_unmeasured_verifiers_say_so() -> None:
    assert verifier_named("rules").name == RuleVerifier().name
    assert "has not been measured" in accuracy("nobody")
    assert "balanced accuracy" in accuracy(RuleVerifier().name)
