from pathlib import Path

import pytest

from eval.claims import Claim
from eval.dataset import Dataset
from eval.errors import RunError
from eval.log import NAME, OutcomeLog
from eval.runner import Run, run
from eval.shelf import Shelf
from ingest.article import Article
from ingest.errors import StorageError
from service.reading import Judgement
from tests.eval.doubles import (
    ARMY,
    BY_ID,
    LEAVING,
    NOTE,
    WrittenSystem,
    abstained,
    answered,
    case,
    dataset,
    unanswerable,
)

REPLIES = {"when?": answered((LEAVING, NOTE)), "cup?": abstained()}
CASES = dataset(case("when"), unanswerable("cup"))
CLAIM = Claim("c1", "The note came early.", (NOTE,), supported=True, group="g")


def ran(what: Dataset, system: WrittenSystem, folder: Path, jobs: int = 1, key: str = "k", **more: object) -> Run:
    with OutcomeLog(folder / NAME, key) as log:
        return run(what, system, "quoted", log, jobs, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("jobs", [1, 4])
def test_every_case_is_asked_and_its_reply_kept_in_the_order_of_the_set(tmp_path: Path, jobs: int) -> None:
    steps: list[int] = []
    done = ran(CASES, WrittenSystem(REPLIES, rankings={"when?": [LEAVING.id]}), tmp_path, jobs, progress=steps.append)
    assert [outcome.answer for _, outcome in done.cases] == [REPLIES["when?"], REPLIES["cup?"]]
    assert [outcome.ranking for _, outcome in done.cases] == [(LEAVING.id,), ()]
    assert sum(steps) == 2


def test_a_case_is_asked_over_its_own_articles(tmp_path: Path) -> None:
    system = WrittenSystem(REPLIES)
    ran(dataset(case("when", over=["army.md", "leaving.md"]), unanswerable()), system, tmp_path)
    assert {question.text: question.filters.articles for question in system.asked} == {
        "when?": (ARMY.id, LEAVING.id),
        "cup?": (),
    }


@pytest.mark.parametrize("error", [StorageError("The disk is full."), KeyError("a bug")])
def test_what_fails_does_not_stop_the_others(tmp_path: Path, error: Exception) -> None:
    system = WrittenSystem({"when?": error, "cup?": abstained()}, judgements={"c1": error})
    done = ran(dataset(case("when"), unanswerable("cup"), claims=[CLAIM]), system, tmp_path)
    (_, failed), (_, fine) = done.cases
    assert failed.answer is None
    assert str(error.args[0]) in str(failed.error)
    assert fine.error is None
    assert str(error.args[0]) in str(done.claims[0][1].error)


def test_claims_are_judged(tmp_path: Path) -> None:
    system = WrittenSystem(judgements={"c1": Judgement("supported", 0.8, ("it says so",))})
    ((claim, outcome),) = ran(dataset(claims=[CLAIM]), system, tmp_path).claims
    assert claim == CLAIM
    assert (outcome.verdict, outcome.support, outcome.reasons, outcome.quotes) == (
        "supported",
        0.8,
        ("it says so",),
        (NOTE,),
    )


def test_what_the_system_cannot_do_is_left_out(tmp_path: Path) -> None:
    system = WrittenSystem(rankings={"when?": [ARMY.id]}, abilities=frozenset(["rank"]))
    done = ran(dataset(case("when"), claims=[CLAIM]), system, tmp_path)
    assert not done.claims
    assert [(outcome.answer, outcome.ranking) for _, outcome in done.cases] == [(None, (ARMY.id,))]


def test_a_system_without_an_article_of_the_cases_cannot_be_measured(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"leaving\.md"):
        ran(CASES, WrittenSystem(REPLIES, held={ARMY.id: ARMY}), tmp_path)


def test_a_system_whose_text_differs_cannot_be_measured(tmp_path: Path) -> None:
    changed = Article(text=LEAVING.text + " More.", title="Leaving")
    system = WrittenSystem(REPLIES, held={**BY_ID, LEAVING.id: changed})
    with pytest.raises(RunError):
        ran(Dataset("x", CASES.measures, Shelf({"leaving.md": LEAVING}), CASES.cases[:1]), system, tmp_path)


# Resuming


def test_a_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    whole = ran(CASES, WrittenSystem(REPLIES), tmp_path / "whole")
    lines = (tmp_path / "whole" / NAME).read_bytes().splitlines(keepends=True)
    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / NAME).write_bytes(b"".join(lines[:2]) + lines[2][:40])  # killed in the middle of a line
    system = WrittenSystem(REPLIES)
    steps: list[int] = []
    again = ran(CASES, system, tmp_path / "cut", progress=steps.append)
    assert [question.text for question in system.asked] == ["cup?"]
    assert steps == [1, 1]
    assert [outcome.answer for _, outcome in again.cases] == [outcome.answer for _, outcome in whole.cases]


def test_what_failed_is_asked_again(tmp_path: Path) -> None:
    down = WrittenSystem({"when?": StorageError("The service is gone."), "cup?": abstained()})
    ran(CASES, down, tmp_path)
    system = WrittenSystem(REPLIES)
    done = ran(CASES, system, tmp_path)
    assert [question.text for question in system.asked] == ["when?"]
    assert [outcome.error for _, outcome in done.cases] == [None, None]
    assert [outcome.error for _, outcome in ran(CASES, WrittenSystem(), tmp_path).cases] == [None, None]


def test_two_runs_do_not_write_to_one_folder(tmp_path: Path) -> None:
    with OutcomeLog(tmp_path / NAME, "k"), pytest.raises(RunError, match="Another run is writing"):
        OutcomeLog(tmp_path / NAME, "k")
    ran(CASES, WrittenSystem(REPLIES), tmp_path)


def test_a_log_of_another_run_is_not_mixed_up(tmp_path: Path) -> None:
    ran(CASES, WrittenSystem(REPLIES), tmp_path)
    before = (tmp_path / NAME).read_bytes()
    with pytest.raises(RunError, match="of another run"):
        ran(CASES, WrittenSystem(REPLIES), tmp_path, key="other")
    assert (tmp_path / NAME).read_bytes() == before


@pytest.mark.parametrize("line", [b'{"kind": "CaseOutcome", "id": 3}\n', b"[]\n", b'"x"\n', b"{\n"])
def test_a_damaged_log_is_told_with_its_line(tmp_path: Path, line: bytes) -> None:
    ran(CASES, WrittenSystem(REPLIES), tmp_path)
    path = tmp_path / NAME
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + line + lines[2])
    with pytest.raises(RunError, match=f"{NAME}:2 is damaged"):
        ran(CASES, WrittenSystem(REPLIES), tmp_path)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="cannot be used"):
        OutcomeLog(tmp_path / "file" / NAME, "k")
