"""The chain over real retrieval, with doubles for the reader, the verifier and the composer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ingest.corpus import Corpus
from ingest.documents import Document, Hints
from ingest.filters import Filters
from ingest.settings import IngestSettings
from ingest.wiring import open_corpus
from service.answer import Answer, Tokens, Verdict
from service.answerer import DoneEvent, EvidenceEvent, StatementEvent
from service.chain import NO_ARTICLES, NONE_FILTERED, NOT_PROVEN, NOT_SAID, Chain, Composer
from service.errors import ModelError, QuestionError
from service.evidence import Evidence, ScoredSentence
from service.metering import Meter
from service.promptfiles import prompts_hash
from service.question import Question, Turn
from service.reading import Draft, Judgement, Reader, Reading, Selected, Verifier
from service.retrieve import HybridRetriever
from service.runnable import as_retriever, as_runnable
from service.verify import RuleVerifier

ARTICLE = """The harbour of Marwa was closed on 3 May 2012 after a storm broke its northern wall.

Repairs began in June, and the mayor said
that they would cost 12 million euros. A second storm delayed them by a month.

Fishing boats moved to the bay of Lindo, which had never taken more than forty of them."""
RETOLD = ARTICLE.replace("after a storm", "when a storm").replace("by a month", "for a month")
OTHER = "The bakers of Lindo went on strike in the spring. They asked for a day of rest in every week of the summer."


def chained(corpus: Corpus, reader: Reader, verifier: Verifier, composer: Composer | None) -> Chain:
    return Chain(HybridRetriever(corpus=corpus), reader, verifier, composer)


class Marker:
    """A reader that marks every sentence that holds the word."""

    name = "marker"
    threshold = 0.5

    def __init__(self, word: str, answerable: float = 0.9) -> None:
        self.word, self.answerable = word, answerable

    def read(self, question: str, evidence: Sequence[Evidence]) -> Reading:
        return Reading([replace(each, marked=self._marks(each)) for each in evidence], self.answerable)

    def _marks(self, each: Evidence) -> tuple[ScoredSentence, ...]:
        text = each.article.text
        return tuple(ScoredSentence(span, 0.9) for span in each.passage.sentences if self.word in span.of(text))


class Strict:
    """A verifier that lets verbatim statements through, and those it was told to."""

    name = "strict"

    def __init__(self, *supported: str, refuse_quotes: bool = False) -> None:
        self.supported, self.refuse_quotes = supported, refuse_quotes

    def judge(self, statement: str, quotes: Sequence[str], context: str = "") -> Judgement:
        verbatim = any(statement == " ".join(quote.split()) for quote in quotes)
        verdict: Verdict = "quoted" if verbatim and not self.refuse_quotes else "unsupported"
        return Judgement("supported" if statement in self.supported else verdict, 0.8)


class Scripted:
    """A composer that words the sentences as it was told, or fails."""

    name = "scripted"

    def __init__(self, *texts: str, fails_after: int | None = None) -> None:
        self.texts, self.fails_after = texts, fails_after

    def compose(self, question: str, selected: Sequence[Selected], meter: Meter) -> Iterator[Draft]:
        for index, text in enumerate(self.texts):
            if index == self.fails_after:
                raise ModelError("It died.")
            meter.add(Tokens(input=len(question), output=len(text)))
            yield Draft(text, (selected[index],))
        if self.fails_after == len(self.texts):
            raise ModelError("It died.")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    settings = IngestSettings(data=tmp_path_factory.mktemp("chain"))
    with open_corpus(settings, "tests") as corpus:
        corpus.ingest(
            [
                _document(ARTICLE, "https://a.example/1", "Wire", "2012-06-20"),
                _document(RETOLD, "https://b.example/1", "Echo", "2012-06-21"),
                _document(OTHER, "https://a.example/2", "Wire", None),
            ]
        )
        yield corpus


def _document(text: str, url: str, source: str, day: str | None) -> Document:
    hints = Hints("Marwa", url, source, None, date.fromisoformat(day) if day else None)
    return Document(url, "text", text.encode(), hints)


def checked(answer: Answer, corpus: Corpus) -> Answer:
    """The answer, once each of its citations was found to be exact and used."""
    for citation in answer.citations:
        article = corpus.text_of(citation.article_id)
        assert article
        assert article.text[citation.start : citation.end] == citation.quote
        if short := citation.short:
            assert citation.start <= short.start < short.end <= citation.end
            assert article.text[short.start : short.end] == short.text
    used = {number for statement in answer.statements for number in statement.citations}
    assert used == {citation.number for citation in answer.citations}
    return answer


def test_quotes_are_answers_when_there_is_no_composer(corpus: Corpus) -> None:
    answer = checked(
        chained(corpus, Marker("mayor"), Strict(), None).answer(Question("What will it cost?")),
        corpus,
    )
    (statement,) = answer.statements
    assert statement.text == "Repairs began in June, and the mayor said that they would cost 12 million euros."
    assert (statement.verdict, answer.mode, answer.status) == ("quoted", "quoted", "answered")
    assert "\n" in answer.citations[0].quote
    assert answer.citations[0].short is None
    assert answer.text == f"{statement.text} [1]"
    assert str(answer.as_of) in {"2012-06-20", "2012-06-21"}


def test_the_date_or_amount_asked_for_is_the_short_answer(corpus: Corpus) -> None:
    quoting = chained(corpus, Marker("closed"), Strict(), None)
    (citation,) = checked(quoting.answer(Question("When was the harbour closed?")), corpus).citations
    assert citation.short
    assert citation.short.text == "3 May 2012"
    (citation,) = checked(quoting.answer(Question("Why was the harbour closed?")), corpus).citations
    assert citation.short is None


def test_a_pronoun_is_explained_in_brackets_and_the_sentence_with_the_name_is_cited(tmp_path: Path) -> None:
    text = "Ilse Brandt shut the quays in May. She wanted to spare the town a second flood."
    with open_corpus(IngestSettings(data=tmp_path), "tests") as corpus:
        corpus.ingest([_document(text, "https://a.example/3", "Wire", "2012-06-20")])
        answer = chained(corpus, Marker("spare"), Strict(), None).answer(Question("Why were the quays shut?"))
        checked(answer, corpus)
    assert answer.text == "She [Ilse Brandt] wanted to spare the town a second flood. [1][2]"
    assert [citation.quote for citation in answer.citations] == [
        "She wanted to spare the town a second flood.",
        "Ilse Brandt shut the quays in May.",
    ]


def test_a_statement_that_says_too_much_is_cut_back(corpus: Corpus) -> None:
    said = "A second storm delayed them by a month, and the mayor resigned."
    answer = checked(
        chained(corpus, Marker("second"), RuleVerifier(), Scripted(said)).answer(Question("What delayed them?")),
        corpus,
    )
    (statement,) = answer.statements
    assert statement.text == "A second storm delayed them by a month."
    assert answer.refused == 0


def test_a_story_told_twice_counts_once(corpus: Corpus) -> None:
    answer = checked(
        chained(corpus, Marker("closed"), Strict(), None).answer(Question("When was Marwa closed?")),
        corpus,
    )
    assert len(answer.statements) == len(answer.citations) == 1


def test_a_supported_wording_is_used(corpus: Corpus) -> None:
    wording = "Repairs would cost 12 million euros."
    chain = chained(corpus, Marker("mayor"), Strict(wording), Scripted(wording))
    answer = checked(chain.answer(Question("What will it cost?")), corpus)
    assert [(each.text, each.verdict) for each in answer.statements] == [(wording, "supported")]
    assert (answer.mode, answer.models.llm, answer.models.prompts) == ("composed", "scripted", prompts_hash())
    assert (answer.refused, answer.degraded) == (0, False)


def test_an_unsupported_wording_is_replaced_by_its_quote(corpus: Corpus) -> None:
    chain = Chain(
        HybridRetriever(corpus=corpus), Marker("mayor"), Strict(), Scripted("Repairs would cost 13 million euros.")
    )
    answer = checked(chain.answer(Question("What will it cost?")), corpus)
    assert [each.verdict for each in answer.statements] == ["quoted"]
    assert "12 million" in answer.text
    assert answer.mode == "quoted"
    assert (answer.refused, answer.degraded) == (1, False)


@pytest.mark.parametrize("fails_after", [0, 1])
def test_a_model_that_dies_degrades_to_quotes_and_is_named(
    corpus: Corpus, fails_after: int, caplog: pytest.LogCaptureFixture
) -> None:
    composer = Scripted("Repairs began.", fails_after=fails_after)
    chain = chained(corpus, Marker("storm"), Strict("Repairs began."), composer)
    answer = checked(chain.answer(Question("What did the storm do?")), corpus)
    assert answer.status == "answered"
    assert [each.verdict for each in answer.statements] == ["supported"] * fails_after + ["quoted"] * (2 - fails_after)
    assert caplog.messages == ["It died. The answer is given in quotes."]
    assert (answer.refused, answer.degraded) == (0, True)


def test_tokens_are_those_of_this_answer_alone(corpus: Corpus) -> None:
    chain = chained(corpus, Marker("storm"), Strict(), Scripted("One.", "Another."))
    questions = [Question("What did the storm do?"), Question("What did the second storm do?")]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(chain.answer, questions * 5))
    for question, answer in zip(questions * 5, answers, strict=True):
        assert answer.tokens == Tokens(input=2 * len(question.text), output=len("One.Another."))
    assert chain.answer(Question("What did the storm do?", mode="quoted")).tokens is None


def test_quoted_mode_asks_no_model(corpus: Corpus) -> None:
    chain = chained(corpus, Marker("mayor"), Strict("X."), Scripted("X."))
    answer = checked(chain.answer(Question("What will it cost?", mode="quoted")), corpus)
    assert [each.verdict for each in answer.statements] == ["quoted"]
    assert answer.degraded is False


def test_a_statement_is_not_made_twice(corpus: Corpus) -> None:
    chain = chained(corpus, Marker("storm"), Strict("Same."), Scripted("Same.", "Same."))
    answer = checked(chain.answer(Question("What did the storm do?")), corpus)
    assert [each.text for each in answer.statements] == ["Same."]
    assert answer.refused == 0


def test_below_the_threshold_it_abstains_and_shows_what_is_near(corpus: Corpus) -> None:
    answer = chained(corpus, Marker("mayor", answerable=0.49), Strict(), None).answer(Question("Who won?"))
    assert (answer.status, answer.reason, answer.statements, answer.citations) == ("abstained", NOT_SAID, (), ())
    assert answer.closest
    assert answer.text == ""


def test_what_cannot_be_proven_is_dropped(corpus: Corpus) -> None:
    answer = chained(corpus, Marker("mayor"), Strict(refuse_quotes=True), None).answer(Question("What will it cost?"))
    assert (answer.status, answer.reason, answer.statements) == ("abstained", NOT_PROVEN, ())
    assert answer.refused == 1


def test_filters_that_leave_nothing_are_named(corpus: Corpus) -> None:
    chain = chained(corpus, Marker("mayor"), Strict(), None)
    assert chain.answer(Question("What?", Filters(sources=("Nowhere",)))).reason == NONE_FILTERED


def test_an_empty_corpus_says_what_to_do(tmp_path: Path) -> None:
    with open_corpus(IngestSettings(data=tmp_path), "tests") as empty:
        chain = chained(empty, Marker("x", answerable=0.0), Strict(), None)
        assert chain.answer(Question("What?")).reason == NO_ARTICLES
        assert chain.answer(Question("What?", Filters(sources=("Wire",)))).reason == NO_ARTICLES


def test_a_follow_up_is_made_to_stand_alone(corpus: Corpus) -> None:
    chain = chained(corpus, Marker("closed"), Strict(), None)
    answer = chain.answer(Question("Why?", conversation=(Turn("When was Marwa closed?", "In May."),)))
    assert answer.question == "Why?"
    assert "Marwa" in answer.standalone_question


def test_events_come_in_order_and_end_with_the_same_answer(corpus: Corpus) -> None:
    chain = chained(corpus, Marker("storm"), Strict(), None)
    events = list(chain.stream(Question("What did the storm do?")))
    assert [event.type for event in events] == [
        *("status", "status", "evidence", "status"),
        *("statement", "statement", "done"),
    ]
    done = events[-1]
    assert isinstance(done, DoneEvent)
    streamed = [event.statement for event in events if isinstance(event, StatementEvent)]
    assert list(done.answer.statements) == streamed


def test_the_same_question_gets_the_same_answer(corpus: Corpus) -> None:
    chain = chained(corpus, Marker("storm"), Strict(), None)
    one, other = (chain.answer(Question("What did the storm do?")) for _ in range(2))
    unlike = {"id", "timings_ms"}
    assert one.model_dump(exclude=unlike) == other.model_dump(exclude=unlike)


def test_langchain_takes_the_retriever_and_the_chain(corpus: Corpus) -> None:
    documents = as_retriever(HybridRetriever(corpus=corpus, limit=2)).invoke("What will the repairs cost?")
    assert [document.page_content for document in documents] == [
        corpus.text_of(document.metadata["article_id"]).text[document.metadata["start"] : document.metadata["end"]]  # type: ignore[union-attr]
        for document in documents
    ]
    answers = as_runnable(chained(corpus, Marker("mayor"), Strict(), None)).batch(["What will it cost?", "And when?"])
    assert [answer.status for answer in answers] == ["answered", "answered"]


def test_a_time_in_the_question_narrows_what_is_read(corpus: Corpus) -> None:
    chain = chained(corpus, Marker("storm"), Strict(), None)
    answer = checked(chain.answer(Question("What did the storm do last week?", asked_on=date(2012, 6, 28))), corpus)
    assert answer.status == "answered"
    assert answer.time is not None
    assert (answer.time.phrase, answer.time.asked_on, answer.time.kept) == ("last week", date(2012, 6, 28), True)


def test_where_that_time_does_not_answer_any_time_is_read(corpus: Corpus) -> None:
    class OnlySixth(Marker):
        def read(self, question: str, evidence: Sequence[Evidence]) -> Reading:
            reading = super().read(question, evidence)
            return reading if evidence else replace(reading, answerable=0.0)

    chain = chained(corpus, OnlySixth("storm"), Strict(), None)
    answer = checked(chain.answer(Question("What did the storm do this week?", asked_on=date(2013, 1, 1))), corpus)
    assert answer.status == "answered"
    assert answer.time is not None
    assert answer.time.kept is False


def test_what_was_published_after_the_day_of_the_question_answers_nothing(corpus: Corpus) -> None:
    chain = chained(corpus, Marker("storm"), Strict(), None)
    events = chain.stream(Question("What did the storm do?", asked_on=date(2012, 6, 20)))
    (passages,) = [event.passages for event in events if isinstance(event, EvidenceEvent)]
    assert {passage.published for passage in passages} == {date(2012, 6, 20)}


def test_sources_that_disagree_are_both_quoted_and_dated(tmp_path: Path) -> None:
    with open_corpus(IngestSettings(data=tmp_path / "data"), "tests") as other:
        other.ingest(
            [
                _document("Repairs of the wall cost 12 million euros in all.", "https://a/1", "A", "2012-06-20"),
                _document("It fell. In the end the repairs cost 19 million euros.", "https://b/1", "B", "2013-01-02"),
            ]
        )
        chain = chained(other, Marker("million"), Strict(), Scripted("It cost 15 million."))
        answer = checked(chain.answer(Question("How much did the repairs cost?")), other)
    (disagreement,) = answer.disagreements
    assert disagreement.about == "amount"
    told = {(side.value, side.source, side.published) for side in disagreement.sides}
    assert told == {("12 million euros", "A", date(2012, 6, 20)), ("19 million euros", "B", date(2013, 1, 2))}
    assert [statement.verdict for statement in answer.statements] == ["quoted", "quoted"]


def test_a_question_that_names_nothing_is_asked_back(corpus: Corpus) -> None:
    answer = chained(corpus, Marker("mayor", answerable=0.1), Strict(), None).answer(Question("When did they resign?"))
    assert answer.status == "abstained"
    assert answer.clarification is not None
    assert answer.reason == answer.clarification.question


def test_what_could_not_be_known_that_day_cannot_be_asked_for() -> None:
    with pytest.raises(QuestionError, match="could be known on 2012-06-20"):
        Question("What?", Filters(since=date(2012, 7, 1)), asked_on=date(2012, 6, 20))
