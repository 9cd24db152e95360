"""Chat models that need no weights: they reply from a script, wait or fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel, generate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import ConfigDict, Field

from service.models import LanguageModel
from service.tracing import UNTRACED, Tracer


@dataclass(frozen=True)
class Used:
    """The part of a reply that tells its tokens."""

    read: int
    written: int

    def chunk(self) -> AIMessageChunk:
        total = self.read + self.written
        usage = UsageMetadata(input_tokens=self.read, output_tokens=self.written, total_tokens=total)
        return AIMessageChunk(content="", usage_metadata=usage)


Step = str | Used | Exception | Callable[[], object]


class ScriptedChat(BaseChatModel):
    """Each call plays the next script (the last one again and again): a string is said, tokens are told, an error is
    raised, a function called. `heard` keeps the texts of the messages of each call, `options` its options, and `left`
    is set once a call has come to its end or was abandoned."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    scripts: Sequence[Sequence[Step]]
    heard: list[list[str]] = Field(default_factory=list)
    options: list[dict[str, Any]] = Field(default_factory=list)
    left: Event = Field(default_factory=Event)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return generate_from_stream(self._stream(messages, stop, run_manager, **kwargs))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        script = self.scripts[min(len(self.heard), len(self.scripts) - 1)]
        self.heard.append([str(message.text) for message in messages])
        self.options.append(kwargs)
        try:
            for step in script:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, Used):
                    yield ChatGenerationChunk(message=step.chunk())
                elif isinstance(step, str):
                    yield ChatGenerationChunk(message=AIMessageChunk(content=step))
                else:
                    step()
        finally:
            self.left.set()


def scripted(
    *scripts: Sequence[Step], seconds: float = 5.0, embedded: bool = False, tracer: Tracer = UNTRACED
) -> tuple[LanguageModel, ScriptedChat]:
    """A language model over a scripted chat, and the chat."""
    chat = ScriptedChat(scripts=scripts)
    return LanguageModel("scripted", lambda: chat, seconds, embedded, tracer), chat
