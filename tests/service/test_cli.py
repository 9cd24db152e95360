from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.commands import finished, start


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_service_that_is_told_to_stop_gives_its_folder_back(data: Path, stop: signal.Signals, code: int) -> None:
    process = start("serve", "--data", data, "--port", "0", "--llm", "none", before=("env", "--default-signal=INT"))
    assert process.stderr is not None
    while "Answering at" not in (line := process.stderr.readline()):
        assert line or process.poll() is None
    time.sleep(0.5)  # the loop that takes signals begins after the announcement
    process.send_signal(stop)
    done = finished(process, 20)
    assert (done.code, (data / "owner.json").exists()) == (code, False)
    assert "Traceback" not in done.err
