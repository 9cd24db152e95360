"""Which words of a statement a source holds: by stem, by name or by a small list of synonyms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from service.facts.lexicon import ANTONYMS, SYNONYMS
from service.facts.names import same_name
from service.facts.reading import Facts
from service.facts.stem import stem
from service.facts.tokens import Token


@dataclass(frozen=True)
class Source:
    """The quotes a statement rests on, and the context that may explain its names."""

    quotes: Sequence[Facts]
    context: Facts

    @cached_property
    def stems(self) -> frozenset[str]:
        """Stems of the content words of all quotes."""
        return frozenset().union(*(quote.tokens.stems for quote in self.quotes))

    @cached_property
    def norms(self) -> frozenset[str]:
        """Folded tokens of all quotes."""
        return frozenset().union(*(quote.tokens.norms for quote in self.quotes))

    @cached_property
    def all_stems(self) -> frozenset[str]:
        """Stems of every word of all quotes, function words too."""
        return frozenset(token.stem for quote in self.quotes for token in quote.tokens)

    def holds(self, token: Token) -> bool:
        """Whether a content word occurs in the quotes, as itself, a synonym or another form of the same name."""
        if token.stem in self.stems or token.norm in self.norms or self.synonym(token.stem):
            return True
        return token.capital and any(same_name(token.norm, norm) for norm in self.norms)

    def knows(self, token: Token, statement: Facts) -> bool:
        """Whether the quotes or the context hold a name of the statement, or the acronym or expansion of it."""
        texts = (*self.quotes, self.context)
        if any(
            token.stem == other.stem or same_name(token.norm, other.norm) for text in texts for other in text.tokens
        ):
            return True
        if not token.opens and not token.text.isupper() and self.synonym(token.stem):
            return True
        return any(token.norm in text.acronyms for text in texts) or _expands(token, statement, texts)

    def synonym(self, word: str) -> bool:
        """Whether the quotes hold a listed synonym of this stem."""
        return bool(synonyms().get(word, frozenset()) & self.stems)


def _expands(token: Token, statement: Facts, texts: Sequence[Facts]) -> bool:
    """Whether the name is part of a run whose initials the texts use."""
    return any(
        token.norm in words and any(letters in text.tokens.norms for text in texts)
        for letters, words in statement.acronyms.items()
    )


@lru_cache(maxsize=1)
def synonyms() -> dict[str, frozenset[str]]:
    """Stem to the stems that may stand for it."""
    table: dict[str, frozenset[str]] = {}
    for line in SYNONYMS:
        group = frozenset(stem(word) for word in line.split())
        for word in group:
            table[word] = table.get(word, frozenset()) | group
    return table


@lru_cache(maxsize=1)
def antonyms() -> dict[str, frozenset[str]]:
    """Stem to the stems that say the opposite."""
    table: dict[str, frozenset[str]] = {}
    for left, right in ANTONYMS:
        sides = frozenset(map(stem, left.split())), frozenset(map(stem, right.split()))
        for one, other in (sides, sides[::-1]):
            for word in one:
                table[word] = (table.get(word, frozenset()) | other) - one
    return table
