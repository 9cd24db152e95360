"""How soon somebody who asks in Slack sees that they were heard, and has the answer."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import socket
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Condition, Thread
from time import perf_counter
from typing import Any
from urllib.parse import parse_qsl

import httpx
import numpy as np

from eval.bench.built import build
from eval.bench.inside import logged, running
from eval.errors import RunError
from ingest.documents import Document, Failure
from ingest.settings import IngestSettings, read_settings
from service.serving import open_server
from service.settings import ServiceSettings, SlackSettings

WARM_UP = 3
SIGN_TARGET, ANSWER_TARGET, ACK_TARGET = 1.0, 3.0, 3.0
WAIT_SECONDS = 60.0
SECRET = "of this measurement alone"  # noqa: S105 - nothing else knows it
SIGNS = frozenset({"assistant.threads.setStatus", "chat.postMessage", "chat.startStream"})
ENDS = frozenset({"chat.stopStream", "chat.postMessage"})

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Heard:
    """Seconds from when a question was sent until it was acknowledged, a sign was seen, and the whole answer was."""

    acknowledged: float
    sign: float
    answer: float


@dataclass(frozen=True, slots=True)
class SlackSpeed:
    """What every question took, in the order of asking."""

    articles: int
    passages: int
    heard: Sequence[Heard]

    def summary(self) -> dict[str, Any]:
        """What a machine reads; seconds."""
        return {
            "articles": self.articles,
            "passages": self.passages,
            "questions": len(self.heard),
            "acknowledged": _spread([each.acknowledged for each in self.heard], ACK_TARGET),
            "sign": _spread([each.sign for each in self.heard], SIGN_TARGET),
            "answer": _spread([each.answer for each in self.heard], ANSWER_TARGET),
        }


def measure_slack(documents: Iterable[Document | Failure], count: int, progress: Progress | None = None) -> SlackSpeed:
    """Builds a corpus in a folder that goes again, serves it with its door for Slack, and mentions the bot `count`
    times, each time when the last answer is there. Slack is a server on loopback that says yes to everything.

    Raises: RunError when a question is not answered, and what `open_server` raises.
    """
    with TemporaryDirectory(prefix="dossier-bench-") as name:
        folder = Path(name).resolve()
        built = build(folder, documents, "dossier bench slack", count + WARM_UP)
        with _slack() as slack, _bot(folder, slack) as address:
            heard = []
            with httpx.Client(base_url=address, timeout=WAIT_SECONDS, trust_env=False) as client:
                for question in built.questions:
                    heard.append(_asked(client, slack, question))
                    if progress:
                        progress(1)
    return SlackSpeed(built.articles, built.passages, heard[WARM_UP:])


class _Slack:
    """Which methods were called in which thread, and when."""

    def __init__(self, api_url: str) -> None:
        self.api_url = api_url
        self._calls: list[tuple[str, str, float]] = []
        self._changed = Condition()
        self._ts = itertools.count(1)

    def called(self, method: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Yes."""
        thread = str(arguments.get("thread_ts") or "")
        with self._changed:
            ts = f"{next(self._ts)}.000200"
            self._calls.append((method, thread or self._thread_of(str(arguments.get("ts"))), perf_counter()))
            if method == "chat.startStream":
                self._calls.append((f"stream:{ts}", thread, perf_counter()))
            self._changed.notify_all()
        return {"ok": True, "ts": ts, "user_id": "UBOT", "bot_id": "BBOT", "team_id": "T1", "channel": {"id": "D1"}}

    def wait(self, thread: str, methods: frozenset[str]) -> float:
        """When the first of the methods was called in the thread. Raises: RunError when none is."""
        with self._changed:
            found = self._changed.wait_for(lambda: self._when(thread, methods), WAIT_SECONDS)
        if not found:
            raise RunError("A question was not answered.", "Ask one by hand; docs/slack.md tells how.")
        return found

    def _when(self, thread: str, methods: frozenset[str]) -> float | None:
        return next((at for method, its, at in self._calls if its == thread and method in methods), None)

    def _thread_of(self, ts: str) -> str:
        return next((thread for method, thread, _ in self._calls if method == f"stream:{ts}"), "")


@contextmanager
def _slack() -> Iterator[_Slack]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            json_sent = self.headers.get("content-type", "").startswith("application/json")
            arguments = json.loads(body) if json_sent else dict(parse_qsl(body))
            answer = json.dumps(slack.called(self.path.rpartition("/")[2], arguments)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    slack = _Slack(f"http://127.0.0.1:{server.server_address[1]}/api/")
    thread = Thread(target=server.serve_forever, name="slack")
    thread.start()
    try:
        yield slack
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def _bot(folder: Path, slack: _Slack) -> Iterator[str]:
    ingest = read_settings(IngestSettings).within(folder)
    service = read_settings(ServiceSettings, llm="none", host="127.0.0.1", require_keys=False)
    app = SlackSettings(bot_token="xoxb-bench", signing_secret=SECRET, api_url=slack.api_url)  # noqa: S106
    with (
        logged(folder / "service.log"),
        socket.create_server((service.host, 0)) as listener,
        open_server(ingest, service, listener, lambda _: None, app) as (server, _),
        running(server, listener) as address,
    ):
        yield address


def _asked(client: httpx.Client, slack: _Slack, question: str) -> Heard:
    ts = f"{time.time():.6f}"
    body = json.dumps(_mention(question, ts))
    began = perf_counter()
    response = client.post("/slack/events", content=body, headers=_signed(body))
    acknowledged = perf_counter() - began
    if not response.is_success:
        raise RunError(f"The service answered {response.status_code}.", "See its log.")
    return Heard(acknowledged, slack.wait(ts, SIGNS) - began, slack.wait(ts, ENDS) - began)


def _mention(question: str, ts: str) -> dict[str, Any]:
    event = {"type": "app_mention", "user": "U1", "channel": "C1", "text": f"<@UBOT> {question}", "ts": ts}
    return {
        "type": "event_callback",
        "team_id": "T1",
        "event_id": f"Ev{uuid.uuid4().hex}",
        "authorizations": [{"team_id": "T1", "user_id": "UBOT", "is_bot": True}],
        "event": event,
    }


def _signed(body: str) -> dict[str, str]:
    at = str(int(time.time()))
    digest = hmac.new(SECRET.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": f"v0={digest}",
    }


def _spread(seconds: Sequence[float], target: float) -> dict[str, float]:
    found = np.asarray(seconds)
    return {
        "p50": float(np.median(found)),
        "p95": float(np.percentile(found, 95)),
        "slowest": float(found.max()),
        "target": target,
    }
