"""What makes the bot's messages easy to read: nothing twice, nothing that does not apply."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from ingest.records import ArticleRecord
from service.answer import Answer, Statement
from service.question import Question
from service.slack.answers import AnswerView
from service.slack.evidence import evidence_window
from service.slack.feedback import reason_window
from service.slack.links import Links
from tests.service.http.doubles import answer_to
from tests.service.slack.bots import PAGE, abstaining, saying
from tests.service.slack.records import words

VIEW = AnswerView(Links(PAGE))
WHY = Question("Why?")


def shown(answer: Answer, streamed: bool = False) -> str:
    return "\n".join(words([block for page in VIEW.pages(answer, streamed=streamed) for block in page.blocks]))


def test_a_statement_that_is_its_quote_is_not_said_twice() -> None:
    told = shown(saying("It left on 28 June.", "It came back.")(WHY))
    assert told.count("It left on 28 June.") == 1
    assert told.count("It came back.") == 1


def test_a_statement_in_other_words_is_said_and_proven() -> None:
    answer = saying("It left on 28 June.")(WHY)
    worded = Statement(text="It went in June.", citations=(1,), verdict="supported", support=0.9)
    told = shown(answer.model_copy(update={"statements": (worded,)}))
    assert "It went in June." in told
    assert "It left on 28 June." in told


def test_an_abstention_says_what_its_confidence_is_of_and_cannot_have_a_wrong_source() -> None:
    told = shown(abstaining()(WHY))
    assert "confidence that the articles answer: 10 %" in told
    assert "Wrong source" not in told
    assert "Wrong source" in shown(saying("It left.")(WHY))


def test_evidence_begins_and_ends_with_whole_words() -> None:
    quote = "It prefers bilateral ties."
    text = f"{'Kyrgyzstan ' * 50}{quote}{' Tajikistan' * 50}"
    answer = saying(quote)(WHY)
    (known,) = answer.citations
    start = text.index(quote)
    cited = known.model_copy(update={"start": start, "end": start + len(quote)})
    window = evidence_window(
        answer.model_copy(update={"citations": (cited,)}), lambda _: replace(ARTICLE, text=text), Links(PAGE)
    )
    (passage,) = (part for part in words(window["blocks"]) if quote in part)
    assert passage.startswith("… Kyrgyzstan ")
    assert passage.endswith(" Tajikistan …")


def test_leaving_the_window_of_a_reason_is_no_cancelling() -> None:
    assert reason_window("wrong", "{}")["close"]["text"] == "Close"


ARTICLE = ArticleRecord(
    id="a1",
    key="a1",
    title=answer_to(WHY).citations[0].title,
    url=None,
    source=None,
    author=None,
    published=None,
    updated=None,
    state="live",
    story="a1",
    version=1,
    ingested_at=datetime(2024, 5, 1, tzinfo=UTC),
    characters=0,
)
