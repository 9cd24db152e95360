"""A small shelf, cases over it, and systems whose replies are written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from eval.cases import Case
from eval.claims import Claim
from eval.dataset import Dataset, Measure
from eval.evaluation import Evaluation
from eval.outcomes import CaseOutcome, Reply
from eval.results import Result
from eval.scorers.score import Asked
from eval.shelf import Shelf
from eval.systems import Ability
from ingest.article import Article
from service.answer import Answer, Citation, Closest, Models, Statement
from service.question import Question
from service.reading import Judgement
from service.verify import RuleVerifier

NOTE = "The note was handed over on 20 June 2012, eight days early."
BASES = "Uzbekistan hosts no foreign bases."
COST = "Moscow will spend 1,200 million dollars on the army."
OTHER = "The river was low that summer."

LEAVING = Article(text=f"{NOTE} {OTHER}\n\n{BASES}", title="Leaving", origin="/articles/leaving.md")
ARMY = Article(text=f"{OTHER} {COST}", title="The army", origin="/articles/army.md")
SHELF = Shelf({"leaving.md": LEAVING, "army.md": ARMY})
BY_ID = {article.id: article for article in SHELF.articles.values()}
EVERYTHING: frozenset[Measure] = frozenset(["retrieval", "answer", "sentences", "all-sentences", "long", "abstention"])


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


def answered(*quotes: tuple[Article, str], texts: Sequence[str] | None = None, confidence: float = 0.9) -> Answer:
    """One statement a quote, saying `texts` where given."""
    citations = tuple(cited(number, article, quote) for number, (article, quote) in enumerate(quotes, start=1))
    said = texts or [quote for _, quote in quotes]
    statements = tuple(
        Statement(text=text, citations=(number,), verdict="quoted", support=1.0)
        for number, text in enumerate(said, start=1)
    )
    return _answer(status="answered", statements=statements, citations=citations, confidence=confidence)


def abstained(*closest: Closest, confidence: float = 0.1) -> Answer:
    """No answer."""
    return _answer(status="abstained", reason="The articles do not say.", closest=closest, confidence=confidence)


def cited(number: int, article: Article, quote: str) -> Citation:
    """A citation that holds."""
    start = article.text.index(quote)
    return Citation(
        number=number, article_id=article.id, title=article.title, start=start, end=start + len(quote), quote=quote
    )


def near(article: Article, quote: str) -> Closest:
    """A passage that holds."""
    start = article.text.index(quote)
    return Closest(article_id=article.id, title=article.title, start=start, end=start + len(quote), quote=quote)


def asked(one: Case, answer: Answer | None, insisted: Answer | None = None, **outcome: Any) -> Asked:
    """A case as the scorers see it."""
    came = CaseOutcome(id=one.id, answer=answer, insisted=insisted or answer, **outcome)
    ids = frozenset(SHELF.articles[name].id for name in one.named_gold)
    return Asked(one, came, one.places(SHELF), ids, BY_ID)


@dataclass
class WrittenSystem:
    """Gives the reply written down for a question, or raises what is written there."""

    replies: Mapping[str, Answer | Exception] = field(default_factory=dict)
    insisted: Mapping[str, Answer] = field(default_factory=dict)
    rankings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    judgements: Mapping[str, Judgement | Exception] = field(default_factory=dict)
    abilities: frozenset[Ability] = frozenset(["answer", "rank", "judge"])
    held: Mapping[str, Article] = field(default_factory=lambda: BY_ID)
    models: Mapping[str, str] = field(default_factory=lambda: {"embedder": "e", "numerics": "fp32"})
    threshold: float | None = 0.5
    name: str = "written"
    asked: list[Question] = field(default_factory=list)

    def answer(self, question: Question) -> Reply:
        self.asked.append(question)
        found = self.replies[question.text]
        if isinstance(found, Exception):
            raise found
        return Reply(found, (), self.insisted.get(question.text, found if found.status == "answered" else None))

    def rank(self, question: Question) -> list[str]:
        return list(self.rankings.get(question.text, ()))

    def judge(self, claim: Claim) -> tuple[Judgement, tuple[str, ...]]:
        found = self.judgements[claim.id]
        if isinstance(found, Exception):
            raise found
        return found, tuple(claim.sentences)

    def article(self, article_id: str) -> Article | None:
        return self.held.get(article_id)

    def known_as(self, article: Article) -> str | None:
        return article.id if self.held.get(article.id) == article else None


def dataset(*cases: Case, claims: Sequence[Claim] = (), measures: frozenset[Measure] = EVERYTHING) -> Dataset:
    """A set over the shelf."""
    return Dataset("written", measures | ({"support"} if claims else set()), SHELF, cases, claims)


def evaluated(cases: Mapping[Case, Answer | Exception], **insisted: Answer) -> Result:
    """The result of these answers to these cases."""
    replies = {one.question: answer for one, answer in cases.items()}
    system = WrittenSystem(replies, {f"{name}?": answer for name, answer in insisted.items()})
    return Evaluation(dataset(*cases), system, RuleVerifier()).result()


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
