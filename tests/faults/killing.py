"""Kills: work in a process that is killed at a random moment, and what must be true afterwards.

`python -m tests.faults --runs 200` does each kind of work in turn, run after run, and prints what was broken; a
run is known by its number alone, so that `--first 120` goes on and `--first 57 --runs 1` repeats one.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import httpx

from ingest.catalog import Catalog, catalog_in
from ingest.corpus import Corpus
from ingest.health import check
from ingest.ownership import Ownership
from ingest.settings import IngestSettings
from ingest.vectors.folders import Folders
from ingest.wiring import DataFolder, open_corpus
from service.serving import serve
from service.settings import ServiceSettings
from service.store.database import store_in
from service.store.journal import Journal
from tests.rooms import WordEmbedder, documents, telling

FORKING = multiprocessing.get_context("forkserver")
FORKING.set_forkserver_preload(["tests.faults.killing"])
ARTICLES = 24
SENTENCES = 30
QUESTIONS = 40
LONGEST = {"ingest": 0.9, "rebuild": 0.5, "removal": 0.8, "answering": 0.3}
"""Seconds of undisturbed work, about: the moment of a kill is drawn from them."""

Passages = dict[str, tuple[int, int, str]]


class Broken(AssertionError):
    """Something was lost or doubled, or does not agree."""


@contextmanager
def owned(path: Path) -> Iterator[DataFolder]:
    """The folder as every command takes it, but with an embedder of no weights."""
    ownership = Ownership(path)
    ownership.acquire("a test", wait=30)
    try:
        with closing(catalog_in(path)) as catalog:
            yield DataFolder(catalog, Folders(path), WordEmbedder(), ownership.interrupted)
    finally:
        ownership.release()


def passages_of(corpus: Corpus, catalog: Catalog) -> Passages:
    """Every passage that may be shown: its span and its words, by id."""
    live = corpus.live(list(catalog.live_ids()))
    return {id: (*one.passage.span, one.passage.span.of(one.article.text)) for id, one in live.items()}


def agree(folder: DataFolder) -> None:
    """What `dossier check` finds once the folder is open: nothing."""
    with folder._vectors() as vectors:
        problems = check(folder.catalog, vectors, folder.embedder).problems
    if problems:
        raise Broken(f"check: {[problem.what for problem in problems]}")


def expect(found: object, wanted: object, what: str) -> None:
    """Raises Broken where they differ."""
    if found != wanted:
        raise Broken(f"{what}: {str(found)[:300]} instead of {str(wanted)[:300]}")


# What is done in the process that is killed; what it has done for good it tells through `said`


def ingest(path: Path, said: Connection) -> None:
    with owned(path) as folder, folder.corpus() as corpus:
        said.send("begun")
        corpus.ingest(documents(ARTICLES, SENTENCES))
    said.send("done")


def rebuild(path: Path, said: Connection) -> None:
    with owned(path) as folder:
        said.send("begun")
        folder.rebuild(lambda _done, _total: None)
    said.send("done")


def remove(path: Path, said: Connection) -> None:
    with owned(path) as folder, folder.corpus() as corpus:
        said.send("begun")
        for record in corpus.articles(0, 100):
            corpus.remove(record.id)
            said.send(record.id)
    said.send("done")


def answer(path: Path, said: Connection) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    settings = IngestSettings(data=path)

    def announce(text: str) -> None:
        if text.startswith("Answering"):
            threading.Thread(target=_tell_when_up, args=(listener.getsockname()[1], said), daemon=True).start()

    serve(settings, ServiceSettings(llm="none", port=listener.getsockname()[1], log_level="ERROR"), listener, announce)


def _tell_when_up(port: int, said: Connection) -> None:
    httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=30)
    said.send(port)


@contextmanager
def at_work(work: Callable[[Path, Connection], None], path: Path) -> Iterator[tuple[int, Connection]]:
    """The id of a process that does the work, and what it says; it is killed at the end."""
    hears, says = FORKING.Pipe(duplex=False)
    process = FORKING.Process(target=work, args=(path, says), daemon=True)
    process.start()
    says.close()
    try:
        assert process.pid
        yield process.pid, hears
    finally:
        process.kill()
        process.join()
        hears.close()


def killed(work: Callable[[Path, Connection], None], path: Path, seconds: float, early: bool = False) -> bool:
    """Kills the work `seconds` after its begin, or its process's where `early`: whether it was not done by then."""
    with at_work(work, path) as (_, hears):
        if not early:
            heard(hears)
        time.sleep(seconds)
        return early or not hears.poll()


def heard(hears: Connection) -> object:
    """The next that is said. Raises Broken when the process ends, or says nothing for a minute."""
    try:
        if hears.poll(60):
            return hears.recv()
    except EOFError:
        pass
    raise Broken("the work did not begin")


# The runs


