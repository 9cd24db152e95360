"""Cases: questions with the answer that is expected of them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from eval.asking import Asking
from eval.shelf import Place, Shelf
from ingest.filters import Filters
from ingest.text import normalise
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
    """A sentence that answers: `quote` stands in the text of the article called `article`."""

    article: str
    quote: Annotated[str, AfterValidator(normalise), Field(min_length=1)]


class Case(_Written):
    """One question and what is expected of its answer. Articles go by their names on the shelf.

    `expected` is null where answering and abstaining are both right. `gold` are sentences that answer and
    `gold_articles` articles that do: any one of them is enough. `answers` are short strings, one of which belongs in
    the answer; `reference` is a whole answer as a person wrote it. All are empty when the articles do not answer.
    `rivals` are what other articles say in place of `answers`: both belong in the answer, side by side. `asks_back`
    says whether the question is to be asked back, null where nobody judged.
    The question is asked on the day `asked_on`, today where it is null, and over the articles named in `over`, over
    all where it is empty. Cases of one `group` (about one article, of one conversation) are not independent of each
    other. `note` is for whoever reads the case; nothing is measured by it.
    """

    id: str = Field(pattern=r"^\S(.*\S)?$")
    question: str = Field(min_length=1)
    conversation: tuple[Exchange, ...] = ()
    filters: CaseFilters = CaseFilters()
    asked_on: date | None = None
    over: tuple[str, ...] = ()
    expected: Status | None
    gold: tuple[Gold, ...] = ()
    gold_articles: tuple[str, ...] = ()
    answers: tuple[Annotated[str, Field(pattern=r"\S")], ...] = ()
    rivals: tuple[Annotated[str, Field(pattern=r"\S")], ...] = ()
    reference: str | None = None
    asks_back: bool | None = None
    tags: tuple[str, ...] = ()
    group: str | None = None
    # Left out of what is written where there is none, so that a set without notes keeps its fingerprint.
    note: str | None = Field(default=None, exclude_if=lambda note: note is None)

    @model_validator(mode="after")
    def _gold_fits_expectation(self) -> Case:
        if self.expected == "abstained" and (self.gold or self.gold_articles or self.answers or self.reference):
            raise ValueError("a case the articles do not answer has no gold sentences, articles, answers or reference")
        if self.over and not self.named_gold <= set(self.over):
            raise ValueError("gold lies outside of the articles that it is asked over")
        return self

    @property
    def cluster(self) -> str:
        """Cases of one cluster stand or fall together; a case about no article stands alone."""
        articles = sorted(self.named_gold)
        return self.group or (articles[0] if articles else f"case:{self.id}")

    @property
    def named_gold(self) -> frozenset[str]:
        """The names of the articles that answer."""
        return frozenset((*self.gold_articles, *(gold.article for gold in self.gold)))

    @property
    def named(self) -> frozenset[str]:
        """Every article the case speaks of."""
        return self.named_gold | frozenset(self.over)

    def asked(self, mode: Asking, over: tuple[str, ...] = ()) -> Question:
        """The question as a user would put it, over the articles with the ids `over`.

        Raises: QuestionError or FilterError when nobody could.
        """
        return Question(
            text=self.question,
            filters=Filters(**dict(self.filters), articles=over),
            conversation=tuple(Turn(turn.question, turn.answer) for turn in self.conversation),
            mode=mode,
            asked_on=self.asked_on,
        )

    def places(self, shelf: Shelf) -> tuple[Place, ...]:
        """Everywhere the gold sentences stand."""
        return tuple(place for gold in self.gold for place in shelf.places(gold.article, gold.quote))
