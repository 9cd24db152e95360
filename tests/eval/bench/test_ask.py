from pathlib import Path

import pytest

from eval.bench.ask import AskSpeed
from eval.bench.service import running_service
from eval.errors import RunError


def test_speed_is_told_by_middle_and_tail() -> None:
    warm = [0.01 * number for number in range(1, 101)]
    found = AskSpeed(articles=5, passages=20, warm=warm, reads=[0.1, 0.3, 0.2], cold=[3.0, 1.0, 2.0]).summary()
    assert found["warm_p50"] == pytest.approx(0.505)
    assert found["read_p50"] == 0.2
    assert found["warm_p95"] == pytest.approx(0.9505)
    assert found["cold_median"] == 2.0


def test_a_service_that_cannot_start_is_said(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder", encoding="utf-8")
    with pytest.raises(RunError, match="did not start"), running_service(file):
        pytest.fail("it started")
