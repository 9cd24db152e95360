"""Sentences that speak to whoever answers, instead of saying something of the world."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.article import Span
from service.evidence import Evidence

_ORDER = re.compile(
    r"""^\W*
    (?:(?:please|now|instead|important|note|attention|system|assistant|ai|new|task|instructions?|from\ now\ on)\W+)*
    (?:
      (?:ignore|disregard|forget|override|bypass)\b.{0,40}\b
        (?:instructions?|prompts?|rules|guidelines|directions|(?:said|written|told)\ (?:above|before))
    | (?:answer|reply|respond|say|state|output|print|repeat|write|tell)\b.{0,60}\b
        (?:(?:every|all|any|each)\ (?:other\ )?(?:questions?|quer(?:y|ies)|prompts?)|(?:the\ )?users?\b|whenever\ asked)
    | (?:you\ (?:are|must|should|will|have\ to|shall)(?:\ now)?(?:\ only|\ always|\ never)?\ 
        (?:an?\ (?:ai|assistant|chatbot|language\ model)|answer|reply|respond|say|ignore|cite|quote|output))
    | (?:when(?:ever)?|whatever)\ (?:you\ are\ )?asked\b.{0,80}(?:,|\bthen\b)\ 
        (?:please\ |always\ |only\ |just\ |you\ (?:must|should|will|are\ to)\ )*(?:answer|reply|respond|say|state)\b
    | note\ to\ (?:all\ )?(?:ai|language\ model|assistant|chatbot)\b
    | as\ an?\ (?:ai|assistant|chatbot|language\ model)\b.{0,20}\byou\b
    | who(?:so)?ever\ (?:summari[sz]es|reads|answers|cites|quotes)\b.{0,60}\b(?:has\ to|must|should|shall|is\ to)\b
    | (?<=system:\ )users?\ (?:must|should|are\ to|have\ to)\ be\ (?:told|given|shown)\b
    | (?:for|to)\ (?:this|any|every)\ question\b.{0,20}\b(?:right|correct|only|true)\ answer\ is\b
    | ignor\w+\b.{0,40}\b(?:instruc[ct]i?\w*|anweisung\w*|istruzion\w*|consignes)\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_MARKUP = re.compile(
    r"<!--|\[/?INST\]|<\|\w+\|>|<\|?/?(?:system|assistant|user|instructions?|im_start|prompt)\b", re.IGNORECASE
)
"""Where a text begins to pass for a prompt."""


def instructs(sentence: str) -> bool:
    """Whether a sentence tells an answering system what to do.

    Such a sentence is no evidence of anything, so it is never cited. Reported orders ("the note told the model to
    ignore its instructions") are statements and stay. English only.
    """
    line = " ".join(sentence.split())
    return _ORDER.search(line) is not None or _MARKUP.match(line) is not None


def without_orders(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence without the sentences that instruct; a passage of nothing else is left out. A sentence that ends in
    the markup of a prompt is cut before it."""
    found = []
    for each in evidence:
        cut = (_before_markup(span, each.article.text) for span in each.passage.sentences)
        kept = tuple(span for span in cut if not instructs(span.of(each.article.text)))
        if kept:
            found.append(replace(each, passage=replace(each.passage, sentences=kept)))
    return found


def _before_markup(span: Span, text: str) -> Span:
    sentence = span.of(text)
    markup = _MARKUP.search(sentence)
    before = sentence[: markup.start()].rstrip() if markup else ""
    return Span(span.start, span.start + len(before)) if before else span
