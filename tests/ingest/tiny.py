"""Tiny sentence-transformers models of random weights, made on the spot; importing this imports torch."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Literal

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Dense, Pooling, Transformer
from transformers import BertConfig, BertModel, BertTokenizerFast

WIDTH = 32
MAX_TOKENS = 48


def make_model(
    folder: Path,
    *,
    seed: int = 1,
    pooling: Literal["mean", "cls", "max"] = "mean",
    dense: bool = False,
    outliers: bool = False,
    lower_case: bool = True,
) -> Path:
    """Saves a one-layer BERT over letters into `folder`. `outliers` makes weights that 8 bits cannot hold."""
    torch.manual_seed(seed)
    base = folder.with_name(f"{folder.name}-base")
    base.mkdir(parents=True)
    alphabet = string.ascii_letters + string.digits
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *alphabet, *(f"##{letter}" for letter in alphabet), *".,?'"]
    vocabulary = base / "vocab.txt"
    vocabulary.write_text("\n".join(pieces), encoding="utf-8")
    tokenizer = BertTokenizerFast(str(vocabulary), do_lower_case=lower_case)  # type: ignore[no-untyped-call]
    tokenizer.save_pretrained(base)
    bert = BertModel(  # type: ignore[no-untyped-call]
        BertConfig(  # type: ignore[no-untyped-call]
            vocab_size=len(pieces),
            hidden_size=WIDTH,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=64,
            max_position_embeddings=64,
            initializer_range=0.5,
        )
    )
    if outliers:
        for name, weight in bert.named_parameters():
            if weight.ndim == 2 and "embeddings" not in name:
                weight.data[0, 0] = 3000.0
    bert.save_pretrained(base)
    transformer = Transformer(str(base), max_seq_length=MAX_TOKENS)
    modules = [transformer, Pooling(WIDTH, pooling_mode=pooling)]
    if dense:
        modules.append(Dense(WIDTH, 16))
    SentenceTransformer(modules=modules, device="cpu").save(str(folder))
    return folder
