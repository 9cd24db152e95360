"""The one clause of a question: what is asked, the auxiliary, the subject and the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from service.followup.english import (
    AUXILIARIES,
    BE,
    DO,
    HAVE,
    MODALS,
    PREPOSITIONS,
    capitalised,
    gerund,
    is_adverb,
    is_participle,
    is_past,
    is_plural,
    is_verb,
    joined,
    listed,
    past,
    possessive,
    third,
)
from service.followup.mentions import is_adjective
from service.followup.phrases import named_things, phrases

OPENERS = re.compile(
    r"^(?:(?:and|but|so|or|then|also|ok|okay|well|thanks|yes|no|hm+)\b[,.!]?\s+"
    r"|(?:please\s+)?(?:can|could|would) you (?:please )?tell (?:me|us)\s+|tell me\s+|do you know\s+)+",
    re.I,
)
ASKING = listed("who whom whose what which when where why how")
_ADJUNCT = re.compile(
    r"^(?:when|where|why|how(?: (?:long|often|soon|far|fast|quickly|come))?|since when|until when|for how long"
    r"|(?:in|on|at|by|with|for|from|to|against|under|during|through|since|until)\s+(?:what|which|whom|when|where)\b.*"
    r"|(?:what|which) (?:year|month|day|date|time))$",
    re.I,
)
_NOTE = re.compile(r"(?:(?<!\s)\s++)?\((?P<topic>[^()]*)\)\s*$")
_TIME = re.compile(
    r"(?:,|(?<!\s))\s++(?:(?:in|on|since|during|by|before|after|until|around)\s+)?"
    r"(?:(?:early|late|mid)[- ])?(?:the\s+)?(?:(?:summer|autumn|spring|winter|end|beginning|start)\s+of\s+)?"
    r"(?:(?:January|February|March|April|May|June|July|August|September|October|November|December)\s+"
    r"(?:\d{1,2},?\s+)?)?(?:19|20)\d\d\b"
    r"|(?:,|(?<!\s))\s++(?:(?:last|this|next)\s+(?:year|month|week|spring|summer|autumn|winter)|yesterday|today|now|recently)\b"
)
_ADJECTIVE = re.compile(
    r"^(?:[a-z]+(?:ous|ful|able|ible)|different|similar|important|legal|safe|strong|weak|big|bad|good)$"
)
_LONGEST_ASK = 6
_LONGEST_TOPIC = 10
_SPEAKERS = listed("i you we me us my your our it they he she there this that these those")
_SECOND = re.compile(rf"(?:,|(?<!\s)\s++(?:and|or|but))\s++(?:{'|'.join(sorted(ASKING | AUXILIARIES))})\s.*$", re.I)


@dataclass(frozen=True)
class Clause:
    """A question as "ask auxiliary body?".

    `ask` is empty in a yes-or-no question; `auxiliary` is empty where the asked is the subject ("Who left the CSTO?").
    `note` is the topic in brackets that an earlier rewrite put after the question.
    """

    ask: str
    auxiliary: str
    body: str
    note: str = ""

    @property
    def text(self) -> str:
        """The question in one line, without its note."""
        return capitalised(" ".join(part for part in (self.ask, self.auxiliary, self.body) if part)) + "?"

    @cached_property
    def parts(self) -> tuple[str, str] | None:
        """Subject and predicate of the body, where they can be told apart with confidence.

        The predicate is empty when the body is a noun phrase alone ("Where is the dam?").
        """
        if not self.auxiliary or self.asks_subject:
            return None
        words = self.body.split()
        if words[0].lower() in _SPEAKERS:
            return None
        cut = _subject_length(words, self.auxiliary.lower(), self.ask.lower())
        return (" ".join(words[:cut]), " ".join(words[cut:])) if cut else None

    @cached_property
    def asks_subject(self) -> bool:
        """Whether the asked is the subject: "Who left the CSTO?", "Which states have joined?"."""
        if not self.ask or not self.auxiliary:
            return not self.auxiliary
        first = self.body.split()[:1]
        if not first or _ADJUNCT.match(self.ask) or not first[0][0].islower():
            return False
        word = first[0]
        if self.auxiliary.lower() in BE | HAVE:
            return is_participle(word) or word.endswith("ing")
        return is_verb(word)

    @cached_property
    def whole(self) -> bool:
        """Whether auxiliary and body are a statement without the ask: true of "Why did Tashkent leave the CSTO?"."""
        if self.asks_subject or (self.ask and not _ADJUNCT.match(self.ask)):
            return False
        return self.parts is None or bool(self.parts[1])

    def finite(self) -> str | None:
        """The clause as a statement: "Tashkent left the CSTO"."""
        if not self.whole or not self.parts:
            return None
        subject, predicate = self.parts
        auxiliary = self.auxiliary.lower()
        if auxiliary not in DO:
            return f"{subject} {auxiliary} {predicate}"
        adverbs, verb, rest = _around_verb(predicate)
        inflected = past(verb) if auxiliary == "did" else third(verb) if auxiliary == "does" else verb
        return " ".join(part for part in (subject, adverbs, inflected, rest) if part)

    def event(self) -> str | None:
        """The clause as a noun phrase: "Tashkent's leaving the CSTO"; a noun phrase alone stays as it is."""
        if not self.parts:
            return None
        subject, predicate = self.parts
        if not predicate:
            return subject
        if not self.whole:
            return None
        auxiliary = self.auxiliary.lower()
        if auxiliary in BE:
            return (
                f"{subject} being {predicate}" if not predicate.split()[0].endswith("ing") else f"{subject} {predicate}"
            )
        if auxiliary in HAVE:
            return f"{subject} having {predicate}"
        adverbs, verb, rest = _around_verb(predicate)
        return " ".join(part for part in (possessive(subject), adverbs, gerund(verb), rest) if part)

    def topic(self) -> str:
        """What the question is about, short enough to stand in brackets after another question, or nothing."""
        if self.note:
            return self.note
        event = self.event()
        if event and len(event.split()) <= _LONGEST_TOPIC:
            return event
        short = len(self.body.split()) <= _LONGEST_TOPIC and not _SPEAKERS.intersection(self.body.lower().split())
        return self._names() or (self.body if short else "")

    def asked(self, word: str) -> str:
        """The question with another question word, such as "When" or "With whom"."""
        word = capitalised(word)
        if self.ask.lower() == word.lower():
            return self.text
        if self.whole or (word in ("When", "Where") and self.parts and _ADJUNCT.match(self.ask or "when")):
            body = without_time(self.body) if word in ("When", "Since when", "Until when") else self.body
            return f"{word} {self.auxiliary.lower()} {body}?"
        return f"{self.text[:-1]}, and {word[0].lower()}{word[1:]}?"

    def _names(self) -> str:
        return joined(named_things(f"{self.ask} {self.body}"))


def parse(question: str) -> Clause | None:
    """The clause of a question of one sentence, or None when it is not built like one."""
    note = _NOTE.search(question)
    text = question[: note.start()] if note else question
    text = OPENERS.sub("", text.strip()).rstrip(" ?.!")
    text = _SECOND.sub("", text)
    words = text.split()
    if len(words) < 2 or re.search(r"[a-z0-9)][?.!;]\s", text):
        return None
    kept = note.group("topic") if note else ""
    first = words[0].lower()
    if first in AUXILIARIES:
        return Clause("", words[0], " ".join(words[1:]), kept)
    asks = first in ASKING or (first in PREPOSITIONS and words[1].lower() in ASKING)
    if not asks:
        return None
    for index, word in enumerate(words[1 : _LONGEST_ASK + 1], start=1):
        if word.lower() in _SPEAKERS:
            break
        if word.lower() in AUXILIARIES and index + 1 < len(words):
            return Clause(" ".join(words[:index]), word, " ".join(words[index + 1 :]), kept)
    return _subject_asked(words, kept)


def _subject_asked(words: list[str], note: str) -> Clause | None:
    """ "Who left", "Which states joined", "How many people fled": the ask ends where the verb begins."""
    first = words[0].lower()
    verb = next(
        (at for at, word in enumerate(words[1:_LONGEST_ASK], start=1) if is_past(word) or (at > 1 and is_verb(word))),
        None,
    )
    if first in ("which", "how") and (verb is None or verb < 2 + (first == "how")):
        return None
    if first not in ("who", "what", "which", "how"):
        return None
    cut = verb or 1
    return Clause(" ".join(words[:cut]), "", " ".join(words[cut:]), note)


def without_note(question: str) -> str:
    """The question without a topic in brackets at its end."""
    return _NOTE.sub("", question)


def without_time(text: str) -> str:
    """The text without the dates that say when."""
    return _TIME.sub("", text).strip() or text


def _around_verb(predicate: str) -> tuple[str, str, str]:
    words = predicate.split()
    index = next((at for at, word in enumerate(words) if not is_adverb(word)), 0)
    return " ".join(words[:index]), words[index], " ".join(words[index + 1 :])


def _subject_length(words: list[str], auxiliary: str, ask: str) -> int:
    named = _name_length(words)
    names_only = named and not words[named - 1].endswith(("'s", "’s", "s'"))
    predicate_asked = auxiliary in BE and ask.split()[:1] not in ([], ["why"])
    if names_only and not predicate_asked:
        return _after_name(words, named, auxiliary)
    cut = next((at for at in range(1, len(words)) if _starts_predicate(words, at, auxiliary)), 0)
    if cut or auxiliary not in BE:
        return cut
    if not predicate_asked:
        first = phrases(" ".join(words))[:1]
        return len(first[0].text.split()) % len(words) if first and first[0].start == 0 else 0
    return len(words) - (len(words) > 1 and bool(_ADJECTIVE.search(words[-1])))


def _after_name(words: list[str], named: int, auxiliary: str) -> int:
    if named == len(words):
        return named if auxiliary in BE else 0
    # "the Manas base": a noun that the name qualifies belongs to the subject.
    for at in range(named, min(named + 3, len(words))):
        if _starts_predicate(words, at, auxiliary):
            return at
    following = words[named].lower()
    return 0 if following in PREPOSITIONS and auxiliary in DO | MODALS else named


def _starts_predicate(words: list[str], at: int, auxiliary: str) -> bool:
    word, before = words[at], words[at - 1].lower()
    if not word[0].islower() or before in PREPOSITIONS or before in ("the", "a", "an") or before.endswith(("'s", "’s")):
        return False
    if is_adverb(word):
        return at + 1 < len(words) and _starts_predicate(words, at + 1, auxiliary)
    if auxiliary in DO | MODALS:
        return is_verb(word) or (word == "be" and auxiliary in MODALS)
    return is_participle(word) or (auxiliary in BE and word.endswith("ing") and len(word) > 5) or word == "been"


def _name_length(words: list[str]) -> int:
    """How many first words are a name or names joined by "and": "the CSTO", "Putin and Karimov"."""
    at = 0
    while at < len(words):
        start = at + (words[at] == "the")
        end = start
        while end < len(words) and words[end][0].isupper():
            end += 1
        if end == start or (end == start + 1 and is_adjective(words[start])):
            return max(0, at - 1)
        if words[end - 1].endswith(("'s", "’s", "s'")) or words[end : end + 1] != ["and"]:
            return end
        at = end + 1
    return max(0, at - 1)


def names_plural(subject: str) -> bool:
    """Whether "they" fits: a coordination or a plural common noun at the head."""
    head = re.split(rf"\s(?:{'|'.join(PREPOSITIONS)})\s", subject)[0]
    words = head.split()
    common = words[-1].islower() and (words[0].islower() or is_adjective(words[0]) or words[0].endswith(("'s", "’s")))
    return " and " in head or (common and is_plural(head))
