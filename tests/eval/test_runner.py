import pytest

from eval.errors import RunError
from eval.runner import run
from eval.shelf import Shelf
from ingest.article import Article
from ingest.errors import StorageError
from service.answer import Closest
from tests.eval.doubles import (
    ARMY,
    BY_ID,
    LEAVING,
    NOTE,
    SHELF,
    WrittenAnswerer,
    abstained,
    answered,
    case,
    unanswerable,
)


def test_every_case_is_asked_in_order_and_its_answer_kept() -> None:
    answerer = WrittenAnswerer({"when?": answered((LEAVING, NOTE)), "cup?": abstained()})
    steps: list[int] = []
    done = run([case("when"), unanswerable("cup")], answerer, BY_ID.get, SHELF, "auto", steps.append)
    assert [outcome.answer for outcome in done.outcomes] == [answerer.answers["when?"], answerer.answers["cup?"]]
    assert [(question.text, question.mode) for question in answerer.asked] == [("when?", "auto"), ("cup?", "auto")]
    assert steps == [1, 1]


def test_the_articles_an_answer_quotes_are_looked_up() -> None:
    near = Closest(article_id="gone", title="", start=0, end=1, quote="x")
    answerer = WrittenAnswerer({"when?": answered((LEAVING, NOTE)), "cup?": abstained(near)})
    first, second = run([case("when"), unanswerable("cup")], answerer, BY_ID.get, SHELF).outcomes
    assert first.articles == {LEAVING.id: LEAVING}
    assert second.articles == {"gone": None}


@pytest.mark.parametrize("error", [StorageError("The disk is full."), KeyError("a bug")])
def test_a_case_that_fails_does_not_stop_the_others(error: Exception) -> None:
    answerer = WrittenAnswerer({"when?": error, "cup?": abstained()})
    failed, fine = run([case("when"), unanswerable("cup")], answerer, BY_ID.get, SHELF).outcomes
    assert failed.answer is None
    assert failed.error is not None
    assert str(error.args[0]) in failed.error
    assert fine.error is None


def test_a_corpus_without_the_gold_article_cannot_be_measured() -> None:
    with pytest.raises(RunError, match=r"leaving\.md"):
        run([case()], WrittenAnswerer({}), {ARMY.id: ARMY}.get, SHELF)


def test_a_corpus_whose_text_differs_cannot_be_measured() -> None:
    changed = Article(text=LEAVING.text + " More.", title="Leaving")
    with pytest.raises(RunError):
        run([case()], WrittenAnswerer({}), lambda _: changed, Shelf({"leaving.md": LEAVING}))
