"""Questions worded by rules, for sentences of a plain shape."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from eval.drafting.amounts import find_amounts
from eval.drafting.candidates import Candidate
from eval.drafting.checks import fault
from eval.drafting.clauses import find_clause
from eval.drafting.drafted import Drafted
from eval.drafting.people import find_who
from eval.drafting.places import find_where
from eval.drafting.reasons import find_why
from eval.drafting.speech import find_said
from eval.drafting.times import find_when
from ingest.article import Article

_LOWER = re.compile(r"\b[a-z]+\b")
_NAMED = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+\b")
_FINDERS = (find_when, find_amounts, find_where, find_who, find_said)


def vocabulary_of(articles: Iterable[Article]) -> frozenset[str]:
    """Every word that the articles write in lower case, and not oftener as a name inside a sentence."""
    lower: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for article in articles:
        lower.update(_LOWER.findall(article.text))
        named.update(word.lower() for word in _NAMED.findall(article.text))
    return frozenset(word for word, count in lower.items() if count > named[word])


def by_rule(candidate: Candidate, vocabulary: Collection[str]) -> Iterator[Drafted]:
    """What rules can ask of a sentence, at most one question of each kind; every one has passed the checks."""
    clause = find_clause(candidate.tokens)
    found = list(find_why(candidate, clause, vocabulary))
    if clause:
        found += [target for find in _FINDERS for target in find(candidate, clause, vocabulary)]
    kinds: set[str] = set()
    for target in found:
        if target.kind not in kinds and fault(target.question, candidate.told, target.answers) is None:
            kinds.add(target.kind)
            yield target
