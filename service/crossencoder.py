"""The project's own cross-encoder: reads a question and a sentence together, and gives the odds that it answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.embedding import locate
from ingest.onnx import open_session, read_tokenizer
from ingest.processor import cores
from service.errors import ModelError
from service.pairing import Encoded, Pair, Pairing

PACKAGED = Path(__file__).parent / "weights"


class CrossEncoder(Protocol):
    """Scores pairs."""

    @property
    def name(self) -> str:
        """Name and fingerprint of the weights."""

    def score(self, pairs: Sequence[Pair]) -> NDArray[np.float64]:
        """One a pair: the log-odds that its sentence answers, against that nothing does. Shape (len(pairs),)."""


class OnnxCrossEncoder:
    """The weights that `dossier eval train` wrote into a folder.

    Each pair runs alone, one a core: dynamic int8 takes its scale from all that runs together, and equal pairs must
    get equal scores whatever is scored beside them.
    """

    def __init__(self, folder: Path = PACKAGED) -> None:
        """Raises: ModelError when the weights are missing or not the ones that were written."""
        manifest = json.loads(_read(folder / "encoder.json"))
        weights = _read(folder / "encoder.onnx")
        if hashlib.sha256(weights).hexdigest() != manifest["sha256"]:
            raise _damaged(folder, "their checksum differs")
        self.name = f"{manifest['name']}:{manifest['sha256'][:12]}"
        source, _ = locate(manifest["tokenizer"])
        self._pairing = Pairing(read_tokenizer(Path(source) / "tokenizer.json"))
        self._session = open_session(weights)
        self._workers = ThreadPoolExecutor(cores(), thread_name_prefix="dossier-crossencoder")

    def score(self, pairs: Sequence[Pair]) -> NDArray[np.float64]:
        """See `CrossEncoder`."""
        return np.fromiter(self._workers.map(self._logit, self._pairing.encode(pairs)), np.float64, len(pairs))

    def _logit(self, pair: Encoded) -> float:
        sentence = np.zeros((1, len(pair.ids)), dtype=np.float32)
        sentence[0, pair.start : pair.end] = 1.0
        feed = {
            "input_ids": np.array([pair.ids], dtype=np.int64),
            "token_type_ids": np.array([pair.segments], dtype=np.int64),
            "sentence": sentence,
        }
        (logits,) = self._session.run(None, feed)
        return float(logits[0])


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _damaged(path.parent, f"{path.name}: {error.strerror}") from error


def _damaged(folder: Path, reason: str) -> ModelError:
    return ModelError(f"The reader's weights in {folder} are damaged ({reason}).", "Install dossier again.")
