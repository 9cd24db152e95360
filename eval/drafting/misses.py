"""Near misses: questions that the articles look as if they answered, and do not."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from eval.shelf import Shelf
from ingest.article import Article, Span
from ingest.sentences import sentences
from service.facts.lexicon import MONTHS, TITLES, WEEKDAYS, word_set
from service.facts.reading import read_facts
from service.facts.tokens import tokenize

NEAREST = 3
_READ = 5
"""Articles that are searched sentence by sentence for what is nearest to a question."""
_ANSWERED = 0.6
"""Share of a question's other words that a sentence about the new name may hold before it may answer."""
_LEAST_SEEN = 2
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_NO_NAMES = (
    frozenset(MONTHS) | WEEKDAYS | TITLES | word_set("mr mrs ms gen lt sen gov who what when where why how which")
)


@dataclass(frozen=True)
class Names:
    """The names of a corpus, how often each occurs, and the words that stand beside it."""

    seen: Mapping[str, int]
    beside: Mapping[str, Counter[str]] = field(repr=False)

    @classmethod
    def of(cls, articles: Iterable[Article]) -> Names:
        """The names of these articles."""
        seen: Counter[str] = Counter()
        beside: dict[str, Counter[str]] = defaultdict(Counter)
        for article in articles:
            for span in sentences(article.text, Span(0, len(article.text))):
                for name, before, after in _names(span.of(article.text)):
                    seen[name] += 1
                    beside[name].update((f"<{before}", f">{after}"))
        return cls(seen, beside)

    def like(self, name: str) -> list[str]:
        """Other names of the same shape that stand where this one stands, the likest first.

        Two names are alike by the words that stand both before and after either; the fewer names a word stands beside,
        the more it tells.
        """
        others = (other for other, count in self.seen.items() if count >= _LEAST_SEEN and _same_shape(name, other))
        scored = [(self._likeness(name, other), other) for other in others]
        return [other for score, other in sorted(scored, key=lambda pair: (-pair[0], pair[1])) if score > 0]

    def _likeness(self, one: str, other: str) -> float:
        first, second = self.beside.get(one), self.beside[other]
        shared = first.keys() & second.keys() if first else set()
        if len({word[0] for word in shared}) < 2:
            return 0.0
        return sum(1 / self._companions[word] for word in shared)

    @cached_property
    def _companions(self) -> Counter[str]:
        """Beside how many names a word stands."""
        return Counter(word for words in self.beside.values() for word in words)


@dataclass(frozen=True, slots=True)
class Swap:
    """What was put in place of what."""

    question: str
    old: str
    new: str


def swapped(question: str, article: Article, shelf: Shelf, names: Names) -> Swap | None:
    """The question with one name or year replaced by one that the article does not have; None where none fits.

    No sentence of the shelf that has the new name holds most of the question's other words, so that it is unlikely to
    be answered. Only a person can tell.
    """
    for swap in _swaps(question, article, names):
        if swap.new in article.text or swap.new in question:
            continue
        if not _may_be_answered(swap, shelf):
            return swap
    return None


def nearest(shelf: Shelf, question: str, count: int = NEAREST) -> list[tuple[str, str]]:
    """The sentences that share most words with a question, each with the name of its article."""
    wanted = tokenize(question).stems
    if not wanted:
        return []
    likely = sorted(shelf.articles, key=lambda name: (-_held(shelf.articles[name].text, question), name))[:_READ]
    found = [
        (len(wanted & tokenize(sentence).stems), name, sentence)
        for name in likely
        for sentence in _sentences(shelf.articles[name])
    ]
    best = sorted(found, key=lambda each: (-each[0], each[1], each[2]))
    return [(name, sentence) for shared, name, sentence in best[:count] if shared]


def _swaps(question: str, article: Article, names: Names) -> Iterator[Swap]:
    for name, before, after in _names(question):
        counted = before == "many" and name.endswith("s")
        if after in ("of", "(") or before == "(" or counted:
            continue
        for other in names.like(name):
            yield Swap(_replaced(question, name, other), name, other)
    for year in _YEAR.findall(question):
        for other in sorted(names.seen):
            if _YEAR.fullmatch(other) and other != year and other not in article.text:
                yield Swap(question.replace(year, other), year, other)


def _replaced(question: str, name: str, other: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", lambda _: other, question)


def _may_be_answered(swap: Swap, shelf: Shelf) -> bool:
    others = tokenize(swap.question).stems - tokenize(swap.new).stems
    if not others:
        return True
    for article in shelf.articles.values():
        if swap.new not in article.text:
            continue
        for sentence in _sentences(article):
            if swap.new in sentence and len(others & tokenize(sentence).stems) >= _ANSWERED * len(others):
                return True
    return False


def _names(text: str) -> Iterator[tuple[str, str, str]]:
    """The names of a text, whole, each with the word before and the word after it; years count as names."""
    tokens = tokenize(text)
    for run in _runs(text):
        before, after = tokens.norm(run.start - 1), tokens.norm(run.stop)
        ended = "'s" if tokens.items[run[-1]].possessive else after
        last = tokens.items[run[-1]]
        whole = text[tokens.items[run.start].start : last.end]
        yield re.sub(r"['’]s$", "", whole), before, ended


def _runs(text: str) -> Iterator[range]:
    facts = read_facts(text)
    start: int | None = None
    for token in (*facts.tokens, None):
        named = token is not None and token.index in facts.name_indexes and token.norm not in _NO_NAMES
        if named and start is None and token is not None:
            start = token.index
        parted = token is None or not named or facts.tokens.items[token.index - 1].possessive
        if start is not None and parted and (token is None or token.index > start):
            stop = len(facts.tokens) if token is None else token.index
            yield range(start, stop)
            start = token.index if named and token is not None else None


def _same_shape(one: str, other: str) -> bool:
    """Whether both are one word or both several, both short forms or neither, and they share no word."""
    first, second = one.casefold().split(), other.casefold().split()
    return (
        (len(first) > 1) == (len(second) > 1)
        and one.isupper() == other.isupper()
        and bool(_YEAR.fullmatch(one)) == bool(_YEAR.fullmatch(other))
        and not set(first) & set(second)
        and one[:4].casefold() != other[:4].casefold()
    )


def _held(text: str, question: str) -> int:
    return sum(token.text in text for token in tokenize(question).content)


def _sentences(article: Article) -> Sequence[str]:
    return [span.of(article.text) for span in sentences(article.text, Span(0, len(article.text)))]
