"""Tags of cases and claims: the kind of question, the labels of a set."""

from __future__ import annotations

import re

_QUESTION_WORD = re.compile(r"\b(how (?:many|much)|how|why|when|where|who|whom|whose|which|what)\b", re.IGNORECASE)
_SAME = {"how much": "how-many", "how many": "how-many", "whom": "who", "whose": "who"}
_NO_WORD = re.compile(r"[^a-z0-9]+")


def question_word(question: str) -> str:
    """`why`, `when`, `how-many` and so on; `other` where there is none."""
    found = _QUESTION_WORD.search(question)
    word = found[1].lower() if found else "other"
    return _SAME.get(word, word)


def tag(label: str) -> str:
    """A label of a set as a tag: `Non-Question` becomes `non-question`, `NOT_ENOUGH_INFO` `not-enough-info`."""
    return _NO_WORD.sub("-", label.lower()).strip("-")
