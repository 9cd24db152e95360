import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from eval.bench.cli import app
from eval.bench.commands.shared import SAMPLE
from eval.bench.growth import Growth, Point, measure_growth
from eval.bench.synthesised import Synthesised
from eval.errors import RunError
from eval.shelf import read_shelf
from tests.rooms import WordEmbedder


def point(passages: int, retrieval: float, cold: float = 2.0, resident: float = 300.0) -> Point:
    return Point(
        passages=passages,
        articles=passages // 4,
        rate=50.0,
        disk=passages / 100,
        filling=400.0,
        text_p50=0.001,
        text_p95=0.002,
        vectors_p50=0.001,
        vectors_p95=0.002,
        retrieval_p50=retrieval,
        retrieval_p95=2 * retrieval,
        cold=cold,
        ready=4.0,
        resident=resident,
    )


def test_the_exponent_is_of_the_figure_over_the_passages() -> None:
    growth = Growth([point(n, 0.001 * n**0.5) for n in (1_002, 10_001, 100_003)])
    assert growth.exponent("retrieval_p50") == pytest.approx(0.5)
    assert growth.exponent("disk") == pytest.approx(1.0)
    assert growth.exponent("cold") == pytest.approx(0.0)
    assert Growth([point(1_000, 0.01)]).exponent("disk") is None


def test_what_is_on_paper_goes_on_as_from_the_last_point_but_one() -> None:
    growth = Growth([point(1_000, 9.0), point(10_000, 0.01), point(100_000, 0.02)])
    assert growth.projected(10_000_000)["retrieval_p50"] == pytest.approx(0.08)
    assert growth.projected(10_000_000)["disk"] == pytest.approx(100_000)
    assert set(growth.summary()["projected"]) == {"10000000", "1000000000"}
    assert Growth([point(1_000, 0.01)]).summary()["projected"] == {}


def test_goals_are_held_or_missed_at_the_size_that_they_name() -> None:
    found = Growth([point(1_002, 0.010), point(100_003, 0.016, resident=600), point(10**6, 0.1, 9, 900)]).summary()
    assert [(goal["measured"], goal["held"]) for goal in found["goals"]] == [
        (pytest.approx(1.6), False),
        (2.0, True),
        (4.0, True),
        (600, True),
    ]
    small = Growth([point(1_002, 0.010, cold=3.1)]).summary()
    assert [goal["held"] for goal in small["goals"]] == [False, True, True]


def test_synthesised_vectors_are_units_near_real_ones_and_the_same_for_the_same_text() -> None:
    real = WordEmbedder(dimension=384)
    bases = real.encode([f"base {number}" for number in range(10)])
    synthesised = Synthesised(real, bases)
    told: list[int] = []
    vectors = synthesised.encode(["one", "two", "one"], told.append)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert (vectors[0] == vectors[2]).all()
    assert not (vectors[0] == vectors[1]).all()
    assert (vectors @ bases.T).max(axis=1).min() > 0.5
    assert told == [3]
    assert (synthesised.stamp, synthesised.variant) == (real.stamp, real.variant)
    assert (synthesised.encode_query("one") == real.encode_query("one")).all()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eval.bench.growth.BASE_ARTICLES", 1)
    monkeypatch.setattr("eval.bench.growth.COLD_STARTS", 1)
    monkeypatch.setattr("eval.bench.growth.SERVED", 2)


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_a_corpus_grows_and_what_was_measured_is_not_measured_again(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        app, ["growth", "--passages", "30,10", "--questions", "2", "--keep", str(tmp_path), "--json"]
    )
    assert not done.exit_code, done.output
    found = json.loads(done.stdout)
    first, second = found["points"]
    assert 10 <= first["passages"] < 30 <= second["passages"] < 40
    assert second["disk"] > first["disk"] > 0
    assert second["articles"] > first["articles"] > 0
    assert all(figure > 0 for each in found["points"] for figure in each.values())
    assert found["exponents"]["disk"] > 0

    shutil.rmtree(tmp_path / "data")
    points = list(measure_growth(tmp_path, [10, 30], read_shelf(SAMPLE), 2, lambda *_: None))
    assert [each.passages for each in points] == [first["passages"], second["passages"]]


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_a_corpus_that_outgrew_a_size_cannot_be_measured_at_it(tmp_path: Path) -> None:
    shelf = read_shelf(SAMPLE)
    list(measure_growth(tmp_path, [20], shelf, 1, lambda *_: None))
    with pytest.raises(RunError, match="larger than 5"):
        list(measure_growth(tmp_path, [5], shelf, 1, lambda *_: None))


@pytest.mark.parametrize("sizes", ["", "many", "0", "100;200"])
def test_sizes_that_are_none_are_refused(sizes: str) -> None:
    assert CliRunner().invoke(app, ["growth", "--passages", sizes]).exit_code == 3
