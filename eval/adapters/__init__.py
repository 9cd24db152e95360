"""Sets by address: `NAME:PATH`, or the path of a file of our own cases."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from eval.dataset import Dataset
from eval.errors import CaseError

ADAPTERS = {
    "own": "our own cases: a JSONL file, or a folder with cases.jsonl and articles/",
    "squad2": "SQuAD 2.0: its JSON file",
    "clapnq": "CLAP NQ: the folder of answerable.jsonl and unanswerable.jsonl",
    "mtrag-un": "MTRAG-UN: tasks.jsonl(.gz), or its folder",
    "wice": "WiCE: a JSONL file of claims, or its folder",
    "realtimeqa": "RealTimeQA in BEIR form: the folder of corpus, queries and qrels",
    "rgb": "RGB with counterfactuals: en_fact.json",
    "beir": "any folder in BEIR form: corpus.jsonl, queries.jsonl, qrels/*.tsv (gzip too)",
    "scifact": "SciFact in BEIR form",
    "qags": "QAGS: a JSONL file, or its folder",
    "climate-fever": "CLIMATE-FEVER: a JSONL file, or its folder",
    "halueval": "HaluEval QA: a JSONL file, or its folder",
}


def read_dataset(address: str, articles: Path | None = None) -> Dataset:
    """The set at an address. `articles` is the folder of the articles of our own cases, where it is not beside them.

    Raises: CaseError for an unknown name, files that are missing or cannot be read, and anything in them that is not
    as it should be, with file and line.
    """
    name, path = _split(address)
    if articles is not None and name != "own":
        raise CaseError(f"{name} brings its own articles.", "Leave --articles out.")
    if name == "own":
        from eval.adapters.own import read_own

        return read_own(path, articles)
    read: Callable[[Path], Dataset] = import_module(f"{__name__}.{name.replace('-', '_')}").read
    return read(path)


def _split(address: str) -> tuple[str, Path]:
    name, colon, path = address.partition(":")
    if colon and name in ADAPTERS:
        return name, Path(path).expanduser()
    if Path(address).expanduser().exists():
        return "own", Path(address).expanduser()
    if colon and name.isidentifier():
        raise CaseError(f"There is no adapter called {name!r}.", f"Adapters: {', '.join(ADAPTERS)}.")
    raise CaseError(f"There is nothing at {address}.", "Give NAME:PATH, or the path of a file of cases.")
