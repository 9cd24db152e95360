import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.bench.cli import app
from eval.bench.generation import Generation, Worded
from eval.bench.retrieval import BARE, EMBEDDING, TEXT, VECTORS, WHOLE, times_bare
from tests.rooms import telling


def test_retrieval_is_compared_question_by_question() -> None:
    assert times_bare({WHOLE: [0.03, 0.02, 0.09], BARE: [0.01, 0.02, 0.03]}) == pytest.approx(3.0)


def test_generation_is_compared_prompt_by_prompt() -> None:
    worded = [Worded(30, 40, 2.0, 1.0, 300, 40, 30), Worded(45, 50, 3.0, 2.0, 310, 50, 32)]
    found = Generation("tiny", worded).summary()
    assert found["ratio"] == pytest.approx((0.75 + 0.9) / 2)
    assert (found["prompt_tokens"], found["prompt_tokens_read"], found["bare_prompt_tokens_read"]) == (305, 45, 31)


@pytest.mark.slow
def test_everything_is_measured_beside_its_limit(tmp_path: Path) -> None:
    for seed in range(6):
        (tmp_path / f"{seed}.txt").write_text(telling(seed, 4))
    options = ["--articles", str(tmp_path), "--rounds", "1", "--questions", "5", "--prompts", "2", "--json"]
    done = CliRunner().invoke(app, ["limits", *options])
    assert not done.exit_code, done.output
    found = json.loads(done.stdout)
    assert found["ingest"]["articles"] == 6
    assert found["ingest"]["target"] == 0.9
    assert list(found["retrieval"]["parts"]) == [EMBEDDING, TEXT, VECTORS, WHOLE, BARE]
    assert all(0 < part["p50"] <= part["p95"] for part in found["retrieval"]["parts"].values())
    generation = found["generation"]
    assert generation["prompts"] == 2
    assert 0 < generation["prompt_tokens_read"] < generation["prompt_tokens"] / 2
    assert 0 < generation["bare_prompt_tokens_read"] < generation["prompt_tokens"] / 2
