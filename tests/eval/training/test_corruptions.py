"""Statements that hold, and the same bent."""

from __future__ import annotations

import json
import random
from pathlib import Path

from eval.training.corruptions import corrupted
from eval.training.examples import read_squad
from service.facts.tokens import tokenize

TEXT = (
    "The ferry sailed to Osh in 1990. The council sold 40 boats in May. Ilse Brandt was the mayor of Marwa. "
    "The harbour of Lindo closed in 2012."
)


def test_each_clause_gives_a_claim_that_holds_and_one_that_does_not(tmp_path: Path) -> None:
    path = tmp_path / "set.json"
    entry = {"title": "Ports", "paragraphs": [{"context": TEXT, "qas": []}]}
    path.write_text(json.dumps({"data": [entry]}), encoding="utf-8")
    found = list(corrupted(read_squad(path)["Ports"], random.Random(3)))
    assert len(found) == 8
    assert [claim.supported for claim in found] == [True, False] * 4
    for right, wrong in zip(found[::2], found[1::2], strict=True):
        assert right.statement != wrong.statement
        assert abs(len(tokenize(right.statement)) - len(tokenize(wrong.statement))) <= 8
        if ", and " not in right.statement:
            assert right.statement.rstrip(".") in TEXT
        assert all(sentence in TEXT for sentence in right.sentences)


def test_a_passage_of_few_plain_clauses_gives_none(tmp_path: Path) -> None:
    path = tmp_path / "set.json"
    entry = {"title": "Ports", "paragraphs": [{"context": "The ferry sailed to Osh. Rain!", "qas": []}]}
    path.write_text(json.dumps({"data": [entry]}), encoding="utf-8")
    assert list(corrupted(read_squad(path)["Ports"], random.Random(3))) == []
