"""Collections with judged queries in the layout of BEIR: corpus, queries and qrels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import Field

from eval.adapters.files import Id, Ids, Part, find, lines, records
from eval.errors import CaseError

_QRELS = tuple(pattern for split in ("*test*", "*dev*", "*") for pattern in (f"qrels{split}.tsv", f"qrels/{split}.tsv"))


class Text(Part):
    """A document: its text whole, or as sentences."""

    id: Id = Field(validation_alias="_id")
    title: str = ""
    text: str = ""
    sentences: tuple[str, ...] = ()
    publish_date: str = ""

    @property
    def body(self) -> str:
        """The text, or the sentences joined by a space."""
        return self.text or " ".join(self.sentences)


class Query(Part):
    """A query."""

    id: Id = Field(validation_alias="_id")
    text: str


Q = TypeVar("Q", bound=Query)


@dataclass(frozen=True, slots=True)
class Judged(Generic[Q]):
    """Queries, each with the names of its relevant articles. `missing` counts judgements of documents that are no
    articles of the set; `by` names the file of judgements."""

    queries: Sequence[tuple[Q, tuple[str, ...]]]
    by: str
    missing: int

    def remark(self) -> str:
        """What a reader must know of the judgements."""
        lost = f" {self.missing} judged documents are not among the articles and left out." if self.missing else ""
        return f" Judgements: {self.by}.{lost}"


@dataclass(frozen=True, slots=True)
class Folder:
    """Where the files of a collection are."""

    corpus: Path
    queries: Path
    qrels: Path

    @classmethod
    def at(cls, path: Path) -> Folder:
        """The files of a folder: the judgements of the test part, else the dev part, else the only ones.

        Raises: CaseError when one is missing.
        """
        if path.is_file():
            raise CaseError(f"{path} is a file.", "Give the folder that holds corpus, queries and qrels.")
        return cls(find(path, "corpus.jsonl"), find(path, "queries.jsonl", "queries*.jsonl"), find(path, *_QRELS))

    def texts(self) -> Iterator[Text]:
        """The documents, in order. Raises: CaseError, also where two have the same id."""
        ids = Ids()
        for where, text in records(self.corpus, Text):
            ids.new(text.id, where)
            yield text

    def judged(self, kind: type[Q], names: Mapping[str, str]) -> Judged[Q]:
        """The queries with their relevant articles; `names` are the articles' by the documents' ids.

        Raises: CaseError, also where two queries have the same id or no query has a relevant article.
        """
        ids, relevant = Ids(), self._relevant()
        missing = sum(document not in names for documents in relevant.values() for document in documents)
        found: list[tuple[Q, tuple[str, ...]]] = []
        for where, query in records(self.queries, kind):
            ids.new(query.id, where)
            gold = dict.fromkeys(names[document] for document in relevant.get(query.id, ()) if document in names)
            if gold and query.text.strip():
                found.append((query, tuple(gold)))
        if not found:
            raise CaseError(
                f"No query of {self.queries} has a relevant document by {self.qrels}.", "Give files that go together."
            )
        return Judged(found, self.qrels.name, missing)

    def _relevant(self) -> dict[str, list[str]]:
        """Documents of a score above 0 by query. A first line that holds no score is a header."""
        relevant: dict[str, list[str]] = defaultdict(list)
        for number, line in lines(self.qrels):
            fields = [field.strip() for field in line.split("\t")] if "\t" in line else line.split()
            score = _score(fields)
            if score is not None and score > 0:
                relevant[fields[0]].append(fields[-2])
            elif score is None and number > 1:
                raise CaseError(
                    f"{self.qrels}:{number}: not a query, a document and a score.", "Separate the three by tabs."
                )
        return relevant


def _score(fields: Sequence[str]) -> float | None:
    """Of a query, a document and a score, or of a line in TREC's form, which has one field more."""
    try:
        return float(fields[-1]) if len(fields) in (3, 4) else None
    except ValueError:
        return None
