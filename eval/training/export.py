"""Writes a trained cross-encoder as one int8 ONNX file that every processor reads the same way."""

from __future__ import annotations

import hashlib
import json
import tempfile
import warnings
from pathlib import Path

import torch

from eval.training.network import Network

OPSET = 17
NAME = "dossier-reader"


def export(network: Network, tokenizer: str, folder: Path) -> None:
    """Writes `encoder.onnx` and `encoder.json`, as `service.crossencoder` reads them.

    `tokenizer` names the packaged model whose tokenizer it reads with. Weights keep 7 of 8 bits: without VNNI
    instructions the sums of 8-bit products saturate, and one file must do for all processors.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "encoder.onnx"
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "fp32.onnx"
        _write_fp32(network, whole)
        quantize_dynamic(whole, target, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    manifest = {"name": NAME, "tokenizer": tokenizer, "sha256": hashlib.sha256(target.read_bytes()).hexdigest()}
    (folder / "encoder.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _write_fp32(network: Network, path: Path) -> None:
    network.eval()
    inputs = {
        "input_ids": torch.ones(1, 8, dtype=torch.long),
        "token_type_ids": torch.zeros(1, 8, dtype=torch.long),
        "sentence": torch.ones(1, 8),
    }
    with warnings.catch_warnings():
        # The tracing exporter is deprecated, but the other one needs a package more; torch is pinned.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            tuple(inputs.values()),
            str(path),
            input_names=list(inputs),
            output_names=["logit"],
            dynamic_axes={name: {0: "rows", 1: "pieces"} for name in inputs},
            dynamo=False,
            opset_version=OPSET,
        )
