"""QAGS: machine-written summaries of news, sentence by sentence, with the votes of three readers.

Wang, Cho and Lewis, "Asking and Answering Questions to Evaluate the Factual Consistency of Summaries" (arXiv
2004.04228): `mturk_cnndm.jsonl` and `mturk_xsum.jsonl`. Measures support: whether the article supports the sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field

from eval.adapters.files import Part, find, records
from eval.adapters.texts import sentences_of
from eval.claims import Claim
from eval.dataset import Dataset
from ingest.article import digest

_NOTE = (
    "The label is the majority of three readers' votes; in the CNN/Daily Mail file they agree on 71 % of the "
    "sentences, which bounds what any figure can mean, and 36 % of the sentences stand in the article word for word."
)


class _Response(Part):
    response: Literal["yes", "no"]


class _Sentence(Part):
    sentence: str
    responses: tuple[_Response, ...] = Field(min_length=1)


class _Record(Part):
    article: str
    summary_sentences: tuple[_Sentence, ...]


def read(path: Path) -> Dataset:
    """The set of a JSON Lines file. Raises: CaseError."""
    claims = list(_claims(find(path, "*.jsonl", "*.json")))
    return Dataset("qags", frozenset({"support"}), claims=claims, note=_NOTE)


def _claims(file: Path) -> Iterator[Claim]:
    for number, (_, record) in enumerate(records(file, _Record)):
        source = tuple(sentences_of(record.article))
        group = digest(record.article)[:16]
        for place, item in enumerate(record.summary_sentences):
            votes = tuple(response.response == "yes" for response in item.responses)
            yield Claim(
                id=f"{number}/{place}",
                statement=item.sentence,
                sentences=source,
                supported=2 * sum(votes) > len(votes),
                group=group,
                votes=votes,
            )
