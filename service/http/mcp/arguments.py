"""What the tools are given. The descriptions are read by the models that call them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ingest.filters import Filters
from service.http.schemas import Day
from service.passages import MAX_PASSAGES
from service.question import MAX_CHARACTERS, Question

Names = Annotated[tuple[str, ...], Field(max_length=100)]


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Narrowed(_Arguments):
    since: Day | None = Field(default=None, description="Only articles published then or later: YYYY-MM-DD.")
    until: Day | None = Field(default=None, description="Only articles published then or earlier: YYYY-MM-DD.")
    sources: Names = Field(default=(), description="Only articles of these sources, written as results write them.")
    authors: Names = Field(default=(), description="Only articles by these authors, written as results write them.")

    def to_filters(self) -> Filters:
        """Raises: FilterError when its dates are swapped."""
        return Filters(self.since, self.until, self.sources, self.authors)


class AskArguments(_Narrowed):
    """A question, the articles that may answer it, and the conversation that it belongs to."""

    question: str = Field(
        description="One question in plain words, such as a person would ask it.",
        json_schema_extra={"minLength": 1, "maxLength": MAX_CHARACTERS, "pattern": r"\S"},
    )
    mode: Literal["auto", "quoted"] = Field(
        default="auto", description="quoted: in the articles' own words; auto: worded by an LLM where one is set up."
    )
    conversation_id: str | None = Field(
        default=None,
        min_length=1,
        max_length=100,
        description="Of an earlier answer: the question is then understood as its follow-up.",
    )

    def to_question(self) -> Question:
        """Raises: QuestionError when it is blank or too long, FilterError when its dates are swapped."""
        return Question(self.question, self.to_filters(), conversation_id=self.conversation_id, mode=self.mode)


class SearchArguments(_Narrowed):
    """What to find passages for, and in which articles."""

    query: str = Field(
        min_length=1, max_length=MAX_CHARACTERS, pattern=r"\S", description="What the passages should be about."
    )
    limit: int = Field(default=10, ge=1, le=MAX_PASSAGES, description="How many passages at most.")


class ArticleArguments(_Arguments):
    """Which characters of which article."""

    article_id: str = Field(
        min_length=1, max_length=100, description="The article_id of a citation or of a passage that was found."
    )
    start: int = Field(default=0, ge=0, description="The first character wanted, counted from 0.")
    end: int | None = Field(default=None, ge=1, description="The character to stop before; left out, the text's end.")
