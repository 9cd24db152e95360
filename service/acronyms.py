"""Acronyms that the articles themselves explain: `Collective Security Treaty Organization (CSTO)`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_BRACKETED = re.compile(r"\(([A-Z]{2,8})\)")
_WORD = re.compile(r"[^\W_]+")
_LOOK_BACK = 120
"""Characters before the bracket that can hold the long form."""


def acronyms(texts: Iterable[str]) -> dict[str, str]:
    """Long forms, as written, with the acronym that follows them in brackets and that their capitals spell."""
    found: dict[str, str] = {}
    for text in texts:
        for match in _BRACKETED.finditer(text):
            long = _long_form(text[max(0, match.start() - _LOOK_BACK) : match.start()], match[1])
            if long:
                found[long] = match[1]
    return found


def shorten(text: str, known: Mapping[str, str]) -> str:
    """`text` with every known long form, in capitals or not, replaced by its acronym."""
    for long, short in known.items():
        text = re.sub(re.escape(long), short, text, flags=re.IGNORECASE)
    return text


def _long_form(before: str, acronym: str) -> str | None:
    initials = ""
    for word in reversed(list(_WORD.finditer(before))):
        if word[0][0].isupper():
            initials = word[0][0] + initials
        if initials == acronym:
            return before[word.start() :].strip()
        if not acronym.endswith(initials):
            return None
    return None
