"""SQuAD 2.0: questions about paragraphs of Wikipedia, a third to a half of which their paragraph does not answer.

Rajpurkar, Jia and Liang, "Know What You Don't Know" (arXiv 1806.03822); official files `train-v2.0.json` and
`dev-v2.0.json`, CC BY-SA 4.0. Each question is asked over its own paragraph alone, as in the official task. Measures
short answers, the sentences that answer, and abstention. Files of version 1.1 are read too: all of their questions
have answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from eval.adapters.articles import Articles
from eval.adapters.files import Id, Ids, Part, Words, document, find
from eval.adapters.tags import question_word
from eval.cases import Case
from eval.dataset import Dataset, Measure
from ingest.article import Span
from ingest.sentences import sentences

_MEASURES: frozenset[Measure] = frozenset({"answer", "sentences", "abstention"})
_NOTE = (
    "Each question is asked over its own paragraph alone. Gold sentences are those in which an official answer starts. "
    "Figures compare with published ones only on the whole official dev set, of which any other file is a part."
)


class _Answer(Part):
    text: str
    answer_start: int


class _Question(Part):
    id: Id
    question: Words
    is_impossible: bool = False
    answers: tuple[_Answer, ...] = ()


class _Paragraph(Part):
    context: str
    qas: tuple[_Question, ...]


class _Entry(Part):
    title: str
    paragraphs: tuple[_Paragraph, ...]


class _File(Part):
    data: tuple[_Entry, ...]


def read(path: Path) -> Dataset:
    """The set of a JSON file. Raises: CaseError."""
    file = find(path, "*dev*.json", "*.json")
    articles = Articles()
    cases = list(_cases(file, articles))
    return Dataset("squad2", _MEASURES, articles.shelf(), cases, note=_NOTE + articles.remark())


def _cases(file: Path, articles: Articles) -> Iterator[Case]:
    ids = Ids()
    for entry in document(file, _File).data:
        title = entry.title.replace("_", " ")
        for number, paragraph in enumerate(entry.paragraphs):
            where = f"{file}, {entry.title!r}, paragraph {number}"
            name = articles.add(f"squad2/{entry.title}/{number}", paragraph.context, title=title)
            for asked in paragraph.qas:
                ids.new(asked.id, where)
                if name is not None:
                    yield _case(asked, paragraph.context, entry.title, name, articles)


def _case(asked: _Question, context: str, title: str, name: str, articles: Articles) -> Case:
    answers = () if asked.is_impossible else asked.answers
    return Case(
        id=asked.id,
        question=asked.question,
        over=(name,),
        expected="abstained" if asked.is_impossible else "answered",
        gold=articles.gold(name, _answering(context, [answer.answer_start for answer in answers])),
        answers=tuple(dict.fromkeys(answer.text for answer in answers if answer.text.strip())),
        tags=(question_word(asked.question),),
        group=title,
    )


def _answering(context: str, places: list[int]) -> list[str]:
    if not places:
        return []
    spans = sentences(context, Span(0, len(context)))
    return [span.of(context) for span in spans if any(span.start <= place < span.end for place in places)]
