"""Ray: the workers of a cluster prepare documents and encode texts; this process alone reads and writes.

A task is lost when its worker dies, and then asked for again, a few times: nothing is doubled, because nothing but its
result counts. What is under way is bounded by `Workers.ahead` and by the batches the run keeps in hand.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from threading import Event
from time import monotonic
from types import ModuleType
from typing import Any, TypeVar
from urllib.parse import urlsplit

import numpy as np

from ingest.documents import Document
from ingest.embedder import Embedder, Vectors
from ingest.errors import ClusterError, DossierError, ExtractError
from ingest.processor import cores
from ingest.settings import IngestSettings
from ingest.tasks import Recipe, encode_there, prepare_there, recipe_of
from ingest.workers import BATCH_PASSAGES, Prepared

LOCAL, RUNNING = "local", "auto"
PIECE_TEXTS = 32
"""Of one encoding task: about half a second of a core."""
ATTEMPTS = 3
AHEAD_A_CORE = 4
CONNECT_SECONDS = 5.0
POLL_SECONDS = 0.5
STALL_SECONDS = 600.0
"""Without any result this long nobody works there: time enough for a cluster to add machines or to prepare models."""
LOCAL_STORE_BYTES = 100 * 2**20

T = TypeVar("T")


class RayWorkers:
    """See `Workers`; over a connected Ray."""

    def __init__(self, ray: ModuleType, recipe: Recipe) -> None:
        self._ray = ray
        self._recipe = recipe
        # Ray's own retries would count a document that ends its worker over and over as bad luck.
        self._prepare = ray.remote(num_cpus=1, max_retries=0)(prepare_there)
        self._encode = ray.remote(num_cpus=1, max_retries=0)(encode_there)
        self._lost = _lost_errors(ray)
        self._stopped = Event()
        self._heard = monotonic()
        count = max(1, int(ray.cluster_resources().get("CPU", 0)))
        self.ahead = AHEAD_A_CORE * count
        self.batch = max(BATCH_PASSAGES, AHEAD_A_CORE * PIECE_TEXTS * count)

    def prepare(self, document: Document) -> Callable[[], Prepared]:
        """See `Workers`. A document that ends its worker each time it is tried fails by itself."""
        wait = self._asked(self._prepare, document)

        def prepared() -> Prepared:
            try:
                result: Prepared = wait()
            except _Lost as lost:
                raise ExtractError(
                    f"Reading it ended its worker {ATTEMPTS} times ({lost}).",
                    "It takes too much time or memory, or crashes a parser: save it in another format and try again.",
                ) from None
            return result

        return prepared

    def encode(self, texts: Sequence[str], progress: Callable[[int], None]) -> Callable[[], Vectors]:
        """See `Workers`."""
        pieces = [texts[start : start + PIECE_TEXTS] for start in range(0, len(texts), PIECE_TEXTS)]
        waits = [(len(piece), self._asked(self._encode, piece)) for piece in pieces]

        def encoded() -> Vectors:
            rows: list[Vectors] = []
            for size, wait in waits:
                try:
                    rows.append(wait())
                except _Lost as lost:
                    raise ClusterError(
                        f"The workers that encode passages died {ATTEMPTS} times ({lost}).",
                        "Look at the memory of the cluster's machines, then run it again: it goes on where it stopped.",
                    ) from None
                progress(size)
            return np.concatenate(rows)

        return encoded

    def stop(self) -> None:
        """See `Workers`."""
        self._stopped.set()

    def _asked(self, task: Any, work: object) -> Callable[[], Any]:
        ask = partial(task.remote, self._recipe, work)
        return partial(self._result, ask(), ask)

    def _result(self, task: Any, ask: Callable[[], Any]) -> Any:
        """Waits for a task, and asks again for one that was lost. Raises: _Lost in the end."""
        for _ in range(ATTEMPTS - 1):
            try:
                return self._told(task)
            except _Lost:
                task = ask()
        return self._told(task)

    def _told(self, task: Any) -> Any:
        try:
            result = self._waited_for(task)
        except self._lost as error:
            raise _Lost(type(error).__name__) from None
        except (self._ray.exceptions.RayError, ConnectionError) as error:
            raise _failed_there(error) from None
        if isinstance(result, DossierError):
            raise result
        return result

    def _waited_for(self, task: Any) -> Any:
        began = monotonic()
        while not self._stopped.is_set():
            try:
                result = self._ray.get(task, timeout=POLL_SECONDS)
            except self._ray.exceptions.GetTimeoutError:
                if monotonic() - max(began, self._heard) > STALL_SECONDS:
                    raise ClusterError(
                        f"No worker of the cluster did anything for {STALL_SECONDS / 60:.0f} minutes.",
                        "Check with `ray status` that it has free CPUs.",
                    ) from None
            else:
                self._heard = monotonic()
                return result
        raise ClusterError("The run was given up.")


class _Lost(Exception):
    """A task whose worker died each time; the text is the kind of the last death."""


@contextmanager
def open_workers(address: str, settings: IngestSettings, embedder: Embedder) -> Iterator[RayWorkers]:
    """The workers of the cluster at `address`: `local` (started here, for as long as the context lasts), `auto` (this
    machine's), `host:port`, or `ray://host:port`. `embedder` is what theirs must be equal to.

    Raises: ClusterError when Ray is not installed, the cluster cannot be reached or is of another version.
    """
    ray = _ray()
    if address not in (LOCAL, RUNNING):
        _reach(address)
    try:
        _connect(ray, address)
        yield RayWorkers(ray, recipe_of(settings, embedder, same_machine=address == LOCAL))
    finally:
        ray.shutdown()


def _ray() -> ModuleType:
    try:
        import ray
    except ImportError:
        raise ClusterError("Ray is not installed.", "Install it with `pip install 'dossier[ray]'`.") from None
    return ray


def _reach(address: str) -> None:
    """Asks for a connection first: Ray itself waits two minutes for an address that nobody listens at."""
    try:
        place = urlsplit(address if "://" in address else f"//{address}")
        host, port = place.hostname, place.port
    except ValueError:
        host = port = None
    if not host or not port or place.scheme not in ("", "ray"):
        raise ClusterError(
            f"{address} is no address of a Ray cluster.", "Write local, auto, host:6379, or ray://host:10001."
        )
    try:
        with closing(socket.create_connection((host, port), CONNECT_SECONDS)):
            pass
    except OSError as error:
        raise _unreachable(address, error.strerror or type(error).__name__) from None


def _connect(ray: ModuleType, address: str) -> None:
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
    try:
        if address == LOCAL:
            with _loopback_only():
                ray.init(
                    address=LOCAL,
                    num_cpus=cores(),
                    include_dashboard=False,
                    object_store_memory=LOCAL_STORE_BYTES,
                    **quiet,
                )
        else:
            ray.init(address=address, **quiet)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - Ray raises bare ones, and ends a process that gets no answer
        raise _refused(address, error) from None


@contextmanager
def _loopback_only() -> Iterator[None]:
    """A cluster of one machine is nobody else's business: as on macOS and Windows, where Ray makes no other, it listens
    on loopback alone."""
    from ray._private import ray_constants

    before = ray_constants.ENABLE_RAY_CLUSTER
    ray_constants.ENABLE_RAY_CLUSTER = False
    try:
        yield
    finally:
        ray_constants.ENABLE_RAY_CLUSTER = before


def _refused(address: str, error: BaseException) -> ClusterError:
    told = "nothing there answers as Ray does" if isinstance(error, SystemExit) else " ".join(str(error).split())[:300]
    if "ersion mismatch" in told:
        return ClusterError(
            f"The cluster at {address} runs another version: {told}",
            "Install the cluster's versions of Ray and Python here.",
        )
    if address == LOCAL:
        return ClusterError(f"Ray could not be started here ({told}).", "Leave --ray out to work without it.")
    return _unreachable(address, told or type(error).__name__)


def _unreachable(address: str, why: str) -> ClusterError:
    return ClusterError(
        f"The Ray cluster at {address} cannot be reached ({why}).",
        "Check that it runs: host:6379 is the usual address from one of its machines, ray://host:10001 from elsewhere. "
        "A cluster that asks for a token wants RAY_AUTH_MODE=token set here too.",
    )


def _failed_there(error: BaseException) -> ClusterError:
    """A task that could not be run at all, such as where Dossier is not installed."""
    last = (str(error).strip().splitlines() or [type(error).__name__])[-1][:300]
    return ClusterError(
        f"A worker of the cluster failed: {last}", "Install this version of Dossier on every machine of the cluster."
    )


def _lost_errors(ray: ModuleType) -> tuple[type[Exception], ...]:
    """What Ray raises for a task of which nothing came because a process, a machine or a stored result is gone."""
    errors = ray.exceptions
    return (errors.WorkerCrashedError, errors.OutOfMemoryError, errors.ObjectLostError, errors.NodeDiedError)
