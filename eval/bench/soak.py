"""A service that is asked, given articles, and has them changed and taken away, for as long as one likes."""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from time import monotonic, perf_counter
from typing import Any

import httpx

from eval.bench.arrivals import Reply
from eval.bench.built import Built, build
from eval.bench.load import Promise
from eval.bench.processes import handles, require_psutil, resident
from eval.bench.service import owner_of, running_service
from eval.bench.synthetic import record, synthetic_articles
from eval.bench.trend import Trend, trend
from eval.errors import RunError
from eval.shelf import Shelf
from ingest.article import Article
from ingest.documents import Document, Failure

ASKERS = 3
"""One more than the service works on at once."""
KEPT = 10
"""How many of the articles that it is given stay: as many go as come."""
PAUSE_SECONDS = 1.0
SAMPLE_SECONDS = 0.5
LEAST_SAMPLES = 30
PATIENCE_SECONDS = 60.0
_STATUSES = frozenset({"answered", "abstained"})
_TAKEN = frozenset({"new", "changed", "unchanged", "duplicate"})

Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Seen:
    """The replies, by what was wanted, and what the process took, twice a second."""

    asked: list[Reply] = field(default_factory=list)
    written: dict[str, list[Reply]] = field(default_factory=dict)
    memory: list[int] = field(default_factory=list)
    handles: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Soak:
    """What a service was like under mixed work."""

    built: Built
    seconds: float
    seen: Seen
    memory: Trend
    handles: Trend

    @property
    def promises(self) -> Sequence[Promise]:
        """What must hold."""
        written = [reply for replies in self.seen.written.values() for reply in replies]
        return (
            _politeness("questions: neither an answer, an abstention, nor 429/503 with Retry-After", self.seen.asked),
            _politeness("articles: neither taken, gone, nor 429/503 with Retry-After", written),
            Promise("memory, growth over the last two thirds", str(self.memory), self.memory.flat),
            Promise("open files and sockets, the same", str(self.handles), self.handles.flat),
        )

    @property
    def kept(self) -> bool:
        """Whether all of it holds."""
        return all(promise.held for promise in self.promises)

    def summary(self) -> dict[str, Any]:
        """What a machine reads; seconds and bytes."""
        return {
            "articles": self.built.articles,
            "passages": self.built.passages,
            "seconds": self.seconds,
            "questions": _statuses(self.seen.asked),
            "writes": {name: _statuses(replies) for name, replies in self.seen.written.items()},
            "memory": _series(self.seen.memory, self.memory),
            "handles": _series(self.seen.handles, self.handles),
            "kept": self.kept,
        }


def measure_soak(
    documents: Iterable[Document | Failure], shelf: Shelf, seconds: float, progress: Progress, askers: int = ASKERS
) -> Soak:
    """Serves a corpus of the documents for so many seconds, during which `askers` readers ask one question after the
    other, and an editor adds articles made from the shelf, changes them and takes them away.

    Raises: RunError when there is nothing to ask, the service ends, or the time is too short to tell anything.
    """
    require_psutil()
    with TemporaryDirectory(prefix="dossier-bench-") as name:
        folder = Path(name).resolve()
        built = build(folder, documents, "dossier bench soak")
        with running_service(folder) as address:
            seen = _work(address, owner_of(folder).pid, built.questions, shelf, seconds, progress, askers)
    if len(seen.memory) < LEAST_SAMPLES:
        raise RunError("That was too short to tell whether anything grows.", "Give more --minutes.")
    return Soak(built, seconds, seen, trend(seen.memory), trend(seen.handles))


def _work(
    address: str, pid: int, questions: Sequence[str], shelf: Shelf, seconds: float, progress: Progress, askers: int
) -> Seen:
    seen, stop = Seen(), Event()
    with ThreadPoolExecutor(askers + 1, thread_name_prefix="soak") as pool:
        working = [
            pool.submit(_ask, address, itertools.cycle(questions[number::askers] or questions), stop, seen.asked)
            for number in range(askers)
        ]
        working.append(pool.submit(_edit, address, shelf, stop, seen.written))
        try:
            _sample(pid, seen, seconds, working, progress)
        finally:
            stop.set()
        for work in working:
            work.result()
    return seen


