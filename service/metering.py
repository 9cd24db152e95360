"""Counts what the calls to the LLM took for one answer."""

from __future__ import annotations

from service.answer import Tokens


class Meter:
    """The tokens of one answer over all its calls. Belongs to that answer and to the thread that makes it."""

    def __init__(self) -> None:
        self._calls: list[Tokens | None] = []

    def add(self, tokens: Tokens | None) -> None:
        """Counts one call: None where the model did not tell, or the call did not come to its end."""
        self._calls.append(tokens)

    @property
    def total(self) -> Tokens | None:
        """The sum; None without a call, and where one of them did not tell: a part of the sum would pass for all."""
        told = [tokens for tokens in self._calls if tokens]
        if not told or len(told) < len(self._calls):
            return None
        return Tokens(input=sum(tokens.input for tokens in told), output=sum(tokens.output for tokens in told))
