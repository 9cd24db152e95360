"""beir, scifact and realtimeqa on small folders."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from eval.adapters import read_dataset
from eval.dataset import Dataset
from eval.errors import CaseError
from tests.eval.adapters.written import write, write_lines

TEXTS: list[dict[str, Any]] = [
    {"_id": "d1", "title": "Ferries", "text": "The ferry Anna sailed to Osh with bread."},
    {"_id": "d2", "title": "Bakers", "sentences": ["Bakers of Baku sold bread.", "It rained all day."]},
    {"_id": "d3", "title": "", "text": "Short."},
    {"_id": "d4", "title": "Ferries", "text": "The ferry Anna sailed to Osh with bread."},
]
QUERIES = [{"_id": "q1", "text": " Where did Anna sail?"}, {"_id": "q2", "text": "Who sold bread?"}]
HEADER = "query-id\tcorpus-id\tscore\n"


def folder(path: Path, qrels: str, name: str = "qrels/test.tsv", ending: str = "") -> Path:
    write_lines(path / f"corpus.jsonl{ending}", TEXTS)
    write_lines(path / f"queries.jsonl{ending}", QUERIES)
    write(path / name, qrels)
    return path


def read_folder(name: str, path: Path) -> Dataset:
    return read_dataset(f"{name}:{path}")


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_a_beir_folder_gives_searches_with_relevant_articles(tmp_path: Path, ending: str) -> None:
    read = read_folder("beir", folder(tmp_path, HEADER + "q1\td1\t2\nq1\td2\t0\n", ending=ending))
    (case,) = read.cases
    assert read.measures == {"retrieval"}
    assert not read.asks
    assert (case.id, case.question, case.expected) == ("q1", "Where did Anna sail?", None)
    assert case.gold_articles == ("beir/d1",)
    assert read.shelf.articles["beir/d1"].title == "Ferries"
    assert read.shelf.articles["beir/d2"].text == "Bakers of Baku sold bread. It rained all day."
    assert "Judgements: test.tsv." in read.note


def test_texts_of_equal_content_are_one_relevant_article(tmp_path: Path) -> None:
    (case,) = read_folder("beir", folder(tmp_path, "q1 d4 1\nq1 d1 1")).cases
    assert case.gold_articles == ("beir/d1",)


def test_judgements_of_what_is_no_article_are_counted(tmp_path: Path) -> None:
    read = read_folder("beir", folder(tmp_path, "q1\td1\t1\nq1\td3\t1\nq2\tgone\t1\nq3\td1\t1\n"))
    assert [case.id for case in read.cases] == ["q1"]
    assert "2 judged documents" in read.note
    assert "1 of its texts" in read.note


def test_test_judgements_come_before_dev_and_dev_before_others(tmp_path: Path) -> None:
    for name, query in (("qrels/train.tsv", "q2"), ("qrels/dev.tsv", "q2"), ("qrels_test.tsv", "q1")):
        folder(tmp_path, f"{query}\td1\t1\n", name)
    assert read_dataset(f"beir:{tmp_path}").cases[0].id == "q1"
    (tmp_path / "qrels_test.tsv").unlink()
    assert read_dataset(f"beir:{tmp_path}").cases[0].id == "q2"


@pytest.mark.parametrize("qrels", ["q1\t0\td1\t1\n", "q1 0 d1 1.0\n", HEADER + "\nq1\td1\t1\r\n"])
def test_judgements_may_be_in_trec_s_form_or_have_no_header(tmp_path: Path, qrels: str) -> None:
    assert read_folder("beir", folder(tmp_path, qrels)).cases[0].gold_articles == ("beir/d1",)


@pytest.mark.parametrize(
    ("qrels", "what"),
    [
        (HEADER + "q1\td1\n", r"test\.tsv:2: not a query"),
        (HEADER + "q1\td1\tyes\n", r"test\.tsv:2: not a query"),
        (HEADER + "q9\td1\t1\n", "No query of"),
    ],
)
def test_judgements_that_cannot_be_used_are_refused(tmp_path: Path, qrels: str, what: str) -> None:
    with pytest.raises(CaseError, match=what):
        read_folder("beir", folder(tmp_path, qrels))


def test_a_file_a_lacking_file_and_ids_given_twice_are_refused(tmp_path: Path) -> None:
    path = folder(tmp_path, "q1\td1\t1\n")
    with pytest.raises(CaseError, match="is a file"):
        read_dataset(f"beir:{path / 'corpus.jsonl'}")
    write_lines(path / "corpus.jsonl", [*TEXTS, TEXTS[1]])
    with pytest.raises(CaseError, match=r"corpus\.jsonl:5: the id 'd2'"):
        read_dataset(f"beir:{path}")
    (path / "corpus.jsonl").unlink()
    with pytest.raises(CaseError, match=r"no corpus\.jsonl"):
        read_dataset(f"beir:{path}")


def test_scifact_is_a_beir_folder_with_published_figures(tmp_path: Path) -> None:
    read = read_folder("scifact", folder(tmp_path, HEADER + "q2\td2\t1\n", "qrels_test.tsv"))
    assert (read.name, read.cases[0].gold_articles) == ("scifact", ("scifact/d2",))
    assert "BM25 0.679" in read.note


def news(name: str, title: str) -> dict[str, Any]:
    text = f"Story {name} of the ferry that sailed.\n\nIt came to Osh."
    return {"_id": f"https://news.example/{name}", "title": title, "text": text, "publish_date": "2022/06/12"}


def test_realtimeqa_drops_titles_and_asks_without_the_choices(tmp_path: Path) -> None:
    write_lines(tmp_path / "corpus.jsonl.gz", [news("a", ""), news("b", "What a day")])
    asked = {
        "_id": "1",
        "text": "Which ferry sailed?",
        "choices": ["x"],
        "answer": ["“Anna” of ‘Osh’"],
        "source": "CNN",
        "date": "2022/06/16",
    }
    write_lines(tmp_path / "queries.jsonl", [asked])
    write(tmp_path / "qrels.tsv", f"{HEADER}1\thttps://news.example/a\t1\n")
    read = read_dataset(f"realtimeqa:{tmp_path}")
    (case,) = read.cases
    assert read.measures == {"retrieval", "answer"}
    assert (case.question, case.expected, case.over) == ("Which ferry sailed?", "answered", ())
    assert (case.answers, case.tags) == (("Anna of ‘Osh’",), ("cnn", "which"))
    assert case.gold_articles == ("realtimeqa/https://news.example/a",)
    assert case.asked_on == date(2022, 6, 16)
    first, second = read.shelf.articles.values()
    assert (first.title, second.title) == ("", "")
    assert (first.url, first.published) == ("https://news.example/a", date(2022, 6, 12))


def test_a_quiz_without_a_day_is_refused(tmp_path: Path) -> None:
    write_lines(tmp_path / "corpus.jsonl.gz", [news("a", "")])
    asked = {"_id": "1", "text": "Which ferry sailed?", "answer": ["Anna"], "source": "CNN", "date": "last June"}
    write_lines(tmp_path / "queries.jsonl", [asked])
    write(tmp_path / "qrels.tsv", f"{HEADER}1\thttps://news.example/a\t1\n")
    with pytest.raises(CaseError, match=r"queries\.jsonl:1: date"):
        read_dataset(f"realtimeqa:{tmp_path}")
