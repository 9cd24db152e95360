"""An embedder behind an address: any server of OpenAI's `/v1/embeddings`, such as text-embeddings-inference, vLLM,
Infinity, llama.cpp or Ollama."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
import stamina
from pydantic import SecretStr

from ingest.article import digest
from ingest.embedder import Stamp, Vectors
from ingest.embedding import locate
from ingest.errors import EmbedderError
from ingest.onnx import read_tokenizer
from ingest.retries import log_retries

BATCH_TEXTS = 32
"""What text-embeddings-inference takes in one request unless it is told otherwise."""
AT_ONCE = 4
"""Requests under way: a server with a GPU makes one batch of them."""
CONNECT_SECONDS, READ_SECONDS = 5.0, 15.0
ATTEMPTS = 5
PATIENCE_SECONDS = 30.0
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.2, 5.0
SHORTEST_CUT = 200
TOKENS_AS = "all-MiniLM-L6-v2"

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, 529})
_TOO_LARGE = frozenset({400, 413, 422})
"""How servers refuse a batch or a text that is longer than they take; they share no status for it."""


class _Passing(EmbedderError):
    """A failure that may pass; `wait` is what the server asked for, in seconds."""

    retryable = True

    def __init__(self, message: str, help: str = "", wait: float | None = None) -> None:
        super().__init__(message, help)
        self.wait = wait


class _TooLarge(EmbedderError):
    """The server takes no such input."""


class ServedEmbedder:
    """The embedder called `name` of the server at `url`, which ends in `/v1` for most.

    Its fingerprint covers the name and the dimension, nothing measured: one model's vectors differ a little between
    servers, processors and batches, so that a fingerprint of a probe's vector would refuse an index for rounding, and
    the `model` that a server reports back is a path here and an echo there. That the vectors in the index are still
    what the server gives is what the sample of `dossier check` proves.
    """

    variant = "served"

    def __init__(self, name: str, url: str, api_key: SecretStr | None = None) -> None:
        """Asks the server for one vector, to know its dimension. Raises: EmbedderError."""
        log_retries()
        self._name = name
        self._url = url.rstrip("/")
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {api_key.get_secret_value()}"} if api_key else None,
            timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            trust_env=False,  # the server is named outright; no proxy of the environment reads the articles
        )
        self._workers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="dossier-embedder")
        self._tokenizer = read_tokenizer(Path(locate(TOKENS_AS)[0]) / "tokenizer.json")
        (probe,) = self._embedded(["dimension"])
        dimension = len(probe)
        self.stamp = Stamp(name, "served", dimension, digest("served", name, str(dimension)))

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Embedder`; by the packaged model's tokenizer, a fair approximation for others: it only sizes passages,
        and what is too long for the server in the end is cut."""
        return [len(encoding.ids) for encoding in self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)]

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """See `Embedder`. Raises: EmbedderError, `retryable` where the server may come back."""
        batches = [texts[start : start + BATCH_TEXTS] for start in range(0, len(texts), BATCH_TEXTS)]
        vectors = np.empty((len(texts), self.stamp.dimension), dtype=np.float32)
        done = 0
        for batch, rows in zip(batches, self._workers.map(self._fitting, batches), strict=True):
            vectors[done : done + len(batch)] = rows
            done += len(batch)
            if progress:
                progress(len(batch))
        return vectors

    def encode_query(self, text: str) -> Vectors:
        """See `Embedder`; a question is encoded as a passage is. Raises: as `encode`."""
        vector: Vectors = self._fitting([text])[0]
        return vector

    def _fitting(self, texts: Sequence[str]) -> Vectors:
        """The vectors, whatever the server takes at once: a batch it refuses is halved, and then the text is cut."""
        try:
            vectors = self._embedded(texts)
        except _TooLarge:
            if len(texts) > 1:
                middle = len(texts) // 2
                return np.vstack([self._fitting(texts[:middle]), self._fitting(texts[middle:])])
            if len(texts[0]) < 2 * SHORTEST_CUT:
                raise
            return self._fitting([texts[0][: len(texts[0]) // 2]])
        if vectors.shape[1] != self.stamp.dimension:
            raise self._wrong(f"vectors of {vectors.shape[1]} numbers, no longer {self.stamp.dimension}")
        return vectors

    def _embedded(self, texts: Sequence[str]) -> Vectors:
        for attempt in stamina.retry_context(
            on=_wait,
            attempts=ATTEMPTS,
            timeout=PATIENCE_SECONDS,
            wait_initial=FIRST_WAIT_SECONDS,
            wait_max=LONGEST_WAIT_SECONDS,
        ):
            with attempt:
                return self._unit_rows(self._asked(texts), len(texts))
        raise AssertionError("stamina gives an attempt or raises")

    def _asked(self, texts: Sequence[str]) -> httpx.Response:
        """Says the kind of failure only: a server's own words may repeat a key or a text."""
        body = {"model": self._name, "input": list(texts), "encoding_format": "float"}
        try:
            response = self._client.post(f"{self._url}/embeddings", json=body)
        except httpx.TimeoutException:
            raise _Passing(f"The embeddings server at {self._url} did not answer in time.", _LOOK) from None
        except (httpx.TransportError, httpx.InvalidURL) as error:
            told = f"The embeddings server at {self._url} cannot be reached ({type(error).__name__})."
            raise _Passing(told, _LOOK) from None
        told = f"The embeddings server at {self._url} refused (HTTP {response.status_code})."
        if response.status_code in _PASSING:
            raise _Passing(told, _LOOK, _seconds(response.headers.get("Retry-After", "")))
        if response.status_code in _TOO_LARGE:
            raise _TooLarge(told, f"Check that it serves {self._name}, and how long a text it takes.")
        if not response.is_success:
            raise EmbedderError(told, "Check DOSSIER_EMBEDDER_URL, DOSSIER_EMBEDDER and DOSSIER_EMBEDDER_API_KEY.")
        return response

    def _unit_rows(self, response: httpx.Response, count: int) -> Vectors:
        try:
            rows = sorted(response.json()["data"], key=lambda row: row["index"])
            vectors = np.array([row["embedding"] for row in rows], dtype=np.float32)
            indices = [row["index"] for row in rows]
        except (ValueError, TypeError, KeyError, OverflowError):
            raise self._wrong("something that is no list of vectors") from None
        if indices != list(range(count)) or vectors.ndim != 2:
            raise self._wrong(f"{len(rows)} vectors for {count} texts")
        lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
        if not np.isfinite(lengths).all() or not lengths.all():
            raise self._wrong("a vector that is not of finite length")
        rows_of_length_one: Vectors = (vectors / lengths).astype(np.float32)
        return rows_of_length_one

    def _wrong(self, what: str) -> EmbedderError:
        return EmbedderError(f"The embeddings server at {self._url} answered with {what}.", _MODEL)


_LOOK = "Check that it runs, and DOSSIER_EMBEDDER_URL."
_MODEL = "Check that it is an OpenAI-compatible embeddings server, and which model it serves."


def _wait(error: Exception) -> bool | float:
    """Whether to try again, after how many seconds where the server said so."""
    if not isinstance(error, _Passing):
        return False
    return True if error.wait is None else min(error.wait, LONGEST_WAIT_SECONDS)


def _seconds(header: str) -> float | None:
    return float(header) if header.isdigit() else None
