"""Exports a sentence-transformers model to ONNX, once, in a process of its own: torch never enters the caller.

`python -m ingest.export MODEL FOLDER KIND` writes `model.onnx`, `tokenizer.json` and `embedder.json` into FOLDER.
KIND is an int8 kind of `ingest.processor`, or `none`. Int8 is kept only where its vectors have a mean cosine of at
least `MIN_COSINE` to the fp32 ones on this very processor: without VNNI, 8-bit products saturate.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ingest.onnx import report_nothing

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from ingest.embedder import Vectors

MIN_COSINE = 0.99
SAMPLE = (
    "Who signed it?",
    "The talks ended on Tuesday without a date for the next round.",
    "Officials said that 1,250 soldiers would leave the base by 31 December 2013.",
    "Why did the price of wheat rise by 14 percent in a single week?",
    "The minister, who had opposed the treaty for a decade, voted for it after all. Few had expected that. "
    "His party lost eleven seats in the election that followed, and he resigned in March.",
    "Rain delayed the final by two hours.",
    "Under the agreement the two countries share the water of the river between April and October; in winter the dam "
    "may release what its turbines need. Farmers downstream have asked for a third of it since 1994.",
    "Its shares closed at $41.20, down from $43.",
)


def export(source: str, folder: Path, kind: str | None) -> None:
    """Writes the runtime files of the model `source` (a path or a hub name) into `folder`."""
    from sentence_transformers import SentenceTransformer

    torch_model = SentenceTransformer(source, device="cpu")
    manifest = describe(torch_model)
    if manifest["pooling"] is None:
        manifest |= {"variant": "torch", "cosine": 1.0}
    else:
        reference = np.asarray(torch_model.encode(list(SAMPLE), normalize_embeddings=True), dtype=np.float32)
        manifest |= export_onnx(source, folder, kind, manifest, reference)
    (folder / "embedder.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def describe(model: SentenceTransformer) -> dict[str, Any]:
    """What the runtime must know. `pooling` is None for a model that only sentence-transformers itself can run."""
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling

    modules = list(model)
    pooling = modules[1].pooling_mode if len(modules) > 1 and isinstance(modules[1], Pooling) else None
    plain = len(modules) == 2 or (len(modules) == 3 and isinstance(modules[2], Normalize))
    weights = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        weights.update(name.encode() + tensor.detach().cpu().contiguous().numpy().tobytes())
    tokenizer = model.tokenizer.backend_tokenizer if model.tokenizer.is_fast else None
    pooled = pooling if plain and pooling in {"mean", "cls"} and tokenizer is not None else None
    read = model.tokenizer(list(SAMPLE))["input_ids"]
    facts = [pooling, model.max_seq_length, model.prompts, len(modules), model.tokenizer.get_vocab(), read]
    weights.update(json.dumps(facts, sort_keys=True).encode())
    return {
        "dimension": model.get_embedding_dimension(),
        "fingerprint": weights.hexdigest(),
        "pooling": pooled,
        "max_tokens": model.max_seq_length,
        "prompts": {name: model.prompts.get(name) or "" for name in ("query", "document")},
    }


def export_onnx(
    source: str, folder: Path, kind: str | None, manifest: dict[str, Any], reference: Vectors
) -> dict[str, Any]:
    """Exports and chooses the fastest variant that stays close to `reference`, the fp32 vectors of `SAMPLE`."""
    from sentence_transformers import SentenceTransformer, export_dynamic_quantized_onnx_model

    from ingest.embedding import OnnxEmbedder

    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        model = SentenceTransformer(source, backend="onnx", model_kwargs={"provider": "CPUExecutionProvider"})
        model.save_pretrained(scratch)
        shutil.copy(Path(scratch) / "tokenizer.json", folder / "tokenizer.json")
        if kind is not None:
            export_dynamic_quantized_onnx_model(model, quantization(kind), scratch, file_suffix="int8")
        candidates = [("fp32", "model.onnx")] if kind is None else [(kind, "model_int8.onnx"), ("fp32", "model.onnx")]
        for variant, name in candidates:
            shutil.copy(Path(scratch) / "onnx" / name, folder / "model.onnx")
            vectors = OnnxEmbedder(folder, manifest | {"name": source, "version": ""}).encode(SAMPLE)
            cosine = float(np.mean(np.sum(vectors * reference, axis=1)))
            if cosine >= MIN_COSINE:
                return {"variant": variant, "cosine": round(cosine, 4)}
    raise SystemExit(f"The exported model differs from the original (mean cosine {cosine:.3f}).")


def quantization(kind: str) -> Any:
    """Dynamic int8 for `kind`; without VNNI the weights keep 7 bits, so that 16-bit sums cannot saturate."""
    from optimum.onnxruntime import AutoQuantizationConfig

    if kind == "avx2":
        return AutoQuantizationConfig.avx2(is_static=False, reduce_range=True)
    return getattr(AutoQuantizationConfig, kind)(is_static=False)


if __name__ == "__main__":
    report_nothing()
    export(sys.argv[1], Path(sys.argv[2]), None if sys.argv[3] == "none" else sys.argv[3])
