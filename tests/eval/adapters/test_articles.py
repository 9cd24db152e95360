from datetime import date

import pytest

from eval.adapters.articles import Articles
from eval.adapters.tags import question_word, tag
from eval.adapters.texts import sentences_of
from eval.shelf import Shelf

TEXT = "The ferry sailed to Osh\u00a0at noon. It came back empty."


def test_the_shelf_holds_what_a_corpus_would_store() -> None:
    articles = Articles()
    name = articles.add("set/1", TEXT, title="The ferry", url="https://news.example/f", published="2013/04/17")
    shelf = articles.shelf()
    article = shelf.articles["set/1"]
    assert name == article.origin == "set/1"
    assert article.text == TEXT.replace("\u00a0", " ")
    assert (article.title, article.url, article.published) == (
        "The ferry",
        "https://news.example/f",
        date(2013, 4, 17),
    )
    assert Shelf.of({"set/1": shelf.documents[0]}).articles["set/1"].id == article.id


def test_equal_content_is_one_article_and_other_content_never_takes_its_name() -> None:
    articles = Articles()
    assert articles.add("set/1", TEXT, title="Ferry") == "set/1"
    assert articles.add("set/2", f" {TEXT}", title="Ferry") == "set/1"
    third = articles.add("set/1", "Bakers sold bread in Baku.", title="Ferry")
    assert third is not None
    assert third.startswith("set/1@")
    assert list(articles.shelf().articles) == ["set/1", third]
    assert [document.origin for document in articles.shelf().documents] == ["set/1", third]


def test_what_no_corpus_would_take_is_counted_and_told() -> None:
    articles = Articles()
    assert articles.add("set/0", TEXT) == "set/0"
    assert articles.remark() == ""
    assert articles.add("set/1", "No.") is None
    assert list(articles.shelf().articles) == ["set/0"]
    assert "1 of its texts" in articles.remark()


def test_gold_sentences_are_those_that_stand_in_the_stored_text() -> None:
    articles = Articles()
    articles.add("set/1", TEXT)
    gold = articles.gold("set/1", [" The ferry sailed to Osh\u00a0at noon.", "", "It sank.", "It came back empty."] * 2)
    assert [each.quote for each in gold] == ["The ferry sailed to Osh at noon.", "It came back empty."]
    assert all(articles.shelf().places(each.article, each.quote) for each in gold)


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("In what country is Osh?", "what"),
        ("How many ferries sailed?", "how-many"),
        ("how much did it cost", "how-many"),
        ("How did it end?", "how"),
        ("Whose ferry was it, and why?", "who"),
        ("Why did the ferry, which was new, sink?", "why"),
        ("largest ferry of the lake", "other"),
        ("Somewhat late?", "other"),
    ],
)
def test_the_first_question_word_is_the_kind(question: str, word: str) -> None:
    assert question_word(question) == word


def test_labels_become_tags() -> None:
    assert [tag("NOT_ENOUGH_INFO"), tag("Non-Question"), tag("How-To ")] == [
        "not-enough-info",
        "non-question",
        "how-to",
    ]


def test_sentences_are_those_of_the_normalised_text() -> None:
    assert sentences_of(TEXT) == ["The ferry sailed to Osh at noon.", "It came back empty."]
