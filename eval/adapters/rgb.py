"""RGB: questions on news with search snippets that answer them, do not, or were made to say something false.

Chen and others, "Benchmarking Large Language Models in Retrieval-Augmented Generation" (arXiv 2309.01431), CC BY-NC-SA
4.0: `en_fact.json` (JSON Lines despite its name), or `en.json`, `en_refine.json` and `en_int.json`, which have no false
snippets. Each question is asked over the snippets that answer it, over those that do not, and, where there are several,
over every other right one beside the false ones made of the rest: so no two differ in the answer alone, as two tellings
of one story would. Measures short answers, abstention and how contradictions are told.

It measures support in one narrow sense. Each false snippet is a right one with its answer replaced by a false one, so
a sentence with the right answer is judged against both: the snippet it was taken from, which says it word for word, and
the altered one, which differs in the answer alone. This tells whether a swapped fact is seen, and nothing of how
reworded statements are judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from eval.adapters.articles import Articles
from eval.adapters.files import Id, Ids, Part, Words, find, records
from eval.adapters.tags import question_word
from eval.adapters.texts import sentences_of
from eval.cases import Case
from eval.claims import Claim
from eval.dataset import Dataset, Measure
from ingest.text import normalise
from service.answer import Status

_MEASURES: frozenset[Measure] = frozenset({"answer", "abstention", "support", "dispute"})
_NOTE = (
    "Each question is asked over its answering snippets, again over its irrelevant ones, and over every other one of "
    "the answering beside false ones made of the rest, where to answer and to abstain are both right; snippets are "
    "short and often cut off. Support tells only whether a swapped fact is seen: supported statements stand in their "
    "snippet word for word, and the snippet of the others differs in the answer alone."
)


_EXPECTED: Mapping[str, Status | None] = {"positive": "answered", "negative": "abstained", "disputed": None}


class _Record(Part):
    id: Id
    query: Words
    answer: str | tuple[str | tuple[str, ...], ...]
    fakeanswer: str | None = None
    positive: tuple[str | tuple[str, ...], ...]
    negative: tuple[str, ...] = ()
    positive_wrong: tuple[str, ...] = ()


def read(path: Path) -> Dataset:
    """The set of a JSON Lines file. Raises: CaseError."""
    articles, ids = Articles(), Ids()
    cases: list[Case] = []
    claims: list[Claim] = []
    for where, record in records(find(path, "en_fact.json", "*.json", "*.jsonl"), _Record):
        ids.new(record.id, where)
        cases += _cases(record, articles)
        claims += _claims(record)
    return Dataset("rgb", _MEASURES, articles.shelf(), cases, claims, _NOTE + articles.remark())


def _cases(record: _Record, articles: Articles) -> Iterator[Case]:
    right, rivals = _flat(record.positive), tuple(filter(None, [record.fakeanswer]))
    disputed = [*right[::2], *record.positive_wrong[1::2]] if rivals and record.positive_wrong[1:] else []
    for kind, texts in (("positive", right), ("negative", record.negative), ("disputed", disputed)):
        names = [articles.add(f"rgb/{record.id}/{kind}/{place}", text) for place, text in enumerate(texts)]
        over = tuple(dict.fromkeys(name for name in names if name))
        if over:
            yield Case(
                id=f"{record.id}/{kind}",
                question=record.query,
                over=over,
                expected=_EXPECTED[kind],
                answers=() if kind == "negative" else tuple(dict.fromkeys(_flat(record.answer))),
                rivals=rivals if kind == "disputed" else (),
                tags=(question_word(record.query), kind),
                group=record.id,
            )


def _claims(record: _Record) -> Iterator[Claim]:
    answer = _any_of(_flat(record.answer))
    for place, (right, wrong) in enumerate(zip(_flat(record.positive), record.positive_wrong, strict=False)):
        swapped = answer.sub(lambda _: record.fakeanswer or "", right)
        if swapped == right or swapped != wrong:
            continue
        sources = {"right": tuple(sentences_of(right)), "wrong": tuple(sentences_of(wrong))}
        said = [
            sentence for sentence in sources["right"] if answer.search(sentence) and sentence not in normalise(wrong)
        ]
        for number, sentence in enumerate(dict.fromkeys(said)):
            for kind, source in sources.items():
                name = f"{record.id}/{place}/{number}/{kind}"
                yield Claim(name, sentence, source, kind == "right", record.id, tags=(kind,))


def _any_of(answers: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(filter(None, answers), key=len, reverse=True))) or "(?!)")


def _flat(nested: str | Sequence[str | Sequence[str]]) -> list[str]:
    if isinstance(nested, str):
        return [nested]
    return [text for part in nested for text in _flat(part)]
