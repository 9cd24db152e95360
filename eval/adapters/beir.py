"""Any collection in the layout of BEIR: a folder of corpus.jsonl, queries.jsonl and qrels.

Thakur and others, "BEIR: A Heterogenous Benchmark for Zero-shot Evaluation of Information Retrieval Models" (arXiv
2104.08663). Measures retrieval: which articles are relevant to a query.
"""

from __future__ import annotations

from pathlib import Path

from eval.adapters.articles import Articles
from eval.adapters.judged import Folder, Query
from eval.cases import Case
from eval.dataset import Dataset

_NOTE = "Titles are part of the articles. Graded judgements count as relevant or not, so nDCG has no grades."


def read(path: Path) -> Dataset:
    """The set of a folder. Raises: CaseError."""
    return collection("beir", path, _NOTE)


def collection(name: str, path: Path, note: str) -> Dataset:
    """A set of queries to be searched for, not answered. Raises: CaseError."""
    folder, articles = Folder.at(path), Articles()
    names = {
        text.id: kept
        for text in folder.texts()
        if (kept := articles.add(f"{name}/{text.id}", text.body, title=text.title))
    }
    judged = folder.judged(Query, names)
    cases = [
        Case(id=query.id, question=query.text.strip(), expected=None, gold_articles=gold)
        for query, gold in judged.queries
    ]
    return Dataset(
        name, frozenset({"retrieval"}), articles.shelf(), cases, note=note + judged.remark() + articles.remark()
    )
