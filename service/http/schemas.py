"""The bodies of the HTTP contract that are not the answer itself."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    Base64Bytes,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    Tag,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from ingest.article import digest
from ingest.documents import Document, Kind
from ingest.fields import USUAL_NAMES
from ingest.filters import Filters
from ingest.hints import Hints
from ingest.records import State
from service.answer import Answer
from service.question import MAX_CHARACTERS, Question, Turn
from service.store.jobs import State as JobState
from service.store.journal import Opinion
from service.store.keys import Scope

MAX_ARTICLES = 200
MAX_TURNS = 50
HTTP_ADDRESS = r"^https?://\S+$"

Role = Literal["text", "title", "url", "source", "author", "published", "updated", "id"]


def _written_out(value: Any) -> Any:
    """Left alone, pydantic would read a number as seconds since 1970."""
    if value is None or (isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII)):
        return value
    raise PydanticCustomError("date_format", "write the date as YYYY-MM-DD")


Day = Annotated[date, BeforeValidator(_written_out)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class FiltersIn(_In):
    """Which articles may answer: dates of publication (both included), sources, authors, ids of articles."""

    since: Day | None = None
    until: Day | None = None
    sources: tuple[str, ...] = Field(default=(), max_length=100)
    authors: tuple[str, ...] = Field(default=(), max_length=100)
    articles: tuple[str, ...] = Field(default=(), max_length=1000)


class TurnIn(_In):
    """An earlier exchange."""

    question: str
    answer: str


class AskIn(_In):
    """A question. `conversation` gives earlier turns (oldest first) to a service that does not know them;
    `asked_on` is the day that "this week" is seen from (else today), and nothing published later answers;
    `stream` chooses between JSON (false) and server-sent events (true); left out, the Accept header does."""

    question: str = Field(json_schema_extra={"minLength": 1, "maxLength": MAX_CHARACTERS, "pattern": r"\S"})
    conversation_id: str | None = Field(default=None, min_length=1, max_length=100)
    conversation: tuple[TurnIn, ...] = Field(default=(), max_length=MAX_TURNS)
    filters: FiltersIn = FiltersIn()
    mode: Literal["auto", "quoted"] = "auto"
    asked_on: Day | None = None
    stream: StrictBool | None = None

    def to_question(self) -> Question:
        """Raises: QuestionError when it is blank or too long, FilterError when its dates are swapped."""
        return Question(
            text=self.question,
            filters=Filters(**dict(self.filters)),
            conversation=tuple(Turn(turn.question, turn.answer) for turn in self.conversation),
            conversation_id=self.conversation_id,
            mode=self.mode,
            asked_on=self.asked_on,
        )


class ArticleIn(_In):
    """An article to add. Without `url` and `origin` it is told apart by its content."""

    text: str = Field(min_length=1)
    title: str = ""
    url: str | None = Field(default=None, max_length=2000, pattern=HTTP_ADDRESS)
    source: str | None = None
    author: str | None = None
    published: Day | None = None
    updated: Day | None = None
    origin: str = Field(default="", max_length=4000)

    def to_document(self) -> Document:
        """A record document with an origin that tells it apart."""
        record = self.model_dump(mode="json", exclude={"origin"}, exclude_none=True)
        origin = self.origin or self.url or f"posted:{digest(self.title, self.text)[:16]}"
        return Document(origin, "record", json.dumps(record, ensure_ascii=False).encode("utf-8", "replace"))


class HintsIn(_In):
    """What is known of a document from outside."""

    title: str | None = None
    url: str | None = Field(default=None, max_length=2000, pattern=HTTP_ADDRESS)
    source: str | None = None
    author: str | None = None
    published: Day | None = None
    updated: Day | None = None

    def to_hints(self) -> Hints:
        """The same for the corpus."""
        return Hints(**dict(self))


class DocumentIn(_In):
    """A file to add as it is: `data` is its bytes in base64. `hints` win over what the document says, `fallbacks`
    fill its gaps; `fields` name the fields of a JSON record, a list of alternatives a role."""

    origin: str = Field(min_length=1, max_length=4000)
    kind: Kind
    data: Base64Bytes = Field(min_length=1)
    hints: HintsIn = HintsIn()
    fallbacks: HintsIn = HintsIn()
    fields: dict[Role, tuple[str, ...]] = Field(default={}, max_length=8)

    def to_document(self) -> Document:
        """The same for the corpus."""
        names = replace(USUAL_NAMES, **self.fields)
        return Document(self.origin, self.kind, self.data, self.hints.to_hints(), names, self.fallbacks.to_hints())


class Malformed(BaseModel):
    """Stands where an article could not be read, so that it does not stop the others."""

    origin: str
    reason: str


def _article_or_reason(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError as error:
        reasons = "; ".join(f"{'.'.join(map(str, item['loc'])) or 'article'}: {item['msg']}" for item in error.errors())
        return Malformed(origin=_origin(value), reason=reasons[:500])


def _origin(value: Any) -> str:
    given = (value.get("origin") or value.get("url")) if isinstance(value, dict) else None
    return str(given)[:200].encode("utf-8", "replace").decode() if given else ""


def _kind_sent(value: Any) -> str:
    return "document" if isinstance(value, DocumentIn) or (isinstance(value, dict) and "data" in value) else "article"


Sent = Annotated[
    Annotated[ArticleIn, Tag("article")] | Annotated[DocumentIn, Tag("document")],
    Discriminator(_kind_sent),
    WrapValidator(_article_or_reason),
]


class ArticlesIn(_In):
    """Articles to add. Each is judged by itself: its outcome says when it does not fit."""

    articles: tuple[Sent, ...] = Field(min_length=1, max_length=MAX_ARTICLES)


class OutcomeOut(_Out):
    """What became of one article, in the order sent."""

    origin: str
    status: Literal["new", "changed", "unchanged", "duplicate", "failed"]
    article_id: str | None
    reason: str | None
    notes: Sequence[str]


class OutcomesOut(_Out):
    """One outcome an article sent."""

    outcomes: Sequence[OutcomeOut]


class ArticleOut(_Out):
    """One version of an article, without its text."""

    id: str
    key: str
    title: str
    url: str | None
    source: str | None
    author: str | None
    published: date | None
    updated: date | None
    state: State
    story: str
    version: int
    ingested_at: datetime
    characters: int


class ArticlePage(_Out):
    """A page of the list. `total` counts all articles, whatever the query; `next_offset` is null on the last page."""

    articles: Sequence[ArticleOut]
    total: int
    next_offset: int | None


class ArticleFull(ArticleOut):
    """One version with the text that citations point into, and the versions kept of the same article."""

    text: str
    versions: Sequence[ArticleOut]


class TalkOut(_Out):
    """A conversation: its first question, when it began and went on last, how many answers it has."""

    id: str
    title: str
    created: datetime
    updated: datetime
    answers: int


class ConversationPage(_Out):
    """A page of the list; `next_offset` is null on the last one."""

    conversations: Sequence[TalkOut]
    next_offset: int | None


class ConversationOut(_Out):
    """The answers of a conversation, oldest first."""

    id: str
    answers: Sequence[Answer]


class FeedbackIn(_In):
    """What the caller thinks of an answer: `wrong_source` where the citations do not fit, `missing` where it lacks
    something."""

    answer_id: str = Field(min_length=1, max_length=100)
    verdict: Opinion
    comment: str | None = Field(default=None, max_length=4000)


class FeedbackOut(_Out):
    """It is kept."""

    id: str


def _filled(field: str) -> JsonDict:
    return {"required": [field], "properties": {field: {"minItems": 1}}}


class JobIn(_In):
    """What to ingest: articles as `POST /v1/articles` takes them, addresses of pages and feeds."""

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [_filled("articles"), _filled("urls")]}, extra="forbid", frozen=True
    )

    articles: tuple[Sent, ...] = Field(default=(), max_length=MAX_ARTICLES)
    urls: tuple[Annotated[str, Field(max_length=2000, pattern=HTTP_ADDRESS)], ...] = Field(
        default=(), max_length=MAX_ARTICLES
    )


class JobOut(_Out):
    """A job. `documents` were read so far, of the `passages` known of so far `embedded` are searchable; `outcomes`
    come in the end, one a document."""

    id: str
    state: JobState
    created: datetime
    finished: datetime | None
    documents: int
    passages: int
    embedded: int
    reason: str | None
    outcomes: Sequence[OutcomeOut]


class JobPage(_Out):
    """The caller's last jobs, the newest first."""

    jobs: Sequence[JobOut]


class CallerOut(_Out):
    """Who makes the request."""

    name: str
    scopes: Sequence[Scope]


class SourceOut(_Out):
    """A source and how many articles are of it."""

    name: str
    articles: int


class OutlineOut(_Out):
    """What there is to ask about."""

    sources: Sequence[SourceOut]
    since: date | None
    until: date | None


class StateOut(_Out):
    """The service is alive, or ready."""

    status: Literal["alive", "ready"]
