"""Drafts cases from a service's journal, and sees that the articles they speak of are in the folder of the cases."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from eval.cases import Case
from eval.drafting.checks import same_question
from eval.drafting.judged import Judged, judged
from eval.errors import CaseError, RunError
from eval.shelf import EMPTY, Shelf, read_shelf
from ingest.library import Library
from ingest.records import ArticleRecord
from ingest.settings import IngestSettings
from service.answer import Citation
from service.store.database import FILE, store_of
from service.store.journal import Journal


def read_judged(settings: IngestSettings) -> list[Judged]:
    """The answers in a journal that somebody gave feedback on, the oldest first.

    Raises: RunError when there are none; StorageError and its kin when the journal cannot be read.
    """
    data = settings.folder
    if not settings.shared and not (data / FILE).is_file():
        raise RunError(f"There is no journal in {data}.", "Give the data folder of a service that has answered.")
    with closing(store_of(settings)) as store:
        found = list(judged(Journal(store).feedback()))
    if not found:
        raise RunError(
            f"Nobody gave feedback on an answer in {'the journal' if settings.shared else data}.",
            "POST /v1/feedback and the web page take it.",
        )
    return found


def shelve(answers: Sequence[Judged], library: Library, folder: Path) -> Drafting:
    """Adds to the folder each cited article that is not in it and that the library still has.

    Raises: CaseError when the folder cannot be read or written.
    """
    shelf = _shelf(folder)
    for article_id, quotes in _cited(answers).items():
        if _name(shelf, quotes) is None and (record := library.article(article_id)):
            _export(record, folder)
    shelf = _shelf(folder)
    found = {article_id: _name(shelf, quotes) for article_id, quotes in _cited(answers).items()}
    return Drafting(shelf, answers, {article_id: name for article_id, name in found.items() if name})


@dataclass(frozen=True, slots=True)
class Drafting:
    """Judged answers, and the names on the shelf of the articles that they cite."""

    shelf: Shelf
    answers: Sequence[Judged]
    names: dict[str, str]

    def cases(self, count: int, earlier: Sequence[Case]) -> Iterator[Case]:
        """At most `count` drafts; none for an answer or a question that `earlier` cases have."""
        ids, questions = {case.id for case in earlier}, [case.question for case in earlier]
        for answer in self.answers:
            if not count:
                return
            case = answer.case(self.names)
            if case.id not in ids and not any(same_question(case.question, other) for other in questions):
                questions.append(case.question)
                count -= 1
                yield case


def _shelf(folder: Path) -> Shelf:
    """Of the folder, which need not hold anything yet."""
    return read_shelf(folder) if folder.is_dir() and any(folder.iterdir()) else EMPTY


def _cited(answers: Sequence[Judged]) -> dict[str, list[Citation]]:
    cited: dict[str, list[Citation]] = {}
    for each in answers:
        for citation in each.answer.citations:
            cited.setdefault(citation.article_id, []).append(citation)
    return cited


def _name(shelf: Shelf, citations: Sequence[Citation]) -> str | None:
    """The article of that title that says every quote once, as a case must have it."""
    for name, article in sorted(shelf.articles.items()):
        if article.title == citations[0].title and all(len(shelf.places(name, each.quote)) == 1 for each in citations):
            return name
    return None


def _export(record: ArticleRecord, folder: Path) -> None:
    fields = ("title", "text", "url", "source", "author", "published", "updated")
    written = {name: str(value) for name in fields if (value := getattr(record, name)) is not None}
    path = folder / f"journal-{record.id}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise CaseError(f"{path} cannot be written ({error.strerror}).", "Choose another folder.") from error
