from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import httpx
import pytest

from tests.commands import Service
from tests.service.collecting import collector, spans_of


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_service_that_is_told_to_stop_gives_its_folder_back(data: Path, stop: signal.Signals, code: int) -> None:
    with Service(data, before=("env", "--default-signal=INT")) as service:
        assert service.address
        done = service.stop(stop, 20)
    assert (done.code, (data / "owner.json").exists()) == (code, False)
    assert "Traceback" not in done.err


def test_a_service_that_is_told_to_stop_while_it_opens_gives_its_folder_back(data: Path) -> None:
    with Service(data) as service:
        deadline = time.monotonic() + 60
        while not (data / "owner.json").exists():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        done = service.stop()
    assert (done.code, (data / "owner.json").exists()) == (0, False)
    assert done.err == ""


def refused(client: httpx.Client) -> bool:
    """Whether it takes no head of any size, as uvicorn by itself would."""
    try:
        return client.get("/healthz", headers={"X-Long": "x" * 900_000}).status_code == 431
    except httpx.TransportError:
        return True


def test_the_settings_of_logs_and_traces_reach_the_service(data: Path) -> None:
    with collector() as (address, taken):
        settings = {"DOSSIER_LOG_QUESTIONS": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": address}
        with Service(data, environment=settings) as service:
            with httpx.Client(base_url=service.address, timeout=30) as client:
                reply = client.post("/v1/ask", json={"question": "Why secretly?"})
                assert refused(client)
            done = service.stop()
    lines = done.err.splitlines()
    (announced,) = (number for number, line in enumerate(lines) if "Answering at" in line)
    logged = [json.loads(line) for line in lines[announced + 1 :]]
    (line_of_answer,) = [line for line in logged if line["event"] == "answer"]
    assert (line_of_answer["question"], line_of_answer["answer_id"]) == ("Why secretly?", reply.json()["id"])
    spans = list(spans_of(taken))
    (asked,) = [span for span in spans if span.name == "POST /v1/ask"]
    assert asked.trace_id.hex() == line_of_answer["trace_id"]
    assert {span.name for span in spans if span.parent_span_id == asked.span_id} == {"retrieve", "read"}
