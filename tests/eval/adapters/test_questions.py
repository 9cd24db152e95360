"""squad2, clapnq, mtrag-un and rgb on small files."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.adapters import read_dataset
from eval.adapters.mtrag_un import _conversation, _Turn
from eval.errors import CaseError
from tests.eval.adapters.written import write, write_lines

CONTEXT = "The ferry Anna sailed to Osh in 1912. It carried bread. Nobody knows why it turned back."


def squad_question(name: str, answer: str | None = None, **fields: Any) -> dict[str, Any]:
    answers = [] if answer is None else [{"text": answer, "answer_start": CONTEXT.index(answer)}] * 2
    question = {"id": name, "question": "When did it sail?", "answers": answers, "is_impossible": answer is None}
    return question | fields


def squad_file(path: Path, *questions: dict[str, Any]) -> Path:
    paragraphs = [{"context": CONTEXT, "qas": questions}, {"context": "Short.", "qas": [squad_question("lost")]}]
    data = {"version": "v2.0", "data": [{"title": "Lake_ferries", "paragraphs": paragraphs}]}
    return write(path, json.dumps(data))


def test_a_squad_paragraph_is_an_article_and_its_questions_are_asked_over_it(tmp_path: Path) -> None:
    squad_file(tmp_path / "dev-v2.0.json", squad_question("q1", "1912"), squad_question("q2"))
    read = read_dataset(f"squad2:{tmp_path}")
    first, second = read.cases
    assert read.measures == {"answer", "sentences", "abstention"}
    assert (first.id, first.expected, first.answers, first.tags) == ("q1", "answered", ("1912",), ("when",))
    assert first.over == ("squad2/Lake_ferries/0",)
    assert [gold.quote for gold in first.gold] == ["The ferry Anna sailed to Osh in 1912."]
    assert (second.expected, second.gold, second.answers, second.group) == ("abstained", (), (), "Lake_ferries")
    assert read.shelf.articles["squad2/Lake_ferries/0"].title == "Lake ferries"
    assert "1 of its texts" in read.note


def test_squad_1_1_has_answers_throughout_and_a_plausible_answer_is_none(tmp_path: Path) -> None:
    old = squad_question("q1", "bread")
    del old["is_impossible"]
    plausible = squad_question("q2", "1912", is_impossible=True)
    read = read_dataset(f"squad2:{squad_file(tmp_path / 'train.json.gz', old, plausible)}")
    assert [(case.expected, case.answers) for case in read.cases] == [("answered", ("bread",)), ("abstained", ())]


@pytest.mark.parametrize(
    ("questions", "what"),
    [
        ([squad_question("q1"), squad_question("q1")], "'Lake_ferries', paragraph 0: the id 'q1'"),
        ([squad_question("q1", question=" ")], r"qas\.0\.question: "),
        ([{"id": "q1"}], r"data\.0\.paragraphs\.0\.qas\.0\.question: Field required"),
    ],
)
def test_a_squad_file_that_is_not_right_is_refused(tmp_path: Path, questions: list[Any], what: str) -> None:
    path = squad_file(tmp_path / "a.json", *questions)
    with pytest.raises(CaseError, match=what):
        read_dataset(f"squad2:{path}")


def clap(name: str, *outputs: tuple[str, list[str]], text: str = CONTEXT) -> dict[str, Any]:
    output = [{"answer": answer, "selected_sentences": chosen} for answer, chosen in outputs]
    passages = [{"title": "Ferries", "text": text, "sentences": text.split(". ")}]
    return {"id": name, "input": "where did anna sail", "passages": passages, "output": output}


def test_clapnq_reference_and_gold_are_those_of_the_first_who_answered(tmp_path: Path) -> None:
    both = clap(
        "a",
        ("", ["It carried bread."]),
        ("To Osh.", ["The ferry Anna sailed to Osh in 1912."]),
        ("Osh, with bread.", ["It carried bread."]),
    )
    write_lines(tmp_path / "clapnq_dev_answerable.jsonl", [both])
    write_lines(tmp_path / "clapnq_dev_unanswerable.jsonl.gz", [clap("b", ("", []), text=f"{CONTEXT} So it was.")])
    read = read_dataset(f"clapnq:{tmp_path}")
    first, second = read.cases
    assert read.measures == {"sentences", "all-sentences", "long", "abstention"}
    assert (first.expected, first.reference, first.group) == ("answered", "To Osh.", "Ferries")
    assert [gold.quote for gold in first.gold] == ["The ferry Anna sailed to Osh in 1912."]
    assert (second.expected, second.reference, second.gold, second.over) == ("abstained", None, (), ("clapnq/b",))
    alone = read_dataset(f"clapnq:{tmp_path / 'clapnq_dev_answerable.jsonl'}")
    assert alone.cases == [first]


def test_clapnq_needs_both_files_and_ids_of_their_own(tmp_path: Path) -> None:
    write_lines(tmp_path / "unanswerable.jsonl", [clap("a", ("", []))])
    with pytest.raises(CaseError, match=r"no answerable\*\.jsonl"):
        read_dataset(f"clapnq:{tmp_path}")
    write_lines(tmp_path / "answerable.jsonl", [clap("a", ("To Osh.", []))])
    with pytest.raises(CaseError, match=r"unanswerable\.jsonl:1: the id 'a'"):
        read_dataset(f"clapnq:{tmp_path}")


def task(name: str, answerability: str, *documents: str, **fields: Any) -> dict[str, Any]:
    usual = {
        "task_id": name,
        "conversation_id": f"talk {name}",
        "Collection": "govt",
        "Question Type": ["How-To"],
        "Multi-Turn": ["N/A"],
        "answerability": [answerability],
        "contexts": [{"document_id": each, "text": f"Passage {each} on ferries and ports."} for each in documents],
        "input": [{"speaker": "user", "text": " And when? "}],
        "targets": [{"speaker": "agent", "text": "In 1912."}],
    }
    return usual | fields


def test_mtrag_turns_are_asked_over_their_passages_or_those_of_their_collection(tmp_path: Path) -> None:
    rows = [
        task("1", "UNANSWERABLE"),
        task("2", "ANSWERABLE", "d1", "d2"),
        task("3", "PARTIAL", "d2", "d3"),
        task("4", "UNDERSPECIFIED", "d4", Collection="fiqa"),
    ]
    read = read_dataset(f"mtrag-un:{write_lines(tmp_path / 'tasks.jsonl.gz', rows)}")
    assert [case.expected for case in read.cases] == ["abstained", "answered", None, "abstained"]
    assert [case.reference for case in read.cases] == [None, "In 1912.", "In 1912.", None]
    assert [case.over for case in read.cases] == [
        ("mtrag-un/d1", "mtrag-un/d2", "mtrag-un/d3"),
        ("mtrag-un/d1", "mtrag-un/d2"),
        ("mtrag-un/d2", "mtrag-un/d3"),
        ("mtrag-un/d4",),
    ]
    assert read.cases[3].tags == ("underspecified", "fiqa", "how-to")
    assert (read.cases[1].question, read.cases[1].group) == ("And when?", "talk 2")
    assert list(read.shelf.articles) == [f"mtrag-un/d{number}" for number in (1, 2, 3, 4)]


def turns(*said: str) -> list[_Turn]:
    return [_Turn(speaker="user" if text[0].isupper() else "agent", text=text) for text in said]


@pytest.mark.parametrize(
    ("said", "question", "exchanges"),
    [
        (["A?"], "A?", []),
        (["A?", "a", "B?"], "B?", [("A?", "a")]),
        (["A?", "B?"], "B?", [("A?", "")]),
        (["hello", "A?", "a", "more", "B?"], "B?", [("A?", "a\nmore")]),
        (["A?", "a", "B?", "b"], "B?", [("A?", "a")]),
    ],
)
def test_turns_pair_into_exchanges(said: list[str], question: str, exchanges: list[tuple[str, str]]) -> None:
    asked, before = _conversation(turns(*said), "file:1")
    assert (asked, [(each.question, each.answer) for each in before]) == (question, exchanges)


@given(st.lists(st.sampled_from(["user", "agent"]), min_size=1))
def test_every_user_turn_is_an_exchange_or_the_question(speakers: list[str]) -> None:
    said = [_Turn(speaker=speaker, text=f"t{place}") for place, speaker in enumerate(speakers)]
    asked = [turn.text for turn in said if turn.speaker == "user"]
    if not asked:
        with pytest.raises(CaseError, match="file:1: input: no turn"):
            _conversation(said, "file:1")
        return
    question, before = _conversation(said, "file:1")
    assert [*(each.question for each in before), question] == asked


def test_an_unknown_answerability_is_refused(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "tasks.jsonl", [task("1", "ANSWERABLE", "d1"), task("2", "MAYBE")])
    with pytest.raises(CaseError, match=r"tasks\.jsonl:2: answerability"):
        read_dataset(f"mtrag-un:{path}")


def rgb(name: int, **fields: Any) -> dict[str, Any]:
    usual = {
        "id": name,
        "query": "Where did the ferry sail?",
        "answer": "Osh",
        "fakeanswer": "Baku",
        "positive": ["The ferry sailed to Osh. It was a fine day.", "Osh welcomed the ferry Anna with bread."],
        "positive_wrong": ["The ferry sailed to Baku. It was a fine day.", "Baku welcomed the old Anna with salt."],
        "negative": ["Bakers of the town sold bread.", "Tiny."],
    }
    return usual | fields


def test_rgb_asks_each_question_over_what_answers_and_over_what_does_not(tmp_path: Path) -> None:
    rows = [rgb(0), rgb(1, answer=[["Osh", "Osch"], "the town of Osh"], negative=[])]
    read = read_dataset(f"rgb:{write_lines(tmp_path / 'en_fact.json', rows)}")
    assert read.measures == {"answer", "abstention", "support", "dispute"}
    assert [(case.id, case.expected, case.answers) for case in read.cases] == [
        ("0/positive", "answered", ("Osh",)),
        ("0/negative", "abstained", ()),
        ("0/disputed", None, ("Osh",)),
        ("1/positive", "answered", ("Osh", "Osch", "the town of Osh")),
        ("1/disputed", None, ("Osh", "Osch", "the town of Osh")),
    ]
    assert read.cases[1].over == ("rgb/0/negative/0",)
    assert read.cases[3].over == read.cases[0].over == ("rgb/0/positive/0", "rgb/0/positive/1")
    assert [case.rivals for case in read.cases] == [(), (), ("Baku",), (), ("Baku",)]
    told = [read.shelf.articles[name].text for name in read.cases[2].over]
    assert told == ["The ferry sailed to Osh. It was a fine day.", "Baku welcomed the old Anna with salt."]
    assert "1 of its texts" in read.note


def test_rgb_claims_are_sentences_with_the_answer_against_a_text_that_differs_in_it_alone(tmp_path: Path) -> None:
    right, wrong = read_dataset(f"rgb:{write_lines(tmp_path / 'a.json', [rgb(0)])}").claims
    assert right.statement == wrong.statement == "The ferry sailed to Osh."
    assert (right.id, right.supported, right.sentences[0]) == ("0/0/0/right", True, "The ferry sailed to Osh.")
    assert (wrong.id, wrong.supported, wrong.sentences[0]) == ("0/0/0/wrong", False, "The ferry sailed to Baku.")


def test_rgb_files_without_false_texts_give_cases_alone(tmp_path: Path) -> None:
    nested = rgb(0, positive=[["The ferry sailed to Osh at noon."], ["Bread was sold in Osh that day."]])
    del nested["positive_wrong"], nested["fakeanswer"]
    read = read_dataset(f"rgb:{write_lines(tmp_path / 'en_int.json', [nested])}")
    assert read.cases[0].over == ("rgb/0/positive/0", "rgb/0/positive/1")
    assert read.claims == []
    assert not any(case.rivals for case in read.cases)
