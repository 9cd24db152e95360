"""Dossier and the plain baselines over a few articles of our own, with the real embedder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from eval.adapters import read_dataset
from eval.baseline import accepted
from eval.claims import Claim
from eval.cli import CASES, THRESHOLDS
from eval.corpora import house_over
from eval.dataset import Dataset
from eval.evaluation import Evaluation
from eval.gate import judge
from eval.measured.bm25 import Bm25System
from eval.measured.cosine import CosineSystem
from eval.measured.house import HouseSystem
from eval.results import Result
from eval.systems import System
from eval.thresholds import read_thresholds
from ingest.embedder import Embedder
from service.chain import Chain
from service.coefficients import load_coefficients
from service.crossencoder import CrossEncoder
from service.evidence import Evidence
from service.question import Question
from service.reader import StackedReader
from service.reading import Reading
from service.verify import RuleVerifier
from service.wiring import House
from tests.remembering import remembered

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def own() -> Dataset:
    """A part of our own cases, over all their articles."""
    return read_dataset(f"own:{CASES.parent}").limited(60)


@pytest.fixture(scope="module")
def encoder(embedder: Embedder) -> Iterator[CrossEncoder]:
    """The one of `house`: the cases are asked again and again here, with the same evidence."""
    with remembered(embedder) as encoder:
        yield encoder


@pytest.fixture(scope="module")
def house(own: Dataset, encoder: CrossEncoder) -> Iterator[House]:
    with house_over(own, "quoted") as opened:
        yield opened


def evaluated(own: Dataset, system: System, folder: Path | None = None) -> Result:
    return Evaluation(own, system, RuleVerifier(), jobs=2, folder=folder).result()


@pytest.fixture(scope="module")
def measured(own: Dataset, house: House) -> Result:
    return evaluated(own, HouseSystem(house, own.shelf))


def test_every_part_of_the_house_is_measured(measured: Result) -> None:
    values = {metric.name: metric.value for metric in measured.metrics}
    assert values["exactness"] == 1.0
    for name in ("right", "top1", "read_mrr", "ndcg@10", "answerable_auroc", "aurc"):
        assert values[name] is not None, name
    assert measured.threshold is not None
    assert measured.threshold.used_right == values["right"]  # the threshold applied afterwards is the one in use


def test_a_refused_question_is_answered_when_it_must_be(own: Dataset, house: House) -> None:
    system = HouseSystem(house, own.shelf)
    reply = system.answer(Question("Who won the World Cup in 1954?", mode="quoted"))
    assert reply.answer.status == "abstained"
    assert reply.insisted is not None
    assert reply.insisted.status == "answered"
    assert reply.insisted.confidence == reply.answer.confidence
    assert reply.passages


def test_a_statement_is_judged_by_the_sentences_that_hold_its_words(own: Dataset, house: House) -> None:
    claim = Claim("c", "The mayor opened the bridge.", ("It rained.", "The mayor opened the bridge."), True, "g")
    judgement, quotes = HouseSystem(house, own.shelf).judge(claim)
    assert (judgement.verdict, quotes) == ("quoted", ("The mayor opened the bridge.",))


class ReversedReader(StackedReader):
    """A planted regression: it knows whether there is an answer, and ranks the sentences the worst first."""

    def __init__(self, house: House, encoder: CrossEncoder) -> None:
        keeping = replace(load_coefficients(), mark=0.0)  # 0: every sentence keeps its score
        super().__init__(house.embedder, encoder, keeping)

    def read(self, question: str, evidence: Sequence[Evidence]) -> Reading:
        reading = super().read(question, evidence)
        turned = [
            replace(each, marked=tuple(replace(mark, score=1 - mark.score) for mark in reversed(each.marked)))
            for each in reversed(reading.evidence)
        ]
        return Reading(turned, reading.answerable)


def test_a_reversed_reranker_fails_the_gate_and_names_the_cases(
    own: Dataset, house: House, encoder: CrossEncoder, measured: Result
) -> None:
    reader = ReversedReader(house, encoder)
    broken = House(house.retriever, Chain(house.retriever, reader, house.verifier, None), reader, house.verifier)
    worse = evaluated(own, HouseSystem(broken, own.shelf))
    baseline = accepted(measured, "Anna", "before the regression", date(2026, 1, 2))
    gate = judge(worse, read_thresholds(THRESHOLDS), baseline)
    assert gate.verdict == "worse"
    failed = {verdict.name for verdict in gate.metrics if verdict.verdict == "worse"}
    assert {"right", "gold_first", "top1", "read_mrr"} <= failed
    lost = {change.id for change in gate.changes if change.metric == "right" and change.worse}
    assert len(lost) > 5
    assert lost <= {case.id for case in own.cases}


def test_a_run_killed_half_way_comes_to_the_same(own: Dataset, house: House, measured: Result, tmp_path: Path) -> None:
    system = HouseSystem(house, own.shelf)
    evaluated(own, system, tmp_path)
    log = next(tmp_path.glob("*.jsonl"))
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[:30]) + lines[30][:100])
    again = evaluated(own, system, tmp_path)
    assert again.metrics == measured.metrics
    assert again.records == measured.records


def test_the_plain_baselines_answer_and_rank(own: Dataset, house: House) -> None:
    cosine = evaluated(own, CosineSystem(house.corpus, own.shelf))
    values = {metric.name: metric.value for metric in cosine.metrics}
    assert values["exactness"] == 1.0
    assert values["refusal_recall"] == 0.0  # it never refuses
    assert 0.3 < (values["top1"] or 0) < 1
    bm25 = evaluated(own, Bm25System(own.shelf))
    values = {metric.name: metric.value for metric in bm25.metrics}
    assert values["right"] is None
    assert 0.5 < (values["ndcg@10"] or 0) <= 1
