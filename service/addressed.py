"""Sentences that speak to whoever answers, instead of saying something of the world."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from service.evidence import Evidence

_ORDER = re.compile(
    r"""^\W*(?:(?:please|now|instead|important|note|attention|system|assistant|ai|instructions?)\W+)*
    (?:
      (?:ignore|disregard|forget|override|bypass)\b.{0,40}\b
        (?:instructions?|prompts?|rules|guidelines|directions|(?:said|written|told)\ (?:above|before))
    | (?:answer|reply|respond|say|state|output|print|repeat|write|tell)\b.{0,60}\b
        (?:(?:every|all|any|each)\ (?:other\ )?(?:questions?|quer(?:y|ies)|prompts?)|(?:the\ )?users?\b|whenever\ asked)
    | (?:you\ (?:are|must|should|will|have\ to|shall)(?:\ now)?(?:\ only|\ always|\ never)?\ 
        (?:an?\ (?:ai|assistant|chatbot|language\ model)|answer|reply|respond|say|ignore|cite|quote|output))
    | when(?:ever)?\ (?:you\ are\ )?asked\b.{0,80}\b(?:answer|reply|respond|say|state)
    )""",
    re.IGNORECASE | re.VERBOSE,
)


def instructs(sentence: str) -> bool:
    """Whether a sentence tells an answering system what to do.

    Such a sentence is no evidence of anything, so it is never cited. Reported orders ("the note told the model to
    ignore its instructions") are statements and stay. English only.
    """
    return _ORDER.search(" ".join(sentence.split())) is not None


def without_orders(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence without the sentences that instruct; a passage of nothing else is left out."""
    found = []
    for each in evidence:
        kept = tuple(span for span in each.passage.sentences if not instructs(span.of(each.article.text)))
        if kept:
            found.append(replace(each, passage=replace(each.passage, sentences=kept)))
    return found
