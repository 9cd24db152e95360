"""RealTimeQA of 2022 in the layout of BEIR: a weekly news quiz, and the news it was made from.

Kasai and others, "RealTime QA: What's the Answer Right Now?" (arXiv 2207.13332): articles of CNN, USA Today and The
Week with their dates; questions with choices, of which only the question is asked; for each question the articles
that answer it. Measures retrieval and short answers. In the files exactly the articles that answer have no title, so
titles are dropped: with them, an index would be told which articles matter.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from eval.adapters.articles import Articles
from eval.adapters.judged import Folder, Query
from eval.adapters.tags import question_word, tag
from eval.cases import Case
from eval.dataset import Dataset, Measure

_MEASURES: frozenset[Measure] = frozenset({"retrieval", "answer"})
_QUOTES = str.maketrans("", "", "“”")
_NOTE = (
    "Asked over the whole corpus, without the quiz's choices, each question as on the day of the quiz: what was "
    "published later is left out. Titles are dropped, as they would give the gold articles away. Only the articles "
    "that the set names count as gold, though others may answer too. BM25 (k1 1.5, b 0.75), which knows no dates, has "
    "nDCG@10 0.590 on all 206 questions of the set, of which a file may hold a part."
)


class _Asked(Query):
    answer: tuple[str, ...]
    asked_on: Annotated[date, BeforeValidator(lambda day: str(day).replace("/", "-"))] = Field(validation_alias="date")
    source: str = ""


def read(path: Path) -> Dataset:
    """The set of a folder. Raises: CaseError."""
    folder, articles = Folder.at(path), Articles()
    names: dict[str, str] = {}
    for text in folder.texts():
        kept = articles.add(f"realtimeqa/{text.id}", text.body, url=text.id, published=text.publish_date)
        if kept:
            names[text.id] = kept
    judged = folder.judged(_Asked, names)
    cases = [_case(asked, gold) for asked, gold in judged.queries]
    note = _NOTE + judged.remark() + articles.remark()
    return Dataset("realtimeqa", _MEASURES, articles.shelf(), cases, note=note)


def _case(asked: _Asked, gold: tuple[str, ...]) -> Case:
    answers = (answer.translate(_QUOTES).strip() for answer in asked.answer)
    labels = filter(None, (tag(asked.source), question_word(asked.text)))
    return Case(
        id=asked.id,
        question=asked.text.strip(),
        asked_on=asked.asked_on,
        expected="answered",
        gold_articles=gold,
        answers=tuple(dict.fromkeys(filter(None, answers))),
        tags=tuple(labels),
    )
