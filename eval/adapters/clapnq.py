"""CLAP NQ: questions of Natural Questions with long answers that people wrote from one passage of Wikipedia.

Rosenthal and others, "CLAPnq" (arXiv 2404.02103), Apache-2.0: JSON Lines, answerable and unanswerable questions apart.
Each is asked over its own passage alone. Measures the sentences that answer, long answers, and abstention.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from eval.adapters.articles import Articles
from eval.adapters.files import Id, Ids, Part, Words, find, records
from eval.adapters.tags import question_word
from eval.cases import Case
from eval.dataset import Dataset, Measure

_MEASURES: frozenset[Measure] = frozenset({"sentences", "all-sentences", "long", "abstention"})
_PATTERNS = (("answerable*.jsonl", "*[!n]answerable*.jsonl"), ("*unanswerable*.jsonl",))
_NOTE = (
    "Each question is asked over its own passage alone, whose text is split into words (`it 's`). Reference and gold "
    "sentences are the first annotator's; others often chose a little differently."
)


class _Passage(Part):
    title: str
    text: str


class _Output(Part):
    answer: str = ""
    selected_sentences: tuple[str, ...] = ()


class _Record(Part):
    id: Id
    input: Words
    passages: tuple[_Passage, ...] = Field(min_length=1)
    output: tuple[_Output, ...]


def read(path: Path) -> Dataset:
    """The set of a folder with an answerable and an unanswerable file, or of one of the two. Raises: CaseError."""
    files = [path] if path.is_file() else [find(path, *patterns) for patterns in _PATTERNS]
    articles, ids = Articles(), Ids()
    cases = [case for file in files for case in _cases(file, articles, ids)]
    return Dataset("clapnq", _MEASURES, articles.shelf(), cases, note=_NOTE + articles.remark())


def _cases(file: Path, articles: Articles, ids: Ids) -> Iterator[Case]:
    for where, record in records(file, _Record):
        passage = record.passages[0]
        name = articles.add(f"clapnq/{ids.new(record.id, where)}", passage.text, title=passage.title)
        if name is not None:
            yield _case(record, name, articles)


def _case(record: _Record, name: str, articles: Articles) -> Case:
    written = next((output for output in record.output if output.answer.strip()), None)
    return Case(
        id=record.id,
        question=record.input,
        over=(name,),
        expected="answered" if written else "abstained",
        gold=articles.gold(name, written.selected_sentences) if written else (),
        reference=written.answer.strip() if written else None,
        tags=(question_word(record.input),),
        group=record.passages[0].title,
    )
