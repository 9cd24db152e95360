"""The reader over real vectors and its fitted coefficients, and the parts it is made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ingest.article import Article, Passage, Span
from ingest.embedder import Embedder, Stamp, Vectors
from ingest.sentences import sentences
from service.coefficients import PACKAGED, load_coefficients
from service.crossencoder import OnnxCrossEncoder
from service.cues import asked, cue, fits, meta_talk
from service.evidence import Evidence
from service.features import LEXICAL, QUESTION, SENTENCE, lexical, shares
from service.field import survey
from service.pairing import Pair
from service.reader import StackedReader, shortlist
from service.words import analyse, same_name, stem

HARBOUR = (
    "Marwa closes its harbour",
    "The harbour of Marwa was closed on 3 May 2012. The mayor, Ilse Brandt, explained her reasons to the council. "
    "She wanted to spare the town a second flood and so she shut the quays before the storm season. "
    "Repairs cost 12 million euros.",
)
BAKERS = (
    "Bakers strike in Lindo",
    "The bakers of Lindo went on strike in spring. They asked for a day of rest in every week of the summer.",
)


class Sharing:
    """A cross-encoder that counts the letters a question and a sentence share, and what it scores."""

    name = "sharing"

    def __init__(self) -> None:
        self.scored = 0

    def score(self, pairs: Sequence[Pair]) -> NDArray[np.float64]:
        self.scored += len(pairs)
        return np.array([len(set(pair.question) & set(pair.sentence)) - 9.0 for pair in pairs])


class Hashing:
    """An embedder whose vectors are sums of a vector a word, and which counts what it encodes."""

    stamp = Stamp("hashing", "1", 32, "none")
    variant = "hashing"

    def __init__(self) -> None:
        self.encoded = 0

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        self.encoded += len(texts)
        return np.stack([self.encode_query(text) for text in texts])

    def encode_query(self, text: str) -> Vectors:
        seeds = [sum(map(ord, word)) for word in text.lower().split()] or [0]
        total = sum(np.random.default_rng(seed).standard_normal(32) for seed in seeds)
        return np.asarray(total / np.linalg.norm(total), dtype=np.float32)


def passage(title: str, text: str, rank: int = 0) -> Evidence:
    article = Article(text, title=title, origin=title)
    span = Span(0, len(text))
    return Evidence(article, Passage(article.id, 0, span, tuple(sentences(text, span))), article.id, 1 / (60 + rank))


def field_of(question: str, *texts: tuple[str, str]) -> dict[str, list[float]]:
    """Each lexical feature's values over the candidates."""
    field = survey(question, [passage(*text) for text in texts], {})
    return {name: list(column) for name, column in zip(LEXICAL, lexical(field).T, strict=True)}


@pytest.fixture(scope="module")
def reader(embedder: Embedder) -> StackedReader:
    return StackedReader(embedder, OnnxCrossEncoder())


def best(reader: StackedReader, question: str) -> tuple[str, float]:
    """The best marked sentence and the chance that anything answers."""
    reading = reader.read(question, [passage(*BAKERS), passage(*HARBOUR)])
    first = reading.evidence[0]
    return first.marked[0].span.of(first.article.text), reading.answerable


@pytest.mark.parametrize(
    ("question", "start"),
    [
        ("When was the harbour of Marwa closed?", "The harbour of Marwa was closed"),
        ("Why were the quays shut?", "She wanted to spare"),
        ("Who is the mayor of Marwa?", "The mayor, Ilse Brandt"),
        ("How much did the repairs cost?", "Repairs cost 12 million"),
        ("What did they ask for?", "They asked for a day of rest"),
    ],
)
def test_the_sentence_that_answers_comes_first(reader: StackedReader, question: str, start: str) -> None:
    sentence, answerable = best(reader, question)
    assert sentence.startswith(start)
    assert answerable >= reader.threshold


@pytest.mark.parametrize(
    "question",
    ["Who won the 2014 World Cup?", "When did Norway join NATO?", "How many soldiers does Peru have?"],
)
def test_what_no_sentence_answers_falls_below_the_threshold(reader: StackedReader, question: str) -> None:
    assert best(reader, question)[1] < reader.threshold


