"""A statement whose "he" or "she" is explained in brackets, as a newspaper does: "She [Ilse Brandt] shut the quays"."""

from __future__ import annotations

from collections.abc import Sequence

from service.antecedent import antecedent
from service.reading import Selected


def explained(text: str, sources: Sequence[Selected]) -> tuple[str, Sequence[Selected]]:
    """The statement, and what it rests on: where it begins as its first sentence does, with a pronoun whose meaning is
    beyond doubt, with the name behind it and the sentence that tells the name as one source more."""
    first = sources[0]
    found = antecedent(first.article, first.span)
    if found is None or text[: found.at] != first.quote[: found.at]:
        return text, sources
    told = Selected(first.article, found.told, first.score)
    name = " ".join(found.name.split())
    return f"{text[: found.at]} [{name}]{text[found.at :]}", (*sources, *(() if told in sources else (told,)))
