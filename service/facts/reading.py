"""Everything the rules need to know of one text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from service.facts.cues import Cue, find_cues
from service.facts.dates import WrittenDate, find_dates
from service.facts.names import acronyms, find_names
from service.facts.numbers import Quantity, covered, find_quantities
from service.facts.tokens import Token, Tokens, tokenize


@dataclass(frozen=True)
class Facts:
    """The dates, quantities, names and cues of a text, each found once and only if asked for."""

    tokens: Tokens

    @cached_property
    def dates(self) -> list[WrittenDate]:
        """Written dates."""
        return find_dates(self.tokens)

    @cached_property
    def quantities(self) -> list[Quantity]:
        """Quantities that are no dates."""
        return find_quantities(self.tokens, self.dated)

    @cached_property
    def dated(self) -> frozenset[int]:
        """Token indexes that belong to a date."""
        return frozenset(index for date in self.dates for index in range(date.first, date.last + 1))

    @cached_property
    def measured(self) -> frozenset[int]:
        """Token indexes that belong to a date or a quantity."""
        return self.dated | covered(self.quantities)

    @cached_property
    def names(self) -> list[Token]:
        """Name tokens."""
        return find_names(self.tokens, self.dated)

    @cached_property
    def name_indexes(self) -> frozenset[int]:
        """Token indexes of names."""
        return frozenset(token.index for token in self.names)

    @cached_property
    def cues(self) -> list[Cue]:
        """Negations, modals, hedges, attributions and the like."""
        return find_cues(self.tokens)

    @cached_property
    def acronyms(self) -> dict[str, frozenset[str]]:
        """Initials of capitalised runs and their words."""
        return acronyms(self.tokens)

    @cached_property
    def words(self) -> tuple[Token, ...]:
        """Content words that are neither dates nor quantities."""
        return tuple(token for token in self.tokens.content if token.index not in self.measured)

    def stems(self, kind: str) -> frozenset[str]:
        """Stems that lie in the scope of a cue of this kind."""
        return frozenset(
            self.tokens.items[index].stem for cue in self.cues if cue.kind == kind for index in cue.scope
        )  # fmt: skip

    def bending(self, *kinds: str) -> Iterator[Cue]:
        """The cues of these kinds."""
        return (cue for cue in self.cues if cue.kind in kinds)

    def has(self, *kinds: str) -> bool:
        """Whether a cue of any of these kinds occurs."""
        return any(cue.kind in kinds for cue in self.cues)


@lru_cache(maxsize=512)
def read_facts(text: str) -> Facts:
    """The facts of `text`; texts repeat (one quote serves several statements), so the last ones are kept."""
    return Facts(tokenize(text))
