"""The embedded LLM: SmolLM2-135M-Instruct in this process, by llama.cpp, as a LangChain chat model."""

from __future__ import annotations

import atexit
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from threading import Event, Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel, generate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage, convert_to_openai_messages
from langchain_core.messages.ai import InputTokenDetails, UsageMetadata
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from service.errors import ModelError

if TYPE_CHECKING:
    from xllamacpp import Server

CONTEXT_TOKENS = 2048
BATCH_TOKENS = 256
MAX_TOKENS = 256
SEED = 1
# More threads wait for one another at every layer: on two busy cores two of them were six times slower than one.
# Their number also changes the last digits of sums, at times a word: one is one everywhere.
THREADS = 1

_END = object()


class LlamaChat(BaseChatModel):
    """One model file, loaded at first use; one conversation at a time, so that the same question gets the same answer
    (llama.cpp computes several at once a little differently from one).

    Options of a call, beside LangChain's own `stop`: `max_tokens`; `grammar` in GBNF; `deadline` on the clock of
    `time.monotonic`, after which it stops and raises ModelError.
    """

    path: Path

    _server: Server | None = PrivateAttr(default=None)
    _shared: list[dict[str, Any]] | None = PrivateAttr(default=None)
    _turn: Lock = PrivateAttr(default_factory=Lock)
    _closed: Event = PrivateAttr(default_factory=Event)

    @property
    def _llm_type(self) -> str:
        return "dossier-llama"

    def close(self) -> None:
        """Stops what is running, within a batch of tokens, and frees the model. It cannot be used again."""
        self._closed.set()
        with self._turn:
            self._server = None
        atexit.unregister(self.close)

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
        generation = _Generation(kwargs.get("deadline", float("inf")), self._closed)
        request = _request(messages, stop, kwargs.get("max_tokens", MAX_TOKENS), kwargs.get("grammar"))
        Thread(target=self._run, args=(request, generation), name="llama", daemon=True).start()
        for piece in generation:
            yield ChatGenerationChunk(message=piece)
            if run_manager:
                run_manager.on_llm_new_token(str(piece.text))

    def _run(self, request: dict[str, Any], generation: _Generation) -> None:
        try:
            with self._my_turn(generation) as server:
                self._rewind(server, request)
                server.handle_chat_completions(request, generation.hear)
        except (RuntimeError, ValueError, OSError) as error:
            generation.fail(f"The embedded language model failed ({type(error).__name__}).")
        except ModelError as error:
            generation.fail(error.message)
        finally:
            generation.end()

    def _rewind(self, server: Server, request: dict[str, Any]) -> None:
        """Leaves in llama.cpp's cache what comes before the last message, and nothing of earlier calls after it.

        llama.cpp reuses the longest start that two prompts share, and where it stops moves the last digits of what
        follows, at times a word: without this, an answer would depend on the questions before it.
        """
        shared = request["messages"][:-1]
        opening = {**request, "messages": [*shared, {"role": "user", "content": "."}], "max_tokens": 0, "stream": False}
        server.handle_chat_completions({**opening, "grammar": "", "cache_prompt": shared == self._shared})
        self._shared = shared

    @contextmanager
    def _my_turn(self, generation: _Generation) -> Iterator[Server]:
        if not self._turn.acquire(timeout=generation.patience):
            raise ModelError("The embedded language model was busy for too long.")
        try:
            if self._closed.is_set():
                raise ModelError("The embedded language model is closed.")
            if self._server is None:
                self._server = load(self.path)
                # Python must not end while native code may call back into it.
                atexit.register(self.close)
            yield self._server
        finally:
            self._turn.release()


class _Generation:
    """What one call has said so far: heard in llama.cpp's thread, iterated in the caller's."""

    def __init__(self, deadline: float, closed: Event) -> None:
        self._deadline = deadline
        self._closed = closed
        self._abandoned = Event()
        self._heard: SimpleQueue[object] = SimpleQueue()

    def __iter__(self) -> Iterator[AIMessageChunk]:
        try:
            while (piece := self._heard.get()) is not _END:
                if isinstance(piece, ModelError):
                    raise piece
                assert isinstance(piece, AIMessageChunk)
                yield piece
        finally:
            self._abandoned.set()

    @property
    def patience(self) -> float:
        """Seconds to wait for a turn; -1 is for ever, as `Lock.acquire` has it."""
        return -1 if self._deadline == float("inf") else max(0.0, self._deadline - monotonic())

    def hear(self, event: dict[str, Any]) -> bool:
        """Takes one event of llama.cpp's stream; True stops it."""
        if "error" in event:
            self.fail(f"The embedded language model refused the request: {event['error'].get('message')}")
            return True
        if monotonic() > self._deadline:
            self.fail("The embedded language model did not finish in time.")
            return True
        for choice in event.get("choices", ()):
            if text := choice["delta"].get("content"):
                self._heard.put(AIMessageChunk(content=text))
        if usage := event.get("usage"):
            self._heard.put(AIMessageChunk(content="", usage_metadata=_usage(usage)))
        return self._abandoned.is_set() or self._closed.is_set()

    def fail(self, message: str) -> None:
        """Ends it with a ModelError."""
        self._heard.put(ModelError(message, "Answers are given in quotes meanwhile."))

    def end(self) -> None:
        """Ends it; nothing heard later counts."""
        self._heard.put(_END)


def _request(
    messages: Sequence[BaseMessage], stop: list[str] | None, tokens: int, grammar: str | None
) -> dict[str, Any]:
    request = {
        "messages": convert_to_openai_messages(messages),
        "max_tokens": tokens,
        "stop": stop or [],
        "temperature": 0,
        "seed": SEED,
        "cache_prompt": True,
        "stream": True,
        "stream_options": {"include_usage": True},
        # Events while the prompt is read let a deadline stop that too.
        "return_progress": True,
    }
    return request | {"grammar": grammar} if grammar else request


def _usage(told: Mapping[str, Any]) -> UsageMetadata:
    """Tokens of the prompt count whether or not llama.cpp still had them in its cache: `cache_read` of them it had."""
    read, written = told["prompt_tokens"], told["completion_tokens"]
    had = InputTokenDetails(cache_read=told["prompt_tokens_details"]["cached_tokens"])
    return UsageMetadata(input_tokens=read, output_tokens=written, total_tokens=read + written, input_token_details=had)


def load(path: Path) -> Server:
    """llama.cpp with the model of that file, as it runs here. Raises: ModelError."""
    from xllamacpp import CommonParams, Server

    params = CommonParams()
    params.model.path = str(path)
    params.n_ctx = CONTEXT_TOKENS
    params.n_batch = params.n_ubatch = BATCH_TOKENS
    params.n_parallel = 1
    params.cache_ram_mib = 0
    params.cpuparams.n_threads = THREADS
    params.verbosity = -1
    params.ui = False
    params.endpoint_slots = False
    params.n_threads_http = 1
    # llama.cpp insists on listening. A socket file in a private folder, removed at once, leaves nothing to connect to.
    with TemporaryDirectory(prefix="dossier-") as folder:
        params.hostnames = [f"{folder}/llama.sock"]
        try:
            return Server(params)
        except RuntimeError as error:
            raise ModelError(
                f"The embedded language model cannot be loaded from {path}.", "Install it again."
            ) from error
