from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import lexical
from ingest.embedder import Embedder
from ingest.filters import Filters
from tests.rooms import Room, document, open_room, telling

ARTICLES = {
    "treaty": "The treaty on the border was signed in Tashkent. Nobody read it aloud.",
    "harvest": "Harvests of wheat fell by a third. The farmers' union asked Müller for a loan.",
    "mine": "The mine at Öskemen closed. Its miners, 1,250 of them, went home in the rain.",
}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Room]:
    with open_room(tmp_path_factory.mktemp("lexical") / "data", embedder) as room:
        room.corpus.add([document(text, f"/{name}.txt", title=name) for name, text in ARTICLES.items()])
        yield room


def titles(room: Room, question: str) -> list[str]:
    hits = room.corpus.search_text(question, Filters(), 10)
    assert [score for _, score in hits] == sorted((score for _, score in hits), reverse=True)
    live = room.corpus.live([passage_id for passage_id, _ in hits])
    return [live[passage_id].article.title for passage_id, _ in hits]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who signed the treaty in TASHKENT?", ["treaty"]),
        ("How did the harvest of wheat go?", ["harvest"]),
        ("What did Muller's union want?", ["harvest"]),
        ("oskemen", ["mine"]),
        ("the miners' homes", ["mine"]),
        ("1,250", ["mine"]),
        ("mining AND signing", ["treaty", "mine"]),
        ("nothing of this kind exists", []),
        ("", []),
        ("?!… 😀 — \"'", []),
    ],
)
def test_a_question_finds_the_passages_with_its_words(shelf: Room, question: str, expected: list[str]) -> None:
    assert sorted(titles(shelf, question)) == sorted(expected)


def test_the_better_match_comes_first(shelf: Room) -> None:
    assert titles(shelf, "the border treaty signed near a mine")[0] == "treaty"


def test_a_question_of_stop_words_alone_still_searches(shelf: Room) -> None:
    assert lexical.query("Who was it?") == '"who" OR "was" OR "it"'
    assert "treaty" in titles(shelf, "Who was it?")


def test_words_are_asked_for_once_and_never_as_syntax() -> None:
    assert lexical.query('NEAR("mine", treaty*) NOT mine^2 OR body:mine') == (
        '"near" OR "mine" OR "treaty" OR "2" OR "body"'
    )
    assert lexical.query("Moscow's and Moscow’s") == '"moscow"'
    assert lexical.query("\0\n\t") is None


SYNTAX = st.sampled_from(
    ['"', "'", "AND", "OR", "NOT", "NEAR", "NEAR(", ")", "*", "^", ":", "{", "}", "-", "+", "\0", "_"]
)
QUESTIONS = st.one_of(
    st.text(),
    st.text(st.characters(categories=("Cs", "Co", "Cc", "So", "Mn", "Po"))),
    st.lists(st.one_of(SYNTAX, st.text(max_size=5)), max_size=12).map(" ".join),
    st.lists(SYNTAX, max_size=8).map("".join),
)


@given(QUESTIONS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_question_breaks_the_search(shelf: Room, question: str) -> None:
    hits = shelf.corpus.search_text(question, Filters(), 2)
    assert len(hits) <= 2


def test_a_very_long_question_is_searched_too(shelf: Room) -> None:
    words = " ".join(f"word{number}" for number in range(20_000))
    assert titles(shelf, f"{words} treaty") == ["treaty"]
    assert titles(shelf, "x" * 200_000) == []


def test_the_index_is_made_anew_from_the_catalog(room: Room) -> None:
    article_id = room.add(document(telling(1, 30)))
    passages = room.catalog.passage_count("live")
    with room.catalog.database.writing() as connection:
        lexical.clear(connection)
        assert lexical.numbers(connection) == set()
    assert room.catalog.full_text_gaps() == (passages, 0, 0)
    assert room.corpus.search_text(telling(1), Filters(), 10) == []
    room.catalog.reindex()
    assert room.catalog.full_text_gaps() == (0, 0, 0)
    assert room.corpus.search_text(telling(1), Filters(), 10)[0][0].startswith(article_id)


def test_titles_and_headings_are_searched_too(room: Room) -> None:
    article_id = room.add(document(telling(1), title="Uzbekistan shed the forum"))
    assert room.corpus.search_text("Which forum?", Filters(), 5)[0][0] == f"{article_id}:0"
