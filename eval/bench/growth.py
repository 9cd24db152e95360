"""What becomes slower, and larger, as a corpus grows, and how fast it does."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from itertools import count, islice
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import httpx
import numpy as np

from eval.bench.built import corpus_questions
from eval.bench.ingest import embedded_texts
from eval.bench.processes import require_psutil, resident
from eval.bench.retrieval import TEXT, VECTORS, WHOLE, spread, time_retrieval
from eval.bench.service import asked_anew, owner_of, running_service
from eval.bench.synthesised import Synthesised
from eval.bench.synthetic import documents, synthetic_articles
from eval.errors import RunError
from eval.shelf import Shelf
from ingest.corpus import Corpus
from ingest.embedder import Embedder, Vectors
from ingest.settings import IngestSettings, read_settings
from ingest.wiring import open_corpus, open_folder
from service.retrieve import HybridRetriever

FILE = "growth.json"
BASES = "bases.npy"
BATCH_PASSAGES = 2000
PASSAGES_AN_ARTICLE = 4
BASE_ARTICLES = 50
QUESTION_ARTICLES = 100
COLD_STARTS = 3
SERVED = 20
MEGABYTE = 10**6
SLOWER_TARGET, FROM, TO = 1.5, 1_000, 100_000
"""Retrieval at `TO` passages may take so many times what it takes at `FROM`."""
PAPER = (10_000_000, 1_000_000_000)
COLD_TARGET, READY_TARGET, RESIDENT_TARGET = 3.0, 5.0, 700.0

Progress = Callable[[str, int, int], None]
"""Is told what is done, and how much of how much."""


@dataclass(frozen=True, slots=True)
class Point:
    """A corpus of so many passages. Seconds; megabytes; `rate` is of the passages since the size before.

    `filling` is the memory of the process that took them in, `resident` that of a service without LLM after some
    questions.
    """

    passages: int
    articles: int
    rate: float
    disk: float
    filling: float
    text_p50: float
    text_p95: float
    vectors_p50: float
    vectors_p95: float
    retrieval_p50: float
    retrieval_p95: float
    cold: float
    ready: float
    resident: float


@dataclass(frozen=True, slots=True)
class Growth:
    """The points in order of size."""

    points: Sequence[Point]

    def exponent(self, name: str) -> float | None:
        """k where the figure grows like passages to the power of k: least squares over the logarithms; None of fewer
        than two points."""
        if len(self.points) < 2:
            return None
        sizes = np.log([point.passages for point in self.points])
        return float(np.polyfit(sizes, np.log([getattr(point, name) for point in self.points]), 1)[0])

    def projected(self, passages: int) -> dict[str, float]:
        """Each figure on paper, at so many passages, had it gone on as from the last smaller point to the last."""
        last = self.points[-1]
        before = next(point for point in reversed(self.points) if point.passages < last.passages)
        farther = np.log(passages / last.passages) / np.log(last.passages / before.passages)
        return {
            name: getattr(last, name) * (getattr(last, name) / getattr(before, name)) ** farther
            for name in _figures(last)
        }

    def summary(self) -> dict[str, Any]:
        """What a machine reads."""
        paper = PAPER if len({point.passages for point in self.points}) > 1 else ()
        return {
            "points": [asdict(point) for point in self.points],
            "exponents": {name: self.exponent(name) for name in _figures(self.points[0])},
            "projected": {str(passages): self.projected(passages) for passages in paper},
            "goals": [
                {"name": name, "measured": measured, "target": target, "held": measured <= target}
                for name, measured, target in self._goals()
            ],
            "vectors": "synthesised",
        }

    def _goals(self) -> Iterator[tuple[str, float, float]]:
        at = {_magnitude(point.passages): point for point in self.points}
        if FROM in at and TO in at:
            slower = at[TO].retrieval_p50 / at[FROM].retrieval_p50
            yield f"retrieval at {TO:,} over that at {FROM:,}", slower, SLOWER_TARGET
        last = at.get(TO, self.points[-1])
        yield f"dossier ask from nothing at {last.passages:,}, s", last.cold, COLD_TARGET
        yield f"service ready at {last.passages:,}, s", last.ready, READY_TARGET
        yield f"memory of the service at {last.passages:,}, MB", last.resident, RESIDENT_TARGET


def _figures(point: Point) -> list[str]:
    return [name for name in asdict(point) if name != "passages"]


def measure_growth(
    folder: Path, sizes: Sequence[int], shelf: Shelf, questions: int, progress: Progress
) -> Iterator[Point]:
    """Fills one corpus in the folder to each size in turn, and yields what it is like there. What an earlier run with
    that folder has done and noted is not done again.

    Articles are synthetic, and go through extraction, catalog and full text as real ones do; their vectors are
    synthesised (`Synthesised`). Raises: RunError when the folder holds a larger corpus than one that is still to be
    measured, or psutil is missing.
    """
    require_psutil()
    folder.mkdir(parents=True, exist_ok=True)
    notes = _Notes(folder / FILE)
    data = folder / "data"
    for size in sorted(sizes):
        point = notes.point(size)
        if point is None:
            _fill(data, size, shelf, notes, progress)
            point = _measure(data, size, shelf, notes, questions, progress)
            notes.add(size, point)
        yield point


class _Notes:
    """What was done, in a file: seconds spent on the way to each size, and the points."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: dict[str, Any] = {"seconds": {}, "passages": {}, "filling": {}, "points": {}}
        if path.exists():
            self._kept = json.loads(path.read_text(encoding="utf-8"))

    def point(self, size: int) -> Point | None:
        found = self._kept["points"].get(str(size))
        return Point(**found) if found else None

    def add(self, size: int, point: Point) -> None:
        self._kept["points"][str(size)] = asdict(point)
        self._write()

    def spent(self, size: int, seconds: float, passages: int, filling: float) -> None:
        key = str(size)
        self._kept["seconds"][key] = self._kept["seconds"].get(key, 0.0) + seconds
        self._kept["passages"][key] = self._kept["passages"].get(key, 0) + passages
        self._kept["filling"][key] = filling
        self._write()

    def rate(self, size: int) -> float:
        way = self._way(size)
        return float(self._kept["passages"][way] / self._kept["seconds"][way])

    def filling(self, size: int) -> float:
        return float(self._kept["filling"][self._way(size)])

    def _way(self, size: int) -> str:
        """The last on which passages were taken in: whole articles may have reached the next size already."""
        return str(max(each for each in map(int, self._kept["passages"]) if each <= size))

    def _write(self) -> None:
        scratch = self._path.with_suffix(".new")
        scratch.write_text(json.dumps(self._kept, indent=1), encoding="utf-8")
        scratch.replace(self._path)