def test_another_name_in_the_same_question_makes_an_answer_less_likely(reader: StackedReader) -> None:
    assert (
        best(reader, "When was the harbour of Rotterdam closed?")[1]
        < best(reader, "When was the harbour of Marwa closed?")[1]
    )


def test_evidence_comes_back_complete_and_best_first(reader: StackedReader) -> None:
    given_evidence = [passage(*BAKERS), passage(*HARBOUR, rank=1)]
    reading = reader.read("Why did the mayor close the harbour?", given_evidence)
    assert [item.article.title for item in reading.evidence] == [HARBOUR[0], BAKERS[0]]
    assert {item.passage for item in reading.evidence} == {item.passage for item in given_evidence}
    assert reading.evidence[0].answers > reading.evidence[1].answers


def test_the_same_question_is_read_the_same_way_twice(reader: StackedReader) -> None:
    first, second = (reader.read("Who is the mayor?", [passage(*HARBOUR), passage(*BAKERS)]) for _ in range(2))
    assert first == second


def test_no_evidence_and_no_sentences_answer_nothing(reader: StackedReader) -> None:
    assert reader.read("Who?", []).answerable == 0.0
    empty = Evidence(Article("", origin="empty"), Passage("empty", 0, Span(0, 0)), "empty", 0.1)
    reading = reader.read("Who?", [empty])
    assert (reading.answerable, list(reading.evidence)) == (0.0, [empty])


def test_only_the_shortlist_is_read() -> None:
    hashing, sharing = Hashing(), Sharing()
    long = "Town halls", " ".join(f"Clerk number {number} stamped the forms." for number in range(80))
    StackedReader(hashing, sharing).read("Who stamped the forms?", [passage(*long)])
    assert hashing.encoded == sharing.scored == load_coefficients().keep


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=200), st.lists(st.text(max_size=300), max_size=4))
def test_any_text_gives_probabilities_and_marks_inside_their_passages(question: str, texts: list[str]) -> None:
    evidence = [passage(f"t{place}", text, place) for place, text in enumerate(texts)]
    reading = StackedReader(Hashing(), Sharing()).read(question, evidence)
    assert 0.0 <= reading.answerable <= 1.0
    assert sorted(item.article.title for item in reading.evidence) == [item.article.title for item in evidence]
    for item in reading.evidence:
        assert 0.0 <= item.answers <= reading.answerable + 1e-9
        assert {mark.span for mark in item.marked} <= set(item.passage.sentences)
        scores = [mark.score for mark in item.marked]
        assert scores == sorted(scores, reverse=True)
    if any(survey(question, evidence, {}).fits):
        assert any(item.marked for item in reading.evidence)


def test_names_and_numbers_that_the_passage_lacks_are_counted() -> None:
    held = field_of("When did Marwa close its harbour in 2012?", HARBOUR)
    lacking = field_of("When did Rotterdam close its harbour in 2013?", HARBOUR)
    assert held["anchors_missing"][0] == 0
    assert lacking["anchors_missing"][0] == 2
    assert lacking["other_number"][0] == 1


def test_an_explained_acronym_and_its_long_form_are_one_name() -> None:
    text = "Exit", "Uzbekistan left the Collective Security Treaty Organization (CSTO). The CSTO met without it."
    features = field_of("Who left the Collective Security Treaty Organization?", text)
    assert features["anchors"] == [1.0, 1.0]


def test_verbs_of_one_meaning_cover_each_other() -> None:
    text = "League", "Marwa quit the league. Marwa praised the league."
    features = field_of("Why did Marwa leave the league?", text)
    quit_, praised = features["meant"]
    assert quit_ == 1.0
    assert praised < 1.0


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Why did they go?", "reason"),
        ("For what reason did they go?", "reason"),
        ("In what year did they go?", "date"),
        ("when did they go", "date"),
        ("And when?", "date"),
        ("What happens when it rains?", "thing"),
        ("Which country did they leave?", "place"),
        ("Whom did they meet?", "person"),
        ("How many boats were lost?", "number"),
        ("How did they escape?", "manner"),
        ("What is a harbour?", "definition"),
        ("What did they carry?", "thing"),
        ("Did they return?", "polar"),
    ],
)
def test_the_kind_of_answer_is_read_from_the_question(question: str, kind: str) -> None:
    assert asked(question).kind == kind


