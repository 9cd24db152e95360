"""How a question and a sentence in its surroundings are laid out for a cross-encoder, in fitting and in use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tokenizers import Tokenizer

QUESTION, TITLE, BEFORE, SENTENCE = 48, 12, 40, 96
"""The most word pieces of each part; of the sentence before, the last ones are kept, of the others the first."""
MARK = "[unused0]"
"""Stands before the sentence that is asked about."""


class Pair(NamedTuple):
    """A question, and a sentence with the title of its article and the sentence before it."""

    question: str
    title: str
    before: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Encoded:
    """Word pieces: the question is segment 0, the rest segment 1; the sentence is `[start, end)` of them."""

    ids: Sequence[int]
    segments: Sequence[int]
    start: int
    end: int


class Pairing:
    """Encodes pairs; each text is tokenised once a call, however many pairs it is in."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        """`tokenizer` is of the BERT family, and neither truncates nor pads."""
        self._tokenizer = tokenizer
        self._first, self._between, self._mark = (tokenizer.token_to_id(each) for each in ("[CLS]", "[SEP]", MARK))

    def encode(self, pairs: Sequence[Pair]) -> list[Encoded]:
        """One a pair, in order."""
        pieces = self._pieces(text for pair in pairs for text in pair)
        return [self._joined(*(pieces[text] for text in pair)) for pair in pairs]

    def _pieces(self, texts: Iterable[str]) -> dict[str, list[int]]:
        known = list(dict.fromkeys(texts))
        encodings = self._tokenizer.encode_batch_fast(known, add_special_tokens=False)
        return {text: encoding.ids for text, encoding in zip(known, encodings, strict=True)}

    def _joined(self, question: list[int], title: list[int], before: list[int], sentence: list[int]) -> Encoded:
        asked = [self._first, *question[:QUESTION], self._between]
        around = [*title[:TITLE], *before[-BEFORE:], self._mark]
        own = sentence[:SENTENCE]
        start = len(asked) + len(around)
        ids = [*asked, *around, *own, self._between]
        segments = [0] * len(asked) + [1] * (len(ids) - len(asked))
        return Encoded(ids, segments, start, start + max(1, len(own)))