def _fill(data: Path, size: int, shelf: Shelf, notes: _Notes, progress: Progress) -> None:
    with open_folder(read_settings(IngestSettings, data=data), "dossier bench growth") as folder:
        synthesised = Synthesised(folder.embedder, _bases(data.with_name(BASES), folder.embedder, shelf))
        with replace(folder, embedder=synthesised).corpus() as corpus:
            if corpus.passages() > size * 1.1 + PASSAGES_AN_ARTICLE:
                raise RunError(f"The corpus is larger than {size:,} passages.", "Name another folder with --keep.")
            articles = islice(synthetic_articles(shelf, size), corpus.count(), None)
            while (had := corpus.passages()) < size:
                progress(f"filling to {size:,}", had, size)
                wanted = min(BATCH_PASSAGES, size - had)
                batch = list(documents(islice(articles, max(1, wanted // PASSAGES_AN_ARTICLE))))
                if not batch:
                    raise RunError("The articles have run out.", "Delete the folder of --keep, and begin anew.")
                began = perf_counter()
                corpus.ingest(batch)
                taken = corpus.passages() - had
                notes.spent(size, perf_counter() - began, taken, resident(os.getpid()) / MEGABYTE)
            progress(f"filling to {size:,}", size, size)


def _bases(path: Path, embedder: Embedder, shelf: Shelf) -> Vectors:
    """Real vectors of passages; kept, for they take long."""
    if not path.exists():
        texts = embedded_texts(documents(synthetic_articles(shelf, BASE_ARTICLES, seed=2)), embedder)
        np.save(path, embedder.encode(texts))
    bases: Vectors = np.load(path)
    return bases


def _measure(data: Path, size: int, shelf: Shelf, notes: _Notes, questions: int, progress: Progress) -> Point:
    with open_corpus(read_settings(IngestSettings, data=data), "dossier bench growth") as corpus:
        passages, articles = corpus.passages(), corpus.count()
        asked = _questions(corpus, max(questions, SERVED))
        done = count(1)
        seconds = time_retrieval(
            HybridRetriever(corpus=corpus),
            asked[:questions],
            lambda _: progress(f"retrieving at {size:,}", next(done), questions),
        )
    cold = []
    for number, question in enumerate(asked[:COLD_STARTS]):
        progress(f"asking from nothing at {size:,}", number, COLD_STARTS)
        cold.append(asked_anew(data, question))
    ready, memory = _served(data, asked[:SERVED])
    text, vectors, whole = (spread(seconds[name]) for name in (TEXT, VECTORS, WHOLE))
    return Point(
        passages=passages,
        articles=articles,
        rate=notes.rate(size),
        disk=_bytes(data) / MEGABYTE,
        filling=notes.filling(size),
        text_p50=text["p50"],
        text_p95=text["p95"],
        vectors_p50=vectors["p50"],
        vectors_p95=vectors["p95"],
        retrieval_p50=whole["p50"],
        retrieval_p95=whole["p95"],
        cold=median(cold),
        ready=ready,
        resident=memory / MEGABYTE,
    )


def _served(data: Path, questions: Sequence[str]) -> tuple[float, int]:
    """Seconds until a service is ready, and its bytes of memory after the questions."""
    with ExitStack() as stack:
        began = perf_counter()
        address = stack.enter_context(running_service(data))
        ready = perf_counter() - began
        for question in questions:
            body = {"question": question, "mode": "quoted"}
            response = httpx.post(f"{address}/v1/ask", json=body, timeout=120, trust_env=False)
            if not response.is_success:
                raise RunError(f"The service answered {response.status_code}.", "Run `dossier serve` to see more.")
        return ready, resident(owner_of(data).pid)


def _questions(corpus: Corpus, count: int) -> list[str]:
    return corpus_questions(corpus, count, among=min(QUESTION_ARTICLES, corpus.count()))


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _magnitude(passages: int) -> int:
    """The power of ten that is nearest: a corpus of whole articles is never of just so many passages."""
    return int(10 ** round(float(np.log10(passages))))
