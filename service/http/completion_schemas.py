"""The bodies of OpenAI's chat completions, as far as they mean something here, with Dossier's own parts beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NotRequired

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from ingest.filters import Filters
from service.answer import Answer, Citation
from service.http.schemas import Day, FiltersIn

MODELS: dict[str, Literal["auto", "quoted"]] = {"dossier": "auto", "dossier-quoted": "quoted"}
"""The models there are, each with the mode it answers in."""


class _Lenient(BaseModel):
    """OpenAI's fields without a meaning here are ignored, as other servers do."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class PartIn(_Lenient):
    """A part of a message; only those of type `text` are read."""

    type: str
    text: str | None = None


class MessageIn(_Lenient):
    """A message of the conversation. Those of `system`, `developer`, `tool` and `function` change nothing."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | tuple[PartIn, ...] | None = None


class StreamOptionsIn(_Lenient):
    """With `include_usage`, a last chunk tells the tokens."""

    include_usage: bool | None = None


class ExtensionIn(BaseModel):
    """What Dossier takes beyond OpenAI's fields: `extra_body={"dossier": {...}}` in the `openai` client.

    With a `conversation_id` the earlier turns are those that the service kept, not those of the messages. Quotes are
    given where the model or the `mode` asks for them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    filters: FiltersIn = FiltersIn()
    asked_on: Day | None = None
    conversation_id: str | None = Field(default=None, min_length=1, max_length=100)
    mode: Literal["auto", "quoted"] | None = None

    def to_filters(self) -> Filters:
        """Raises: FilterError when its dates are swapped."""
        return Filters(**dict(self.filters))


class CompletionIn(_Lenient):
    """A chat: its last user message is the question, what comes before is the conversation.

    System and developer messages are accepted and change nothing: how Dossier answers is not up to a prompt. So are
    the fields of OpenAI's that steer a generation (`temperature`, `max_tokens`, `stop` ...). Those that ask for another
    kind of reply are refused.
    """

    model: str = Field(json_schema_extra={"enum": list(MODELS)})
    messages: tuple[MessageIn, ...] = Field(min_length=1)
    stream: bool | None = None
    stream_options: StreamOptionsIn | None = None
    dossier: ExtensionIn = ExtensionIn()
    n: int | None = Field(default=None, json_schema_extra={"enum": [1, None]})
    tools: tuple[Any, ...] | None = Field(default=None, json_schema_extra={"maxItems": 0})
    functions: tuple[Any, ...] | None = Field(default=None, json_schema_extra={"maxItems": 0})
    modalities: tuple[str, ...] | None = Field(default=None, json_schema_extra={"items": {"const": "text"}})
    audio: dict[str, Any] | None = Field(default=None, json_schema_extra={"enum": [None]})
    response_format: dict[str, Any] | None = Field(
        default=None, json_schema_extra={"properties": {"type": {"const": "text"}}, "required": ["type"]}
    )
    logprobs: bool | None = Field(default=None, json_schema_extra={"enum": [False, None]})


class UrlCitation(TypedDict):
    """Where a citation's mark stands in the content (characters, half-open), and what it leads to."""

    start_index: int
    end_index: int
    title: str
    url: str


class Annotation(TypedDict):
    """OpenAI's annotation of one mark, with the citation itself beside it."""

    type: Literal["url_citation"]
    url_citation: UrlCitation
    dossier: Citation


class Message(TypedDict):
    """The reply: statements with marks, then a footnote a citation."""

    role: Literal["assistant"]
    content: str
    refusal: None
    annotations: Sequence[Annotation]


class Choice(TypedDict):
    """The only one."""

    index: int
    message: Message
    logprobs: None
    finish_reason: Literal["stop"]


class Usage(TypedDict):
    """Tokens of the LLM; zeros where none ran."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Completion(TypedDict):
    """A whole reply. `dossier` is the answer as `/v1/ask` gives it; `usage` is null where the LLM does not tell."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: Sequence[Choice]
    usage: Usage | None
    dossier: Answer


class Delta(TypedDict):
    """What a chunk adds to the message."""

    role: NotRequired[Literal["assistant"]]
    content: NotRequired[str]
    annotations: NotRequired[Sequence[Annotation]]


class ChunkChoice(TypedDict):
    """The only one."""

    index: int
    delta: Delta
    logprobs: None
    finish_reason: Literal["stop"] | None


class Chunk(TypedDict):
    """A part of a reply. The one that ends it has the annotations and the whole answer."""

    id: str
    object: Literal["chat.completion.chunk"]
    created: int
    model: str
    choices: Sequence[ChunkChoice]
    usage: NotRequired[Usage | None]
    dossier: NotRequired[Answer]


class ModelOut(TypedDict):
    """A model by name; `created` is when this service began."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelList(TypedDict):
    """The models there are."""

    object: Literal["list"]
    data: Sequence[ModelOut]
