"""How much of llama.cpp's own speed is left when the embedded LLM words an answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

from eval.errors import RunError
from service.compose import MAX_TOKENS, ONE_SENTENCE
from service.models import LanguageModel, build_model
from service.prompting import Message, load_prompt

if TYPE_CHECKING:
    from xllamacpp import Server

TARGET = 0.9
PATIENCE_SECONDS = 600.0
OPTIONS: dict[str, Any] = {"max_tokens": MAX_TOKENS, "stop": ["\n"]}

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Worded:
    """One prompt, both ways. Rates are tokens a second from the first to the last; seconds are of the whole call.

    `tokens` are those of the prompt, `read` and `bare_read` how many of them had to be read anew.
    """

    rate: float
    bare_rate: float
    seconds: float
    bare_seconds: float
    tokens: int
    read: int
    bare_read: int


@dataclass(frozen=True, slots=True)
class Generation:
    """The prompts in the order they were given; the first found nothing of itself in the cache, and is left out."""

    model: str
    worded: Sequence[Worded]

    def summary(self) -> dict[str, Any]:
        """What a machine reads; medians, ratios prompt by prompt."""
        return {
            "model": self.model,
            "prompts": len(self.worded),
            "tokens_per_second": median(each.rate for each in self.worded),
            "bare_tokens_per_second": median(each.bare_rate for each in self.worded),
            "ratio": median(each.rate / each.bare_rate for each in self.worded),
            "target": TARGET,
            "seconds": median(each.seconds for each in self.worded),
            "bare_seconds": median(each.bare_seconds for each in self.worded),
            "prompt_tokens": median(each.tokens for each in self.worded),
            "prompt_tokens_read": median(each.read for each in self.worded),
            "bare_prompt_tokens_read": median(each.bare_read for each in self.worded),
        }


def measure_generation(sentences: Sequence[str], progress: Progress | None = None) -> Generation:
    """Has each sentence worded as an answer by the embedded LLM as `dossier` runs it, grammar and all, and by a bare
    llama.cpp, in turns. Two sentences at least.

    Raises: ModelError when there is no embedded LLM, RunError when it words nothing.
    """
    from service.llama import LlamaChat, load

    model = build_model("embedded")
    assert model is not None
    with closing(model):
        chat = model.chat
        assert isinstance(chat, LlamaChat)
        server = load(chat.path)
        worded = []
        for number, sentence in enumerate(sentences):
            worded.append(_worded(model, server, sentence, bare_first=number % 2 == 1))
            if progress:
                progress(1)
    kept = [each for each in worded[1:] if each]
    if not kept:
        raise RunError("The embedded language model worded nothing.", "Give articles with longer sentences.")
    return Generation(model.name, kept)


def _worded(model: LanguageModel, server: Server, sentence: str, bare_first: bool) -> Worded | None:
    """None where either wrote too little to have a speed."""
    messages = load_prompt("rewrite").render(question="What is known of this?", sentence=sentence)
    bare = _bare(server, messages) if bare_first else None
    rate, seconds = _ours(model, messages)
    bare_rate, bare_seconds, bare_read = bare or _bare(server, messages)
    if not rate or not bare_rate:
        return None
    tokens, read = _prompt(model, messages)
    return Worded(rate, bare_rate, seconds, bare_seconds, tokens, read, bare_read)


def _ours(model: LanguageModel, messages: Sequence[Message]) -> tuple[float, float]:
    """Pieces a second, each of which is a token, and seconds."""
    began = perf_counter()
    heard = [
        perf_counter() for piece in model.stream(messages, PATIENCE_SECONDS, grammar=ONE_SENTENCE, **OPTIONS) if piece
    ]
    seconds = perf_counter() - began
    return (len(heard) - 1) / (heard[-1] - heard[0]) if len(heard) > 2 else 0.0, seconds


def _bare(server: Server, messages: Sequence[Message]) -> tuple[float, float, int]:
    """Tokens a second, seconds, and tokens of the prompt that were read."""
    request = {
        "messages": [{"role": message.role, "content": message.text} for message in messages],
        "temperature": 0,
        "cache_prompt": True,
        **OPTIONS,
    }
    began = perf_counter()
    timings = server.handle_chat_completions(request)["timings"]
    seconds = perf_counter() - began
    # Its clock starts with the first token.
    written = timings["predicted_n"] - 1
    return written / timings["predicted_ms"] * 1000 if written > 1 else 0.0, seconds, timings["prompt_n"]


def _prompt(model: LanguageModel, messages: Sequence[Message]) -> tuple[int, int]:
    """The prompt's tokens, and how many had to be read when it came again after another one: as LangChain tells."""
    given = [(message.role, message.text) for message in messages]
    usage: Any = model.chat.invoke(given, max_tokens=1).usage_metadata
    return usage["input_tokens"], usage["input_tokens"] - usage["input_token_details"]["cache_read"]
