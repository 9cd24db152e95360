import pytest

from eval.bench.built import corpus_questions
from eval.errors import RunError
from tests.rooms import Room, document, documents


def test_no_question_is_asked_twice_and_the_same_corpus_gives_the_same(room: Room) -> None:
    room.corpus.add(documents(12))
    questions = corpus_questions(room.corpus, 60)
    assert len(set(questions)) == 60
    assert len(set(corpus_questions(room.corpus))) == 72
    assert corpus_questions(room.corpus, 60) == questions
    assert corpus_questions(room.corpus, 60, seed=2) != questions


def test_a_corpus_with_too_few_sentences_is_told(room: Room) -> None:
    with pytest.raises(RunError, match="nothing to ask"):
        corpus_questions(room.corpus, 1)
    room.corpus.add([document("The dam at the river broke in the night of the third of May.")])
    assert corpus_questions(room.corpus, 1) == ["What is known about The dam at the river broke in the night?"]
    with pytest.raises(RunError, match="2 different sentences"):
        corpus_questions(room.corpus, 2)
