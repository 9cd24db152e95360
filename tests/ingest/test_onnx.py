from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from service.crossencoder import PACKAGED

OPEN = "import sys; from pathlib import Path; from ingest.onnx import open_session; open_session(Path(sys.argv[1]))"


def test_a_running_model_leaves_no_mark_of_its_runtime_in_the_user_s_home(tmp_path: Path) -> None:
    """onnxruntime keeps an id of the device there, for the reports that it sends."""
    unset = {"CI", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS"}
    environment = {name: value for name, value in os.environ.items() if name not in unset} | {"HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", OPEN, str(PACKAGED / "encoder.onnx")], env=environment, check=True)
    assert list(tmp_path.iterdir()) == []