class Runs:
    """Each kind of work on folders below `place`; templates are made once."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._whole: Passages = {}
        self._template = place / "template"
        with owned(self._template) as folder, folder.corpus() as corpus:
            corpus.ingest(documents(ARTICLES, SENTENCES))
            self._whole = passages_of(corpus, folder.catalog)
        self._answering: Path | None = None

    def run(self, number: int) -> str:
        """Does the run of that number; its kind, and whether the kill came before the end. Raises: Broken."""
        chance = random.Random(number)
        kind = list(KINDS)[number % len(KINDS)]
        path = self._place / f"run-{number}"
        try:
            amid = KINDS[kind](self, path, chance)
        finally:
            shutil.rmtree(path, ignore_errors=True)
        return f"{kind}, killed {'amid the work' if amid else 'after it'}"

    def ingest(self, path: Path, chance: random.Random) -> bool:
        """Killed once, twice or three times: the next run makes what an undisturbed one would."""
        amid = False
        for _ in range(chance.choice([1, 1, 2, 3])):
            amid |= killed(ingest, path, chance.uniform(0, LONGEST["ingest"]), early=chance.random() < 0.2)
        with owned(path) as folder:
            with folder.corpus() as corpus:
                corpus.ingest(documents(ARTICLES, SENTENCES))
                expect(passages_of(corpus, folder.catalog), self._whole, "passages")
                again = corpus.ingest(documents(ARTICLES, SENTENCES))
                expect(dict(again.counts), {"unchanged": ARTICLES}, "second run")
            agree(folder)
        return amid

    def rebuild(self, path: Path, chance: random.Random) -> bool:
        """Killed, the folder is whole, with the old vectors or the new."""
        shutil.copytree(self._template, path)
        amid = killed(rebuild, path, chance.uniform(0, LONGEST["rebuild"]))
        with owned(path) as folder:
            with folder.corpus() as corpus:
                expect(passages_of(corpus, folder.catalog), self._whole, "passages")
            agree(folder)
            if chance.random() < 0.3:
                folder.rebuild(lambda _done, _total: None)
                agree(folder)
        return amid

    def removal(self, path: Path, chance: random.Random) -> bool:
        """What was said to be removed is gone; of the others one at most, and each whole or not at all."""
        shutil.copytree(self._template, path)
        gone: list[object] = []
        with at_work(remove, path) as (_, hears):
            heard(hears)
            end = time.monotonic() + chance.uniform(0, LONGEST["removal"])
            while (left := end - time.monotonic()) > 0 and hears.poll(left):
                gone.append(hears.recv())
                if gone[-1] == "done":
                    break
        with owned(path) as folder:
            with folder.corpus() as corpus:
                found = passages_of(corpus, folder.catalog)
                kept = {id.partition(":")[0] for id in found}
                expect(kept & set(gone), set(), "removed articles that are there")
                lost = {id.partition(":")[0] for id in self._whole} - kept - set(gone)
                if len(lost) > 1:
                    raise Broken(f"{len(lost)} articles are gone that nobody removed")
                expect(found, {id: one for id, one in self._whole.items() if id.partition(":")[0] in kept}, "passages")
                corpus.ingest([])  # finishes what a kill left of a removal
            agree(folder)
        return "done" not in gone

    def answering(self, path: Path, chance: random.Random) -> bool:
        """Each answer that was given is in the journal, once, and each article that was taken on is there."""
        shutil.copytree(self._served(), path)
        given: list[str] = []
        added: list[str] = []

        def ask(number: int) -> None:
            try:
                asked = client.post("/v1/ask", json={"question": f"Who closed the harbour after {number} days?"})
                if asked.is_success:
                    given.append(asked.json()["id"])
                if number % 5 == 0:
                    text = {"text": telling(1000 + number), "title": f"Late report {number}"}
                    taken = client.post("/v1/articles", json={"articles": [text]})
                    if taken.is_success:
                        added.append(taken.json()["outcomes"][0]["article_id"])
            except (httpx.TransportError, ValueError):
                return

        with (
            at_work(answer, path) as (service, hears),
            httpx.Client(base_url=f"http://127.0.0.1:{heard(hears)}", timeout=30) as client,
            ThreadPoolExecutor(4) as pool,
        ):
            asks = [pool.submit(ask, number) for number in range(QUESTIONS)]
            wanted = chance.randint(1, QUESTIONS // 2)
            while len(given) < wanted and not all(each.done() for each in asks):
                time.sleep(0.005)
            time.sleep(chance.uniform(0, LONGEST["answering"]))
            os.kill(service, signal.SIGKILL)
            for each in asks:
                each.result(timeout=60)
        with closing(store_in(path)) as store:
            journal = Journal(store)
            kept = Counter(one.id for talk in journal.conversations(0, 1000) for one in journal.conversation(talk.id))
        expect([id for id in given if kept[id] != 1], [], "answers that are not in the journal once")
        with open_corpus(IngestSettings(data=path), "a test", wait=30) as corpus:
            corpus.ingest([])
            expect([id for id in added if corpus.article(id) is None], [], "articles that were taken on")
            problems = check(corpus._catalog, corpus._vectors, corpus.embedder).problems
            expect([problem.what for problem in problems], [], "check")
        return 0 < len(given) < QUESTIONS

    def _served(self) -> Path:
        """A folder of a few articles, with the embedder that the service has."""
        if self._answering is None:
            self._answering = self._place / "served"
            with open_corpus(IngestSettings(data=self._answering), "a test") as corpus:
                corpus.ingest(documents(6))
        return self._answering


KINDS: Mapping[str, Callable[[Runs, Path, random.Random], bool]] = {
    "ingest": Runs.ingest,
    "rebuild": Runs.rebuild,
    "removal": Runs.removal,
    "answering": Runs.answering,
}
