"""Cases: questions with the answer that is expected of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from eval.asking import Asking
from eval.errors import CaseError
from eval.shelf import Place, Shelf
from ingest.errors import DossierError
from ingest.filters import Filters
from service.answer import Status
from service.question import Question, Turn


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Exchange(_Written):
    """An earlier turn of the conversation."""

    question: str
    answer: str


class CaseFilters(_Written):
    """Which articles may answer; see `ingest.filters.Filters`."""

    since: date | None = None
    until: date | None = None
    sources: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()


class Gold(_Written):
    """A sentence that answers: `quote` stands exactly once in the text of the article called `article`."""

    article: str
    quote: str = Field(min_length=1)


class Case(_Written):
    """One question and what is expected of its answer.

    `gold` are alternatives: any one of them is enough. `answers` are short strings, one of which belongs in the
    answer. Both are empty when the articles do not answer.
    """

    id: str = Field(min_length=1)
    question: str = Field(min_length=1)
    conversation: tuple[Exchange, ...] = ()
    filters: CaseFilters = CaseFilters()
    expected: Status
    gold: tuple[Gold, ...] = ()
    answers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _gold_fits_expectation(self) -> Case:
        if self.expected == "answered" and not self.gold:
            raise ValueError("an answerable case needs a gold sentence")
        if self.expected == "abstained" and (self.gold or self.answers):
            raise ValueError("a case the articles do not answer has neither gold sentences nor answers")
        return self

    def asked(self, mode: Asking) -> Question:
        """The question as a user would put it. Raises: QuestionError or FilterError when nobody could."""
        return Question(
            text=self.question,
            filters=Filters(**dict(self.filters)),
            conversation=tuple(Turn(turn.question, turn.answer) for turn in self.conversation),
            mode=mode,
        )

    def places(self, shelf: Shelf) -> tuple[Place, ...]:
        """Where the gold sentences stand."""
        return tuple(place for gold in self.gold for place in shelf.places(gold.article, gold.quote))


def load(path: Path, shelf: Shelf) -> list[Case]:
    """The cases of a JSONL file, in its order.

    Raises: CaseError, with file and line, for unreadable lines, unknown fields, duplicate ids, articles that are not
    on the shelf, and quotes that do not stand exactly once in their article.
    """
    cases: list[Case] = []
    lines: dict[str, int] = {}
    for number, line in _lines(path):
        where = f"{path}:{number}"
        case = _parsed(line, where)
        if case.id in lines:
            raise CaseError(f"{where}: the id {case.id!r} is that of line {lines[case.id]} too.", "Give each its own.")
        _check_gold(case, shelf, where)
        lines[case.id] = number
        cases.append(case)
    if not cases:
        raise CaseError(f"There are no cases in {path}.", "Write one JSON object a line.")
    return cases


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise CaseError(f"{path} cannot be read ({error.strerror}).", "Give a JSONL file of cases.") from error
    except UnicodeDecodeError as error:
        raise CaseError(f"{path} is not UTF-8 (byte {error.start}).", "Save it as UTF-8.") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line


def _parsed(line: str, where: str) -> Case:
    try:
        case = Case.model_validate_json(line)
        case.asked("quoted")
    except ValidationError as error:
        found = "; ".join(f"{'.'.join(map(str, item['loc'])) or 'case'}: {item['msg']}" for item in error.errors())
        raise CaseError(f"{where}: {found}", "The fields of a case are described in eval/data/README.md.") from error
    except DossierError as error:
        raise CaseError(f"{where}: {error.message}", error.help) from error
    return case


def _check_gold(case: Case, shelf: Shelf, where: str) -> None:
    for gold in case.gold:
        if gold.article not in shelf.articles:
            raise CaseError(f"{where}: there is no article {gold.article!r}.", "Name a file of the articles' folder.")
        count = len(shelf.places(gold.article, gold.quote))
        if count != 1:
            raise CaseError(
                f"{where}: {gold.quote[:80]!r} stands {count} times in {gold.article}, not once.",
                "Quote one whole sentence of the article, character by character.",
            )
