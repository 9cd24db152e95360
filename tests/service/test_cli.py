from __future__ import annotations

import json
import signal
from pathlib import Path

import httpx
import pytest

from tests.commands import finished, start
from tests.service.collecting import collector, spans_of


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_service_that_is_told_to_stop_gives_its_folder_back(data: Path, stop: signal.Signals, code: int) -> None:
    process = start("serve", "--data", data, "--port", "0", "--llm", "none", before=("env", "--default-signal=INT"))
    assert process.stderr is not None
    while "Answering at" not in (line := process.stderr.readline()):
        assert line or process.poll() is None
    # The loop that takes signals begins after the announcement: it has begun when it answers.
    with httpx.Client(transport=httpx.HTTPTransport(retries=5), timeout=30) as client:
        assert client.get(f"{line.split()[2]}/healthz").is_success
    process.send_signal(stop)
    done = finished(process, 20)
    assert (done.code, (data / "owner.json").exists()) == (code, False)
    assert "Traceback" not in done.err


def refused(client: httpx.Client, service: str) -> bool:
    """Whether it takes no head of any size, as uvicorn by itself would."""
    try:
        return client.get(f"{service}/healthz", headers={"X-Long": "x" * 900_000}).status_code == 431
    except httpx.TransportError:
        return True


def test_the_settings_of_logs_and_traces_reach_the_service(data: Path) -> None:
    with collector() as (address, taken):
        settings = {"DOSSIER_LOG_QUESTIONS": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": address}
        process = start("serve", "--data", data, "--port", "0", "--llm", "none", environment=settings)
        assert process.stderr is not None
        while "Answering at" not in (line := process.stderr.readline()):
            assert line or process.poll() is None
        service = line.split()[2]
        with httpx.Client(transport=httpx.HTTPTransport(retries=5), timeout=30) as client:
            reply = client.post(f"{service}/v1/ask", json={"question": "Why secretly?"})
            assert refused(client, service)
        process.send_signal(signal.SIGTERM)
        done = finished(process, 20)
    logged = [json.loads(line) for line in done.err.splitlines()]
    (line_of_answer,) = [line for line in logged if line["event"] == "answer"]
    assert (line_of_answer["question"], line_of_answer["answer_id"]) == ("Why secretly?", reply.json()["id"])
    spans = list(spans_of(taken))
    (asked,) = [span for span in spans if span.name == "POST /v1/ask"]
    assert asked.trace_id.hex() == line_of_answer["trace_id"]
    assert {span.name for span in spans if span.parent_span_id == asked.span_id} == {"retrieve", "read"}
