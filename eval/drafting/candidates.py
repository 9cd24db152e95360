"""Sentences of articles that are worth asking about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from eval.shelf import Shelf
from ingest.article import Article, Span
from ingest.sentences import sentences
from service.addressed import instructs
from service.facts.lexicon import word_set
from service.facts.tokens import Tokens, tokenize

SHORTEST, LONGEST = 40, 360
FEWEST_WORDS = 7

DEPENDENT = word_set(
    """it its he she they his her their theirs them him this that these those such there here i we you my our your us me
    but and or so yet also however then thus still instead meanwhile moreover nor both neither another other others
    one two three some several many few most all only what who which why how when where whether if"""
)
"""Openings that lean on the sentence before, or are no statement."""

_FINISHED = re.compile(r"[.!]['\"”’)]*$")
_BOILERPLATE = re.compile(
    r"https?://|www\.|\w@\w|\bcookies?\b|\bsubscri|\bnewsletter|©|\bcopyright\b|\ball rights reserved\b|\bsign up\b"
    r"|\bclick\b|\bread more\b|\bfollow us\b|\badvertis|\bprivacy policy\b|\bterms of (?:use|service)\b"
    r"|\bphoto(?:graph)? (?:by|courtesy)\b|\bcontributed (?:to this|reporting)\b|\bthis (?:article|story|post)\b"
    r"|\bcorrection\b|\barticle was\b|\bupdated? (?:on|at)\b|^\W*(?:figure|table|source|photo|image|editor'?s note)\b",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"\b(?:I|we|our|us|my|you|your)\b", re.IGNORECASE)
_ITEM = re.compile(r"^\W*(?:[-*•–]|\d{1,2}[.)])\s")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of the article called `article`; `before` is the sentence that precedes it."""

    article: str
    title: str
    quote: str
    start: int
    before: str = ""

    @property
    def told(self) -> str:
        """The quote on one line."""
        return " ".join(self.quote.split())

    @property
    def tokens(self) -> Tokens:
        """The tokens of `told`; those of the last thousand texts are kept."""
        return tokenize(self.told)


def candidates(shelf: Shelf, name: str) -> Iterator[Candidate]:
    """The sentences of an article that state something by themselves and stand in it once, in order."""
    article = shelf.articles[name]
    before = ""
    for span in sentences(article.text, Span(0, len(article.text))):
        quote = span.of(article.text)
        if stands_alone(quote) and _stands_once(article, quote):
            yield Candidate(name, article.title, quote, span.start, before)
        before = quote


def stands_alone(sentence: str) -> bool:
    """Whether a sentence can be understood by itself and is told by the article: no headline, no item of a list, no
    boilerplate, no order to whoever reads it."""
    if not SHORTEST <= len(sentence) <= LONGEST or not _FINISHED.search(sentence) or "\n\n" in sentence:
        return False
    if _BOILERPLATE.search(sentence) or _ITEM.match(sentence) or instructs(sentence):
        return False
    words = [token for token in tokenize(sentence) if token.kind != "mark"]
    if (
        len(words) < FEWEST_WORDS
        or words[0].norm.split("'")[0] in DEPENDENT
        or not (words[0].capital or words[0].kind == "number")
    ):
        return False
    return not _FIRST_PERSON.search(_outside_quotations(sentence))


def _outside_quotations(sentence: str) -> str:
    return re.sub(r"[\"“][^\"“”]*+[\"”]", " ", sentence).replace("U.S.", "")


def _stands_once(article: Article, quote: str) -> bool:
    return article.text.count(quote) == 1