def _sample(pid: int, seen: Seen, seconds: float, working: Sequence[Future[None]], progress: Progress) -> None:
    began, pause = monotonic(), Event()
    while (passed := monotonic() - began) < seconds and not any(work.done() for work in working):
        seen.memory.append(resident(pid))
        seen.handles.append(handles(pid))
        progress(f"{len(seen.asked)} questions", int(passed), int(seconds))
        pause.wait(SAMPLE_SECONDS)


def _ask(address: str, questions: Iterator[str], stop: Event, replies: list[Reply]) -> None:
    with httpx.Client(base_url=address, timeout=PATIENCE_SECONDS, trust_env=False) as client:
        while not stop.is_set():
            body = {"question": next(questions), "mode": "quoted"}
            reply, told = _sent(client, "POST", "/v1/ask", body)
            if reply.answered and told.get("status") not in _STATUSES:
                reply = replace(reply, status=0)
            replies.append(reply)
            if not reply.answered:
                stop.wait(PAUSE_SECONDS)


def _edit(address: str, shelf: Shelf, stop: Event, replies: dict[str, list[Reply]]) -> None:
    """Adds an article, gives it another text, and takes the oldest of its own away, again and again."""
    texts = itertools.chain.from_iterable(synthetic_articles(shelf, 1000, seed) for seed in itertools.count(2))
    there: deque[str] = deque()
    replies |= {name: [] for name in ("added", "changed", "removed")}
    with httpx.Client(base_url=address, timeout=PATIENCE_SECONDS, trust_env=False) as client:
        for number in itertools.count():
            url = f"https://example.org/soak/{number}"
            for name in ("added", "changed"):
                reply, article_id = _add(client, replace(next(texts), url=url))
                replies[name].append(reply)
            if article_id:
                there.append(article_id)
            if len(there) > KEPT:
                reply, _ = _sent(client, "DELETE", f"/v1/articles/{there.popleft()}")
                replies["removed"].append(reply)
            if stop.wait(PAUSE_SECONDS):
                return


def _add(client: httpx.Client, article: Article) -> tuple[Reply, str | None]:
    """The reply, and the article's id where it was taken."""
    reply, told = _sent(client, "POST", "/v1/articles", {"articles": [record(article)]})
    if not reply.answered:
        return reply, None
    (outcome,) = told["outcomes"]
    return (reply, outcome["article_id"]) if outcome["status"] in _TAKEN else (replace(reply, status=0), None)


def _sent(client: httpx.Client, method: str, path: str, body: Mapping[str, Any] | None = None) -> tuple[Reply, Any]:
    """The reply, and what it says in JSON; 204 counts as 200."""
    began = perf_counter()
    try:
        response = client.request(method, path, json=body)
    except httpx.TransportError:
        return Reply(perf_counter() - began, 0), {}
    seconds = perf_counter() - began
    status = 200 if response.status_code == 204 else response.status_code
    told = response.json() if response.is_success and response.content else {}
    return Reply(seconds, status, "retry-after" in response.headers), told


def _politeness(name: str, replies: Sequence[Reply]) -> Promise:
    rude = sum(not reply.polite for reply in replies)
    return Promise(name, f"{rude} of {len(replies)}", not rude and bool(replies))


def _statuses(replies: Sequence[Reply]) -> dict[str, int]:
    counts = Counter(reply.status for reply in replies)
    return {str(status) if status else "none": counts[status] for status in sorted(counts)}


def _series(samples: Sequence[int], found: Trend) -> dict[str, Any]:
    return {
        "first": samples[0],
        "last": samples[-1],
        "most": max(samples),
        "samples": len(samples),
        "growth": found.growth,
        "interval": (found.low, found.high),
        "flat": found.flat,
    }
