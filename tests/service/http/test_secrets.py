"""A key is told once, to who makes it: it is in no answer, log, metric, trace, file or traceback after that."""

from __future__ import annotations

import ast
import hmac
import io
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from limits import parse
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from ingest.engines import server_url
from ingest.errors import SettingsError, StorageError
from ingest.settings import IngestSettings, read_settings
from service.http.access import Locks
from service.http.app import create_app
from service.http.policy import Policy
from service.http.rates import LocalRates
from service.settings import ServiceSettings, SlackSettings
from service.store.keys import SCOPES
from tests.service.http.doubles import House

ROOT = Path(__file__).parents[3]
REQUESTS: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/", None),
    ("GET", "/docs", None),
    ("GET", "/openapi.json", None),
    ("GET", "/v1/me", None),
    ("GET", "/v1/conversations", None),
    ("GET", "/v1/conversations/none", None),
    ("GET", "/v1/articles", None),
    ("GET", "/v1/search", None),
    ("GET", "/no/such/address", None),
    ("POST", "/v1/ask", {"question": "Why?"}),
    ("POST", "/v1/ask", {"question": "Why?", "stream": True}),
    ("POST", "/v1/ask", {"question": ["no", "text"]}),
    ("POST", "/v1/chat/completions", {"model": "dossier", "messages": [{"role": "user", "content": "Why?"}]}),
    ("POST", "/v1/feedback", {"answer_id": "answer-1", "verdict": "helpful"}),
    ("POST", "/v1/jobs", {"articles": [{"text": "The harbour."}]}),
    ("GET", "/v1/jobs", None),
    ("POST", "/v1/articles", {"articles": [{"text": "The harbour."}]}),
    ("POST", "/mcp", {"jsonrpc": "2.0", "id": 1, "method": "nothing"}),
    ("DELETE", "/v1/ask", None),
    ("GET", "/metrics", None),
)


class Spied:
    """An app whose logs, spans and answers are all kept as one text."""

    def __init__(self, house: House, lines: io.StringIO) -> None:
        self.house, self.lines = house, lines
        self.spans = InMemorySpanExporter()
        self.provider = TracerProvider(shutdown_on_exit=False)
        self.provider.add_span_processor(SimpleSpanProcessor(self.spans))
        self.answers: list[str] = []

    def visited(self, authorization: str) -> list[int]:
        policy = Policy(locks=Locks(self.house.keyring.holder, LocalRates(parse("500/minute"))), log_questions=True)
        app = create_app(self.house.services, policy, self.provider)
        statuses = []
        try:
            with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
                for method, path, body in REQUESTS:
                    headers = {"Authorization": authorization, "Idempotency-Key": path}
                    response = client.request(method, path, json=body, headers=headers)
                    statuses.append(response.status_code)
                    self.answers += [response.text, str(response.headers)]
        finally:
            FastAPIInstrumentor.uninstrument_app(app)
        return statuses

    def told(self) -> str:
        spans = "".join(span.to_json() for span in self.spans.get_finished_spans())
        return "\n".join([*self.answers, self.lines.getvalue(), spans])


@pytest.fixture
def spied(house: House, lines: io.StringIO) -> Spied:
    return Spied(house, lines)


@pytest.mark.parametrize("broken", [False, True], ids=["sound", "failing"])
def test_a_key_is_told_nowhere(spied: Spied, broken: bool) -> None:
    spied.house.answerer.error = RuntimeError("broken") if broken else None
    key, presented = spied.house.keyring.create("desk", SCOPES)
    statuses = spied.visited(f"Bearer {presented}")
    assert (401 in statuses, 500 in statuses) == (False, broken)
    assert presented.removeprefix(f"dsr_{key.id}_") not in spied.told()
    assert key.name in spied.told()  # it was looked at: the log names the key


