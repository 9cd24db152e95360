"""A small shelf, cases over it, and an Answerer with its answers written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from eval.cases import Case
from eval.runner import Outcome, Run
from eval.scorecard import Scorecard, score
from eval.shelf import Shelf
from ingest.article import Article
from service.answer import Answer, Citation, Closest, Models, Statement
from service.answerer import DoneEvent, Event
from service.question import Question

NOTE = "The note was handed over on 20 June 2012, eight days early."
BASES = "Uzbekistan hosts no foreign bases."
COST = "Moscow will spend 1,200 million dollars on the army."
OTHER = "The river was low that summer."

LEAVING = Article(text=f"{NOTE} {OTHER}\n\n{BASES}", title="Leaving", origin="/articles/leaving.md")
ARMY = Article(text=f"{OTHER} {COST}", title="The army", origin="/articles/army.md")
SHELF = Shelf({"leaving.md": LEAVING, "army.md": ARMY})
BY_ID = {article.id: article for article in SHELF.articles.values()}


def case(name: str = "when", **fields: Any) -> Case:
    """An answerable case about the note, with some fields changed."""
    usual: dict[str, Any] = {
        "id": name,
        "question": f"{name}?",
        "expected": "answered",
        "gold": [{"article": "leaving.md", "quote": NOTE}],
        "answers": ["20 June"],
    }
    return Case.model_validate(usual | fields)


def unanswerable(name: str = "cup", **fields: Any) -> Case:
    """A case the articles do not answer."""
    return case(name, **({"expected": "abstained", "gold": [], "answers": []} | fields))


def answered(*quotes: tuple[Article, str], texts: Sequence[str] | None = None) -> Answer:
    """One statement a quote, saying `texts` where given."""
    citations = tuple(cited(number, article, quote) for number, (article, quote) in enumerate(quotes, start=1))
    said = texts or [quote for _, quote in quotes]
    statements = tuple(
        Statement(text=text, citations=(number,), verdict="quoted", support=1.0)
        for number, text in enumerate(said, start=1)
    )
    return _answer(status="answered", statements=statements, citations=citations, confidence=0.9)


def abstained(*closest: Closest) -> Answer:
    """No answer."""
    return _answer(status="abstained", reason="The articles do not say.", closest=closest, confidence=0.1)


def cited(number: int, article: Article, quote: str) -> Citation:
    """A citation that holds."""
    start = article.text.index(quote)
    return Citation(
        number=number, article_id=article.id, title=article.title, start=start, end=start + len(quote), quote=quote
    )


def outcome(one: Case, answer: Answer | None, error: str | None = None) -> Outcome:
    """What the runner would keep."""
    return Outcome(one, one.places(SHELF), answer, error, BY_ID)


def card(*outcomes: Outcome) -> Scorecard:
    """The scorecard of the outcomes."""
    return score(Run(outcomes, "quoted"), SHELF)


@dataclass
class WrittenAnswerer:
    """Gives the answer written down for a question, or raises what is written there."""

    answers: Mapping[str, Answer | Exception]
    asked: list[Question] = field(default_factory=list)

    def answer(self, question: Question) -> Answer:
        self.asked.append(question)
        found = self.answers[question.text]
        if isinstance(found, Exception):
            raise found
        return found

    def stream(self, question: Question) -> Iterator[Event]:
        yield DoneEvent(answer=self.answer(question))


def _answer(**fields: Any) -> Answer:
    usual: dict[str, Any] = {
        "id": "a",
        "question": "q",
        "standalone_question": "q",
        "mode": "quoted",
        "text": "",
        "models": Models(embedder="e", reader="r", verifier="v", prompts="p"),
    }
    return Answer(**(usual | fields))
