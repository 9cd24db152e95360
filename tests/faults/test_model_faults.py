"""A language model that misbehaves: the answer comes in time, in quotes that hold, and says that it was not worded."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from time import monotonic, sleep

import pytest
from pydantic import SecretStr

from ingest.settings import IngestSettings
from service.answer import Answer
from service.chain import Chain
from service.compose import Composer
from service.models import build_model
from service.question import Question
from service.settings import ServiceSettings
from service.wiring import House, open_house
from tests.faults.models import Behaviour, Exchange, behaving
from tests.rooms import document

pytestmark = pytest.mark.slow

LIMIT = 1.0
LATEST = LIMIT + 4
"""Seconds after which an answer is late: reading and proving take their time on a busy machine."""
TEXT = (
    "The harbour of Marwa was closed on Monday because the storm had broken its northern wall. "
    "Repairs will cost 12 million euros, the mayor said."
)
QUESTION = Question("Why was the harbour of Marwa closed?")


def hang(exchange: Exchange) -> None:
    exchange.over.wait(30)


def hang_amid(exchange: Exchange) -> None:
    exchange.head()
    exchange.say("The harbour was closed because ")
    exchange.over.wait(30)


def drip(exchange: Exchange) -> None:
    exchange.head()
    while not exchange.over.wait(0.05):
        exchange.send(b" ")


def drip_pieces(exchange: Exchange) -> None:
    exchange.head()
    while not exchange.over.wait(0.05):
        exchange.say("a")


def garbage(exchange: Exchange) -> None:
    exchange.head()
    exchange.send(bytes(range(256)) * 200)


def no_stream(exchange: Exchange) -> None:
    exchange.head(kind="text/html")
    exchange.send(b"<html>Sign in to the Wi-Fi</html>")


def wrong_json(exchange: Exchange) -> None:
    exchange.head()
    for data in (b"{}", b"[]", b'{"choices": [{"delta": 7}]}', b'{"choices": "x"}'):
        exchange.send(b"data: " + data + b"\n\n")
    exchange.end()


def broken_json(exchange: Exchange) -> None:
    exchange.head()
    exchange.send(b'data: {"choices": [{"delta": {"conte\n\n')


def error_amid(exchange: Exchange) -> None:
    exchange.head()
    exchange.say("The harbour ")
    exchange.send(b'data: {"error": {"message": "overloaded", "type": "server_error"}}\n\n')


def failing(status: int, **headers: str) -> Behaviour:
    def fail(exchange: Exchange) -> None:
        exchange.head(status, "application/json", **headers)
        exchange.send(b'{"error": {"message": "no", "type": "x"}}')

    return fail


def close_at_once(exchange: Exchange) -> None:
    exchange.reset()


def close_amid(exchange: Exchange) -> None:
    exchange.head(Content_Length="100000")
    exchange.say("The harbour was closed ")


def reset_amid(exchange: Exchange) -> None:
    exchange.head()
    exchange.say("The harbour was closed ")
    exchange.reset()


def nothing(exchange: Exchange) -> None:
    exchange.head()
    exchange.end()


def huge(exchange: Exchange) -> None:
    exchange.head()
    while not exchange.over.is_set():
        exchange.say("blah " * 2000)


def huge_line(exchange: Exchange) -> None:
    exchange.head()
    exchange.say("The harbour [S1] " * 2_000_000)
    exchange.end()


def endless_statements(exchange: Exchange) -> None:
    exchange.head()
    while not exchange.over.is_set():
        exchange.say("The king of France closed the harbour [S1].\n")


def redirect(exchange: Exchange) -> None:
    exchange.head(307, Location="http://127.0.0.1:9/v1/chat/completions")


BEHAVIOURS: dict[str, Behaviour] = {
    **{
        each.__name__: each
        for each in (hang, hang_amid, drip, drip_pieces, garbage, no_stream, wrong_json, broken_json)
    },
    **{each.__name__: each for each in (error_amid, close_at_once, close_amid, reset_amid, nothing, huge, huge_line)},
    **{each.__name__: each for each in (endless_statements, redirect)},
    **{str(status): failing(status) for status in (400, 401, 404, 500, 503)},
    "429": failing(429, Retry_After="30"),
    "429 at once": failing(429, Retry_After="0"),
}


UNNOTICED = {"endless_statements", "huge", "huge_line"}
"""Here the model did answer, if to no purpose: what it said named no sentence or was refused."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    settings = IngestSettings(data=tmp_path_factory.mktemp("models"))
    with open_house(settings, ServiceSettings(llm="none"), "a test") as opened:
        opened.corpus.ingest([document(TEXT, title="Marwa")])
        opened.warm_up()
        # The client's own modules are loaded by its first request, and that may take the whole limit.
        with behaving(nothing) as (base_url, _), worded(opened, base_url, 60) as ask:
            ask()
        yield opened


@contextmanager
def worded(house: House, base_url: str, seconds: float = LIMIT) -> Iterator[Callable[[], Answer]]:
    """Asks the question of a chain that has a model at that address word its answers."""
    model = build_model("openai:m", base_url, SecretStr("sk-very-secret"), seconds)
    assert model

    with closing(model):
        chain = Chain(house.retriever, house.reader, house.verifier, Composer(model))
        yield lambda: chain.answer(QUESTION)


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_the_answer_comes_in_time_in_quotes_that_hold(house: House, name: str) -> None:
    with behaving(BEHAVIOURS[name]) as (base_url, asked), worded(house, base_url) as ask:
        began = monotonic()
        answer = ask()
        took = monotonic() - began
    assert asked
    assert took < LATEST
    assert (answer.status, answer.mode) == ("answered", "quoted")
    assert answer.degraded or name in UNNOTICED
    assert "because the storm had broken" in answer.text
    assert "secret" not in repr(answer)
    for citation in answer.citations:
        assert TEXT[citation.start : citation.end] == citation.quote
    assert all(statement.verdict == "quoted" for statement in answer.statements)


def test_a_model_that_recovers_words_the_answer(house: House) -> None:
    left = [500, 429]

    def behave(exchange: Exchange) -> None:
        if left:
            failing(left.pop())(exchange)
            return
        exchange.head()
        exchange.say("The harbour of Marwa was closed because the storm had broken its northern wall [S1].")
        exchange.end()

    with behaving(behave) as (base_url, asked), worded(house, base_url, 30) as ask:
        answer = ask()
    assert (len(asked), answer.mode, answer.status) == (3, "composed", "answered")


def test_what_drips_on_does_not_pile_up(house: House) -> None:
    """A call that was left behind ends soon after, whatever its server does."""
    with behaving(drip) as (base_url, _), worded(house, base_url) as ask:
        for _ in range(3):
            assert ask().mode == "quoted"
        deadline = monotonic() + 20
        while any(thread.name == "llm" and thread.is_alive() for thread in threading.enumerate()):
            assert monotonic() < deadline, "calls to the model were left behind"
            sleep(0.05)