@pytest.mark.parametrize("presented", ["Bearer dsr_{id}_{wrong}", "Bearer {wrong}", "Basic {wrong}", "{wrong}"])
def test_what_is_presented_as_a_key_is_not_repeated(spied: Spied, presented: str) -> None:
    key, _ = spied.house.keyring.create("desk", SCOPES)
    wrong = "w" * 43
    assert 200 not in spied.visited(presented.format(id=key.id, wrong=wrong))[3:]
    assert wrong not in spied.told()


def test_a_key_in_an_address_is_not_logged(spied: Spied) -> None:
    """Nothing takes it there; people try."""
    _, presented = spied.house.keyring.create("desk", SCOPES)
    with TestClient(create_app(spied.house.services, traces=spied.provider), base_url="http://localhost") as client:
        client.get(f"/v1/articles/{presented}", params={"key": presented})
        client.get(f"/{presented}")
    spans = "".join(span.to_json() for span in spied.spans.get_finished_spans())
    assert presented not in spied.lines.getvalue() + spans


SECRET = "s3cr3t-value"
SETTINGS = {
    **dict.fromkeys(("API_KEY", "LLM_API_KEY", "CHROMA_TOKEN"), SECRET),
    **dict.fromkeys((f"SLACK_{name}" for name in ("BOT_TOKEN", "APP_TOKEN", "SIGNING_SECRET")), SECRET),
    "DATABASE_URL": f"postgresql://dossier:{SECRET}@127.0.0.1/dossier",
    "CHROMA_URL": "http://127.0.0.1:9",
}


def test_secrets_of_the_settings_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(f"DOSSIER_{name}", value)
    for settings in (IngestSettings(), ServiceSettings(), SlackSettings()):
        assert SECRET not in repr(settings) + str(settings) + settings.model_dump_json()


@pytest.mark.parametrize("missing", ["CHROMA_URL", "SLACK_BOT_TOKEN"])
def test_settings_that_do_not_go_together_are_refused_without_their_secrets(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    for name, value in SETTINGS.items():
        if name != missing:
            monkeypatch.setenv(f"DOSSIER_{name}", value)
    kind = SlackSettings if missing.startswith("SLACK") else IngestSettings
    with pytest.raises(SettingsError) as caught:
        read_settings(kind)
    assert SECRET not in f"{caught.value} {caught.value.help}"


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://u:{SECRET}@127.0.0.1:x/d",
        f"postgresql://u:{SECRET}:more@h@x/d",
        f"u:{SECRET}@h",
        f"mysql://u:{SECRET}@h/d",
    ],
)
def test_an_address_of_a_database_that_cannot_be_read_is_not_repeated(address: str) -> None:
    with pytest.raises(StorageError) as caught:
        server_url(address)
    assert SECRET not in f"{caught.value} {caught.value.help}"


def test_no_command_takes_a_secret_as_an_argument() -> None:
    """Every user of the machine sees what a process was started with."""
    for path in [*ROOT.glob("*/cli.py"), *ROOT.glob("*/*cli.py"), *ROOT.glob("*/*/cli.py"), *ROOT.glob("*/*/*/cli.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [argument.arg for argument in node.args.args] if isinstance(node, ast.FunctionDef) else []
            assert not [name for name in names if name in ("key", "api_key", "token", "secret", "password")], path


def test_keys_are_compared_in_constant_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """By structure, for a measurement would be noise: whatever is presented, two hashes of one length are compared, and
    by nothing else than the function that takes as long for equal as for different ones."""
    compared: list[tuple[int, int]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((len(one), len(other)))
        return compare_digest(one, other)

    compare_digest = hmac.compare_digest
    key, presented = house.keyring.create("desk", ["ask"])
    revoked, of_revoked = house.keyring.create("gone", ["ask"])
    house.keyring.revoke(revoked.id)
    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert house.keyring.holder(presented) is not None
    for wrong in (f"dsr_{key.id}_{'w' * 43}", f"{presented[:-1]}*", f"dsr_{'0' * 12}_{'w' * 43}", of_revoked):
        assert house.keyring.holder(wrong) is None
    assert compared == [(32, 32)] * 4  # what has not even the form of a key is not compared
