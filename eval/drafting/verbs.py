"""English verbs, as far as questions need them: auxiliaries, past forms and their bases."""

from __future__ import annotations

import re
from collections.abc import Collection

from service.facts.lexicon import IRREGULAR, word_set
from service.facts.tokens import Token

AUXILIARIES = word_set("was were is are has have had will would can could may might must should did does do shall")

_PASTS = """said:say told:tell met:meet left:leave took:take gave:give made:make became:become began:begin
    came:come went:go held:hold led:lead saw:see won:win lost:lose sold:sell sent:send spent:spend built:build
    bought:buy brought:bring chose:choose drew:draw drove:drive fell:fall fought:fight found:find grew:grow kept:keep
    knew:know paid:pay ran:run rose:rise spoke:speak stood:stand struck:strike taught:teach thought:think threw:throw
    withdrew:withdraw wrote:write flew:fly fled:flee broke:break froze:freeze got:get shot:shoot sought:seek swore:swear
    lent:lend meant:mean put:put cut:cut hit:hit shut:shut laid:lay set:set overthrew:overthrow understood:understand
    died:die lied:lie tied:tie wore:wear rode:ride sank:sink sang:sing heard:hear hid:hide bore:bear 
    drank:drink ate:eat stole:steal"""
_IRREGULAR = dict(pair.split(":") for pair in _PASTS.split())
_NO_PAST = word_set("need red bed hundred indeed seed speed feed breed weed exceed proceed succeed shed sacred wicked")
_VOWELS = frozenset("aeiou")
_BARE = re.compile(
    r"(?:sh|ch|ss|ll|[cklnrs]k|[rgw]n|[cpnsfx]t|[rnl]d|x|w|y|en|er|eat|[aeo]il|[eo][ae][dlnrp]|[ao]i[dln])$"
)
_DROPPED_E = re.compile(r"(?:v|u|iz|[^e]at|c|[drn]g|is|as|us|os|[bcp]l|[aiu]r|[^ao]in)$")


def looks_past(token: Token) -> bool:
    """Whether a word may be a past tense or participle: known irregular, or in -ed, and no name."""
    if token.kind != "word" or token.capital:
        return False
    return token.norm in _IRREGULAR or (
        token.norm.endswith("ed") and len(token.norm) > 4 and token.norm not in _NO_PAST
    )


def base(past: str, vocabulary: Collection[str]) -> str | None:
    """The infinitive of a past tense, None where spelling and the words in use leave it open.

    `voted` may come of `vot` or of `vote`: the one that `vocabulary` (or a form in -s or -ing there) shows is taken.
    """
    if past in _IRREGULAR:
        return _IRREGULAR[past]
    stem = past.removesuffix("ed")
    if stem.endswith("i"):
        return f"{stem[:-1]}y"
    if past.endswith("eed"):
        return past.removesuffix("d")
    doubled = len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "ls" and stem[-1] not in _VOWELS
    options = [stem[:-1], stem] if doubled else [f"{stem}e", stem]
    known = [option for option in options if _in_use(option, vocabulary)]
    if len(known) == 1:
        return known[0]
    return _by_spelling(stem, doubled)


def _in_use(verb: str, vocabulary: Collection[str]) -> bool:
    return verb in vocabulary or f"{verb}s" in vocabulary


def _by_spelling(stem: str, doubled: bool) -> str | None:
    if doubled:
        return stem[:-1]
    if _BARE.search(stem):
        return stem
    return f"{stem}e" if _DROPPED_E.search(stem) else None


def is_participle(token: Token) -> bool:
    """Whether a word after "has" makes it an auxiliary."""
    norm = token.norm
    return looks_past(token) or norm == "been" or norm in IRREGULAR or norm.endswith(("en", "wn"))
