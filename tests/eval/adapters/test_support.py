"""wice, qags, climate-fever and halueval on small files."""

from pathlib import Path
from typing import Any

import pytest

from eval.adapters import read_dataset
from eval.errors import CaseError
from tests.eval.adapters.written import write_lines

PAGE = ["(meta data) TITLE: Ferries", " ", "The ferry sailed to Osh."]


def wice(label: str, **meta: str) -> dict[str, Any]:
    return {"claim": "A ferry sailed.", "evidence": PAGE, "label": label, "supporting_sentences": [[2]], "meta": meta}


def test_wice_counts_partly_supported_as_not_supported(tmp_path: Path) -> None:
    labels = ("supported", "partially_supported", "not_supported")
    rows = [wice(label, id=f"dev{place}", claim_title="Osh") for place, label in enumerate(labels)]
    read = read_dataset(f"wice:{write_lines(tmp_path / 'claim_dev.jsonl.gz', rows).parent}")
    assert read.measures == {"support"}
    assert not read.asks
    assert [(claim.id, claim.supported, claim.tags) for claim in read.claims] == [
        ("dev0", True, ("supported",)),
        ("dev1", False, ("partially-supported",)),
        ("dev2", False, ("not-supported",)),
    ]
    first = read.claims[0]
    assert first.sentences == ("(meta data) TITLE: Ferries", "The ferry sailed to Osh.")
    assert (first.context, first.group) == ("Osh. (meta data) TITLE: Ferries", "Osh")


def test_wice_without_meta_data_groups_by_the_page(tmp_path: Path) -> None:
    rows = [wice("supported"), wice("not_supported")]
    del rows[0]["meta"]
    first, second = read_dataset(f"wice:{write_lines(tmp_path / 'a.jsonl', rows)}").claims
    assert (first.id, second.id) == ("1", "2")
    assert first.group == second.group
    assert first.context == ""


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ([wice("supported"), wice("refuted")], r"a\.jsonl:2: label"),
        ([wice("supported", id="x"), wice("supported", id="x")], r"a\.jsonl:2: the id 'x'"),
    ],
)
def test_wice_with_other_labels_or_an_id_twice_is_refused(tmp_path: Path, rows: list[Any], what: str) -> None:
    with pytest.raises(CaseError, match=what):
        read_dataset(f"wice:{write_lines(tmp_path / 'a.jsonl', rows)}")


def qags(sentence: str, *votes: str) -> dict[str, Any]:
    return {"sentence": sentence, "responses": [{"worker_id": 1, "response": vote} for vote in votes]}


def test_qags_takes_the_majority_and_keeps_the_votes(tmp_path: Path) -> None:
    article = "The ferry sailed\u00a0to Osh. It came back."
    said = [qags("It sailed.", "yes", "no", "yes"), qags("It sank.", "no", "yes"), qags("It left.", "no", "no", "yes")]
    rows = [{"article": article, "summary_sentences": said}, {"article": "Bread was sold.", "summary_sentences": said}]
    read = read_dataset(f"qags:{write_lines(tmp_path / 'mturk_cnndm.jsonl', rows).parent}")
    assert [claim.supported for claim in read.claims] == [True, False, False] * 2
    assert [claim.id for claim in read.claims] == ["0/0", "0/1", "0/2", "1/0", "1/1", "1/2"]
    assert read.claims[0].votes == (True, False, True)
    assert read.claims[0].sentences == ("The ferry sailed to Osh.", "It came back.")
    assert len({claim.group for claim in read.claims}) == 2


def test_qags_without_votes_is_refused(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", [{"article": "A.", "summary_sentences": [qags("It sailed.")]}])
    with pytest.raises(CaseError, match=r"a\.jsonl:1: summary_sentences\.0\.responses"):
        read_dataset(f"qags:{path}")


def test_climate_fever_judges_by_one_sentence_at_a_time(tmp_path: Path) -> None:
    def evidence(name: str, label: str, *votes: str | None) -> dict[str, Any]:
        return {
            "evidence_id": name,
            "evidence_label": label,
            "article": "Ice",
            "evidence": f"{name} melts.",
            "votes": votes,
        }

    evidences = [
        evidence("Ice:1", "SUPPORTS", "SUPPORTS", "REFUTES", None),
        evidence("Ice:2", "REFUTES", "REFUTES"),
        evidence("Ice:3", "NOT_ENOUGH_INFO"),
    ]
    row = {"claim_id": "7", "claim": "Ice melts.", "claim_label": "DISPUTED", "evidences": evidences}
    claims = read_dataset(f"climate-fever:{write_lines(tmp_path / 'c.jsonl.gz', [row])}").claims
    assert [(claim.id, claim.supported, claim.tags[0]) for claim in claims] == [
        ("7/Ice:1", True, "supports"),
        ("7/Ice:2", False, "refutes"),
        ("7/Ice:3", False, "not-enough-info"),
    ]
    assert claims[0].sentences == ("Ice:1 melts.",)
    assert (claims[0].votes, claims[0].context, claims[0].group) == ((True, False), "Ice", "7")


def test_halueval_reads_pairs_and_single_answers(tmp_path: Path) -> None:
    text = {"knowledge": "The ferry sailed to Osh.It came back.", "question": "Where to?"}
    rows = [
        text | {"right_answer": "Osh", "hallucinated_answer": "It sailed to Baku."},
        text | {"answer": "To Baku.", "hallucination": "yes"},
        text | {"answer": "Osh", "hallucination": "no"},
    ]
    read = read_dataset(f"halueval:{write_lines(tmp_path / 'qa_data.json', rows)}")
    assert [(claim.id, claim.statement, claim.supported) for claim in read.claims] == [
        ("0/right", "Osh", True),
        ("0/wrong", "It sailed to Baku.", False),
        ("1/wrong", "To Baku.", False),
        ("2/right", "Osh", True),
    ]
    assert read.claims[0].sentences == ("The ferry sailed to Osh.", "It came back.")
    assert (read.claims[0].context, read.claims[0].group) == ("Where to?", "0")
    assert "smoke test" in read.note


def test_halueval_without_an_answer_is_refused(tmp_path: Path) -> None:
    row = {"knowledge": "The ferry sailed.", "question": "Where to?", "right_answer": "Osh"}
    with pytest.raises(CaseError, match=r"a\.json:1: there is neither"):
        read_dataset(f"halueval:{write_lines(tmp_path / 'a.json', [row])}")
