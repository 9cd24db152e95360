"""The product without one of its parts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from eval.ablation import table
from eval.adapters.own import read_own
from eval.cli import CASES
from eval.corpora import house_over
from eval.dataset import Dataset
from eval.evaluation import Evaluation
from eval.measured.ablated import without
from eval.measured.house import HouseSystem
from ingest.embedder import Embedder
from ingest.filters import Filters
from service.question import Question
from service.verify import RuleVerifier
from service.wiring import House
from tests.remembering import remembered

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def own() -> Dataset:
    return read_own(CASES, None).limited(12)


@pytest.fixture(scope="module")
def house(own: Dataset, embedder: Embedder) -> Iterator[House]:
    with remembered(embedder), house_over(own, "quoted") as opened:
        yield opened


def test_without_the_reader_nothing_is_refused(house: House) -> None:
    answer = without(house, "reader").answerer.answer(Question("Who won the World Cup in 1954?"))
    assert answer.status == "answered"
    assert answer.models.reader == "nearest"


def test_without_the_verifier_everything_is_supported(house: House) -> None:
    judgement = without(house, "verifier").verifier.judge("The moon is green.", ["It rained."])
    assert judgement.verdict == "supported"


@pytest.mark.parametrize(("part", "silent"), [("full-text", "by_words"), ("vectors", "by_meaning")])
def test_without_a_search_the_other_finds(house: House, part: str, silent: str) -> None:
    retriever = without(house, "full-text" if part == "full-text" else "vectors").retriever
    assert getattr(retriever, silent)("bridge", Filters()) == []
    assert retriever.retrieve("Why was the bridge closed?")


def test_the_table_has_a_column_a_variant(own: Dataset, house: House) -> None:
    rows = []
    for name, each in (("whole", house), ("without reader", without(house, "reader"))):
        rows.append((name, Evaluation(own, HouseSystem(each, own.shelf), RuleVerifier()).result()))
    head, _, *lines = table(rows).splitlines()
    assert head == "| metric | whole | without reader |"
    assert any(line.startswith("| `right` |") for line in lines)