@pytest.mark.parametrize(
    ("question", "answers", "silent"),
    [
        ("When did it close?", "It closed on 3 May.", "It closed quietly."),
        ("When did it close after 1990?", "It closed in 2012.", "It closed after 1990."),
        ("How many boats sank?", "Some 14 boats sank.", "Boats sank in 2012."),
        ("Why did she leave?", "She left because it rained.", "She left early."),
        ("Where did she go?", "She went to Lindo.", "She went home."),
        ("Who met Brandt?", "There Brandt met Ada Lund.", "There Brandt met a friend."),
    ],
)
def test_a_cue_speaks_for_the_sentence_that_answers(question: str, answers: str, silent: str) -> None:
    assert cue(asked(question), analyse(answers)) > cue(asked(question), analyse(silent))


def test_reasons_announced_are_told_from_reasons_given() -> None:
    assert meta_talk(analyse("She explained to the council her reasons."))
    assert not meta_talk(analyse("She gave her reasons: she wanted to spare the town."))


def test_stems_and_names() -> None:
    assert stem("left") == stem("leaving") == stem("leave")
    assert same_name("uzbekistan", "uzbekistani")
    assert not same_name("uzbekistan", "kazakhstan")


def test_shares_sum_to_one_and_the_shortlist_keeps_order() -> None:
    scores = np.array([0.5, 900.0, -3.0, 899.0])
    assert shares(scores).sum() == pytest.approx(1.0)
    assert shortlist(scores, [True] * 4, 2) == [1, 3]
    assert shortlist(scores, [True, False, True, True], 2) == [0, 3]


def test_how_many_is_answered_by_nothing_but_an_amount(reader: StackedReader) -> None:
    harbour = passage("Harbour", "The quays were shut in 2012. Ships left at once.")
    assert reader.read("How many quays were shut in 2012?", [harbour]).answerable == 0.0
    assert reader.read("Which quays were shut in 2012?", [harbour]).answerable > 0.0
    assert fits(asked("How many quays were shut in 2012?"), analyse("Twelve quays were shut in 2012."))
    assert fits(asked("How many quays were shut?"), analyse("None of the quays was shut."))
    assert not fits(asked("How many quays were shut in 2012?"), analyse("The quays were shut in 2012."))
    assert not fits(asked("How many quays were shut?"), analyse("The quays were shut for several months."))
    assert not fits(asked("How many quays were shut?"), analyse("The quays were shut on July 18, 2012."))
    assert not fits(asked("How many quays were shut?"), analyse("Few doubted that the quays were shut."))
    assert not fits(asked("How many quays were shut?"), analyse("It is the number one of all ports."))
    assert fits(asked("How many quays were shut?"), analyse("No stone quay was shut, and few quays were mended."))
    assert fits(asked("How many months were they shut?"), analyse("The quays were shut for several months."))
    assert fits(asked("How much did it cost?"), analyse("It cost 12 million euros on 3 May."))
    assert fits(asked("Why were the quays shut?"), analyse("Storms came."))


def test_every_fitted_weight_belongs_to_a_feature() -> None:
    stored = json.loads(PACKAGED.read_text(encoding="utf-8"))
    assert set(stored["first"]) <= set(LEXICAL)
    assert set(stored["sentence"]) <= set(SENTENCE)
    assert set(stored["question"]) <= set(QUESTION)
    assert all(0.0 <= weight <= 1.0 for weight in stored["common"].values())
    assert 0.0 < stored["threshold"] < 1.0


def test_a_weight_of_an_unknown_feature_is_refused(tmp_path: Path) -> None:
    stored = json.loads(PACKAGED.read_text(encoding="utf-8"))
    stored["sentence"]["astrology"] = 1.0
    path = tmp_path / "reader.json"
    path.write_text(json.dumps(stored), encoding="utf-8")
    with pytest.raises(ValueError, match="astrology"):
        load_coefficients(path)
