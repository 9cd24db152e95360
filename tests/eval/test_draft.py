"""Drafts of cases: usable as they are, spread out, the same each time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.casefile import DRAFT, load
from eval.cases import Case
from eval.draft import propose
from eval.drafting.checks import fault
from eval.drafting.store import Store
from eval.errors import CaseError
from eval.shelf import read_shelf
from service.errors import ModelError
from tests.eval.drafting.shelves import PORT, shelf
from tests.service.scripted import scripted

SAMPLE = Path(__file__).parents[2] / "eval" / "data" / "articles"
SHELF = shelf()
CRANES = shelf(port="# The price\n\nDenmark paid 40 million dollars for the cranes in Marwa.\n")


class TestProposals:
    def test_over_the_sample_articles_all_pass_their_own_checks(self, tmp_path: Path) -> None:
        sample = read_shelf(SAMPLE)
        cases = list(propose(sample, 40))
        assert len(cases) == 40
        assert cases == list(propose(sample, 40))
        answerable = [case for case in cases if case.expected == "answered"]
        for case in answerable:
            assert case.tags[0] == DRAFT
            assert fault(case.question, case.gold[0].quote, case.answers) is None
            assert all(answer in case.gold[0].quote for answer in case.answers)
        assert len({case.gold[0].article for case in answerable}) > 12
        assert len({case.tags[1] for case in answerable}) >= 5
        path = tmp_path / "cases.jsonl"
        path.write_text("".join(f"{case.model_dump_json(exclude_defaults=True)}\n" for case in cases))
        assert load(path, sample) == cases

    def test_one_in_five_is_a_near_miss_of_another(self) -> None:
        cases = list(propose(read_shelf(SAMPLE), 20))
        misses = [case for case in cases if case.expected == "abstained"]
        assert len(misses) == 4
        for case in misses:
            assert case.tags[:3] == (DRAFT, "unanswerable", "near-miss")
            assert case.group in {other.gold[0].article for other in cases if other.gold}

    def test_a_sentence_of_two_articles_has_both_as_gold(self) -> None:
        copied = "President Anna Lind opened the new terminal in Oslo on 9 May 2012."
        cases = list(propose(shelf(one=f"# One\n\n{copied}", two=f"# Two\n\n{copied}"), 5))
        assert [gold.article for gold in cases[0].gold] == ["one.md", "two.md"]
        assert len([case for case in cases if case.gold]) == 1

    def test_what_was_asked_before_is_not_proposed_again(self) -> None:
        first = list(propose(SHELF, 3))
        second = list(propose(SHELF, 10, earlier=first))
        assert not {gold.quote for case in first for gold in case.gold} & {
            gold.quote for case in second for gold in case.gold
        }
        assert len({case.id for case in (*first, *second)}) == len(first) + len(second)

    def test_orders_and_boilerplate_in_an_article_are_not_asked_about(self) -> None:
        cases = list(propose(shelf(port=PORT), 20))
        assert cases
        told = json.dumps([case.model_dump(mode="json") for case in cases])
        assert "Chile" not in told
        assert "newsletter" not in told


class TestModel:
    def test_words_the_questions(self) -> None:
        question = "How much money did the cranes at Marwa cost Denmark?"
        model, chat = scripted([f"Question: {question}\nAnswer: 40 million dollars"])
        (case,) = propose(CRANES, 4, model)
        assert (case.question, case.answers) == (question, ("40 million dollars",))
        assert case.tags == (DRAFT, "how-many")
        assert len(chat.heard) == 1

    def test_rules_stand_in_where_it_has_no_good_one(self) -> None:
        model, _ = scripted(["I would rather not."])
        assert list(propose(CRANES, 4, model)) == list(propose(CRANES, 4))
        assert next(propose(CRANES, 4)).question == "How much did Denmark pay for the cranes in Marwa?"

    def test_an_embedded_model_is_not_asked(self) -> None:
        model, chat = scripted(["Question: Why?"], embedded=True)
        assert list(propose(SHELF, 3, model)) == list(propose(SHELF, 3))
        assert chat.heard == []

    def test_a_model_that_fails_is_told(self) -> None:
        model, _ = scripted([ValueError("key")])
        with pytest.raises(ModelError, match="scripted failed"):
            next(propose(SHELF, 3, model))


class TestStore:
    def test_adds_and_never_overwrites(self, tmp_path: Path) -> None:
        path = tmp_path / "new" / "cases.jsonl"
        first, second, *_ = propose(SHELF, 4)
        Store.open(path, SHELF, tmp_path / "articles").append(first)
        path.write_text(path.read_text().rstrip("\n"))
        store = Store.open(path, SHELF, tmp_path / "articles")
        assert store.earlier == [first]
        store.append(second)
        assert load(path, SHELF) == [first, second]

    def test_a_file_of_something_else_is_refused_and_left_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "notes.txt"
        path.write_text("my notes\n")
        with pytest.raises(CaseError, match=r"notes\.txt exists and cannot be added to"):
            Store.open(path, SHELF, tmp_path / "articles")
        assert path.read_text() == "my notes\n"

    def test_a_file_among_the_articles_would_be_read_as_one(self, tmp_path: Path) -> None:
        with pytest.raises(CaseError, match="among the articles"):
            Store.open(tmp_path / "cases.jsonl", SHELF, tmp_path)

    def test_a_place_that_cannot_be_written_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("x")
        store = Store(tmp_path / "file" / "cases.jsonl", ())
        with pytest.raises(CaseError, match="cannot be written"):
            store.append(Case(id="a", question="Why?", expected="abstained"))
