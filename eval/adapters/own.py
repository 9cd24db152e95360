"""Our own cases: `cases.jsonl` as docs/case.schema.json describes it, and a folder of the articles they speak of.

Measures whatever its cases state: the articles and sentences that answer, short and long answers, abstention, articles
that contradict each other, and questions to ask back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from eval.casefile import DRAFT, load
from eval.cases import Case
from eval.dataset import Dataset, Measure
from eval.errors import CaseError
from eval.shelf import Shelf, read_shelf

_MEASURES: frozenset[Measure] = frozenset({"retrieval", "answer", "sentences", "long", "abstention"})


def read_own(path: Path, articles: Path | None) -> Dataset:
    """The cases of a file, or of `cases.jsonl` in a folder, over the articles of a folder: `articles` beside the cases
    unless given. Raises: CaseError.
    """
    if not path.exists():
        raise CaseError(f"There is nothing at {path}.", "Give the path of a file of cases, or of its folder.")
    file = path / "cases.jsonl" if path.is_dir() else path
    shelf = _anywhere(read_shelf(articles or file.parent / "articles"))
    cases = load(file, shelf)
    drafts = sum(DRAFT in case.tags for case in cases)
    note = f"{drafts} of {len(cases)} cases are drafts that no person has looked at." if drafts else ""
    return Dataset("own", _MEASURES | set(_further(cases)), shelf, cases, note=note)


def _further(cases: Sequence[Case]) -> Iterator[Measure]:
    if any(case.rivals for case in cases):
        yield "dispute"
    if any(case.asks_back for case in cases):
        yield "asking back"


def _anywhere(shelf: Shelf) -> Shelf:
    """The same articles with their names as origins, so that their ids are the same wherever the folder lies."""
    names = {article.origin: name for name, article in shelf.articles.items()}
    articles = {name: replace(article, origin=name) for name, article in shelf.articles.items()}
    documents = tuple(replace(document, origin=names[document.origin]) for document in shelf.documents)
    return Shelf(MappingProxyType(articles), documents)
