"""One kill of each kind of work; `python -m tests.faults --runs 200` does as many as are asked for."""

from __future__ import annotations

import pytest

from tests.faults.killing import KINDS, Broken, Runs, expect

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    return Runs(tmp_path_factory.mktemp("kills"))


@pytest.mark.parametrize("number", range(len(KINDS)))
def test_nothing_is_lost_or_doubled(runs: Runs, number: int) -> None:
    assert runs.run(number).startswith(list(KINDS)[number])


def test_what_is_lost_is_noticed() -> None:
    with pytest.raises(Broken, match="passages"):
        expect({"a:0": (0, 1, "x")}, {}, "passages")
    with pytest.raises(Broken, match="articles"):
        expect([], ["a"], "articles")
