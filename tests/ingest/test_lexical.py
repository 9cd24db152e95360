from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text as sql

from ingest import fulltext
from ingest.filters import Filters
from ingest.fulltext.words import content_words, lexemes
from ingest.settings import IngestSettings
from tests.rooms import Room, WordEmbedder, document, documents, open_room, telling

ARTICLES = {
    "treaty": "The treaty on the border was signed in Tashkent. Nobody read it aloud.",
    "harvest": "Harvests of wheat fell by a third. The farmers' union asked Müller for a loan.",
    "mine": "The mine at Öskemen closed. Its miners, 1,250 of them, went home in the rain.",
}


@pytest.fixture(scope="module")
def shelf(lasting: IngestSettings) -> Iterator[Room]:
    with open_room(lasting, WordEmbedder()) as room:
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
    assert content_words("Who was it?") == ["who", "was", "it"]
    assert "treaty" in titles(shelf, "Who was it?")


def test_words_are_asked_for_once_and_never_as_syntax() -> None:
    assert content_words('NEAR("mine", treaty*) NOT mine^2 OR body:mine') == ["near", "mine", "treaty", "2", "body"]
    assert content_words("Moscow's and Moscow’s") == ["moscow"]
    assert content_words("\0\n\t") == []


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
        room.catalog.full_text.clear(connection)
        assert room.catalog.full_text.numbers(connection) == set()
    assert room.catalog.full_text_gaps() == (passages, 0, 0)
    assert room.corpus.search_text(telling(1), Filters(), 10) == []
    room.catalog.reindex()
    assert room.catalog.full_text_gaps() == (0, 0, 0)
    assert room.corpus.search_text(telling(1), Filters(), 10)[0][0].startswith(article_id)


def test_titles_and_headings_are_searched_too(room: Room) -> None:
    article_id = room.add(document(telling(1), title="Uzbekistan shed the forum"))
    assert room.corpus.search_text("Which forum?", Filters(), 5)[0][0] == f"{article_id}:0"


def test_words_are_reduced_as_fts5_reduces_them(folder_room: Room) -> None:
    """Else the two engines would not find the same."""
    text = (
        "Öskemen’s MINERS, 1,250 of them; naïve Ærø İstanbul straße Straße re-elected generalizations hopping flies "
        "dying agreed plastered motoring conflated hopefulness relational electrical adjustable yaşlı Ташкента ﬁnance "
        "x_y"
    )
    folder_room.add(document(f"{text}. {telling(1, 20)}"))
    with folder_room.catalog.database.reading() as connection:
        connection.execute(sql("CREATE VIRTUAL TABLE temp.known USING fts5vocab(main, full_text, row)"))
        known = set(connection.execute(sql("SELECT term FROM temp.known")).scalars())
    (record,) = folder_room.corpus.articles(0, 1)
    assert set(lexemes(f"{record.title} {text} {telling(1, 20)}")) == known


def test_both_engines_rank_alike(folder_room: Room, shared: IngestSettings) -> None:
    given = documents(40, sentences=12)
    questions = [telling(seed, 1) for seed in range(30)]
    folder_room.corpus.add(given)
    with open_room(shared, WordEmbedder()) as room:
        room.corpus.add(given)
        room.corpus.remove(room.corpus.articles(0, 1)[0].id)
        folder_room.corpus.remove(folder_room.corpus.articles(0, 1)[0].id)
        for question in questions:
            here, there = (each.corpus.search_text(question, Filters(), 20) for each in (folder_room, room))
            assert [score for _, score in there] == pytest.approx([score for _, score in here])
            # Of two with the same score either may come first, and the last of them may be another.
            last = here[-1][1] + 1e-9
            assert {found for found, score in there if score > last} == {found for found, score in here if score > last}


def test_what_is_looked_at_is_bounded_and_the_rarest_words_come_first(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    common = [
        document(f"The treaty was read aloud. {telling(seed)}", f"/{seed}.txt", title=f"N{seed}") for seed in range(30)
    ]
    rare = room.add(document(f"The quagga saw the treaty. {telling(99)}", "/q.txt", title="Quagga"))
    room.corpus.add(common)
    monkeypatch.setattr(fulltext, "CANDIDATES", 10)
    found = room.corpus.search_text("Which quagga signed the treaty?", Filters(), 50)
    assert found[0][0] == f"{rare}:0"
    assert 2 <= len(found) <= 11
    newest = {f"N{seed}" for seed in range(20, 30)}
    live = room.corpus.live([passage_id for passage_id, _ in found[1:]])
    assert {stored.article.title for stored in live.values()} <= newest
    assert len(room.corpus.search_text("treaty", Filters(), 50)) == 10
    assert room.corpus.search_text("nothing of this kind", Filters(), 5) == []
