"""`dossier eval draft --from-journal` over a data folder that has answered."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from eval.adapters.own import read_own
from eval.bench.commands.shared import SAMPLE
from eval.casefile import load
from eval.draft_cli import draft
from eval.shelf import read_shelf
from ingest.settings import IngestSettings
from ingest.sources import read
from service.answer import Answer
from service.question import Question
from service.settings import ServiceSettings
from service.store.database import store_in
from service.store.journal import Journal, Opinion
from service.wiring import open_house

APP = typer.Typer()
APP.command()(draft)
ASKED: Sequence[tuple[str, Opinion, str | None]] = (
    ("Why is Uzbekistan afraid of the dams upstream?", "helpful", None),
    ("When did Uzbekistan suspend its membership of the CSTO?", "wrong_source", "Another article says it first."),
    ("Who won the football match in Lima?", "helpful", None),
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sequence[Answer]]:
    """The data folder of a service whose readers gave feedback, and its answers."""
    data = tmp_path_factory.mktemp("service") / "data"
    with open_house(IngestSettings(data=data), ServiceSettings(llm="none"), "a test") as house:
        house.corpus.ingest(read([str(SAMPLE)]))
        answers = [house.answerer.answer(Question(question)) for question, *_ in ASKED]
    with closing(store_in(data)) as store:
        journal = Journal(store)
        for answer, (_, verdict, comment) in zip(answers, ASKED, strict=True):
            journal.record(answer)
            journal.rate(answer.id, verdict, comment)
    return data, answers


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(APP, [str(argument) for argument in arguments])


def test_feedback_becomes_drafts_over_the_articles_that_were_cited(
    told: tuple[Path, Sequence[Answer]], tmp_path: Path
) -> None:
    data, answers = told
    done = run(tmp_path / "articles", "--from-journal", data)
    assert done.exit_code == 0, done.output
    found = read_own(tmp_path, None)
    helped, blamed, refused = found.cases
    assert (helped.expected, blamed.expected, refused.expected) == ("answered", None, "abstained")
    assert {gold.quote for gold in helped.gold} == {citation.quote for citation in answers[0].citations}
    assert "Another article says it first." in (blamed.note or "")
    cited = {citation.article_id for answer in answers for citation in answer.citations}
    assert {path.name for path in (tmp_path / "articles").iterdir()} == {f"journal-{id}.json" for id in cited}
    assert "3 of 3 cases are drafts" in found.note
    again = run(tmp_path / "articles", "--from-journal", data)
    assert "Nothing new" in again.output
    assert len(load(tmp_path / "cases.jsonl", found.shelf)) == 3


def test_articles_that_are_there_already_are_named_as_they_are(
    told: tuple[Path, Sequence[Answer]], tmp_path: Path
) -> None:
    data, _ = told
    done = run(SAMPLE, "--from-journal", data, "--out", tmp_path / "cases.jsonl", "--count", "1")
    assert done.exit_code == 0, done.output
    (case,) = load(tmp_path / "cases.jsonl", read_shelf(SAMPLE))
    assert all(gold.article.endswith(".md") for gold in case.gold)
    assert not list(SAMPLE.glob("journal-*"))


def test_a_folder_without_a_journal_and_one_without_feedback_are_told(tmp_path: Path) -> None:
    missing = run(tmp_path / "articles", "--from-journal", tmp_path)
    assert missing.exit_code == 3
    assert "There is no journal" in " ".join(missing.output.split())
    store_in(tmp_path).close()
    silent = run(tmp_path / "articles", "--from-journal", tmp_path)
    assert silent.exit_code == 3
    assert "Nobody gave feedback" in " ".join(silent.output.split())
    assert not (tmp_path / "articles").exists()
