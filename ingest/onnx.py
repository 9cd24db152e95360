"""Running exported models: onnxruntime sessions and their tokenizers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer


def open_session(model: Path | bytes) -> InferenceSession:
    """A session over a file or its content that computes on the caller's thread alone. onnxruntime raises types of its
    own for a bad model."""
    report_nothing()
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    source = model if isinstance(model, bytes) else str(model)
    return InferenceSession(source, options, providers=["CPUExecutionProvider"])


def report_nothing() -> None:
    """Since 1.29 onnxruntime reports to its maker, unless it is told not to before it is loaded."""
    os.putenv("ORT_DISABLE_TELEMETRY", "1")


def read_tokenizer(path: Path) -> Tokenizer:
    """A tokenizer that neither truncates nor pads. tokenizers raises bare exceptions for a bad file."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
