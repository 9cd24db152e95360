"""Forms of English words that a recast question needs."""

from __future__ import annotations

import re


def listed(text: str) -> frozenset[str]:
    """The words of a table."""
    return frozenset(text.split())


BE = listed("is are was were")
DO = listed("do does did")
HAVE = listed("has have had")
MODALS = listed("will would can could shall should may might must")
AUXILIARIES = BE | DO | HAVE | MODALS

PREPOSITIONS = listed(
    """about above across after against along among around at before behind beside besides between beyond by despite
    during for from in inside into near of off on onto outside over per since through throughout to toward towards
    under until up upon via with within without"""
)
DETERMINERS = listed("the a an this that these those its their his her our your my any some no every each")


def _table(rows: str) -> dict[str, tuple[str, str]]:
    forms = (row.split() for row in rows.split(";"))
    return {base: (past, participle) for base, past, participle in forms}


_FORMS = _table(
    """arise arose arisen; beat beat beaten; become became become; begin began begun; bind bound bound; blow blew
    blown; break broke broken; bring brought brought; build built built; buy bought bought; catch caught caught;
    choose chose chosen; come came come; cost cost cost; cut cut cut; deal dealt dealt; do did done; draw drew
    drawn; drive drove driven; eat ate eaten; fall fell fallen; feel felt felt; fight fought fought; find found
    found; flee fled fled; fly flew flown; forbid forbade forbidden; forget forgot forgotten; get got got; give gave
    given; go went gone; grow grew grown; have had had; hear heard heard; hide hid hidden; hit hit hit; hold held
    held; hurt hurt hurt; keep kept kept; know knew known; lay laid laid; lead led led; leave left left; lend lent
    lent; let let let; lose lost lost; make made made; mean meant meant; meet met met; overthrow overthrew
    overthrown; pay paid paid; put put put; quit quit quit; read read read; ride rode ridden; rise rose risen; run
    ran run; say said said; see saw seen; seek sought sought; sell sold sold; send sent sent; set set set; shake
    shook shaken; shed shed shed; shoot shot shot; show showed shown; shrink shrank shrunk; shut shut shut; sink
    sank sunk; sit sat sat; speak spoke spoken; spend spent spent; split split split; spread spread spread; stand
    stood stood; steal stole stolen; strike struck struck; swear swore sworn; take took taken; teach taught taught;
    tell told told; think thought thought; throw threw thrown; understand understood understood; undertake undertook
    undertaken; win won won; withdraw withdrew withdrawn; write wrote written"""
)
_PASTS = frozenset(past for past, _ in _FORMS.values())
_PARTICIPLES = frozenset(participle for _, participle in _FORMS.values())

# Verbs the news uses that are rarely nouns: they mark where a subject without a name ends.
_REGULAR = listed(
    """accept accuse achieve add adopt affect agree aim allow announce appear apply appoint approve argue arrest arrive
    ask avoid ban believe belong borrow call cancel cause change claim close collapse compete complain complete
    condemn confirm consider contain continue control convict cooperate cover create cross decide declare decline
    defend demand deny depend deploy deserve destroy develop die differ disagree discuss dismiss drop earn elect
    employ encourage end enter erupt establish exceed exist expand expect expel explain export fail fear finish
    follow force form gain guarantee happen help hope host identify ignore impose improve include increase insist
    intend introduce invade invest invite involve join kill last launch like live look lower maintain manage mention
    move need negotiate object occur offer open operate oppose order organise organize own pass persuade plan play
    postpone prefer prepare prevent privatise privatize produce promise propose protect prove provide publish pull
    punish push raise reach react receive recognise recognize recommend reduce refuse reject release rely remain
    remove repair replace request require resign respond return reveal seem serve share sign spy start stay stop
    suffer suggest support suspend switch talk threaten train travel try turn urge use violate visit vote vow wait
    want warn welcome work worsen"""
)

_DOUBLED = listed(
    """admit ban cancel chat commit compel control drop equip expel jam occur permit plan plot prefer rebel refer
    regret repel rob ship slip stop strip submit transfer travel trim wrap"""
)
_DOUBLED_GERUND = _DOUBLED | listed("begin cut forbid forget get hit let put quit run set shed shut sit split win")
_PLURALS = listed("people police women men children others both many few")
_FINAL_Y = re.compile(r"[^aeiou]y$")


def is_verb(word: str) -> bool:
    """Whether the word is the base form of a verb this table knows."""
    return word in _FORMS or word in _REGULAR


def is_participle(word: str) -> bool:
    """Whether a lower-case word looks like a past participle."""
    return word in _PARTICIPLES or (len(word) > 4 and word.endswith("ed") and word not in ("hundred", "indeed"))


def is_past(word: str) -> bool:
    """Whether a lower-case word looks like a verb in the past tense."""
    return word in _PASTS or is_participle(word)


def is_adverb(word: str) -> bool:
    """Whether the word may stand between a subject and its verb."""
    return word in ("not", "also", "ever", "still", "first", "then", "just", "even", "only") or (
        len(word) > 4 and word.endswith("ly")
    )


def is_plural(phrase: str) -> bool:
    """Whether a noun phrase with a common noun at its end, or a coordination, takes a plural verb."""
    parts = phrase.split()
    head = parts[-1].lower()
    return "and" in parts or head in _PLURALS or (head.endswith("s") and not head.endswith(("ss", "us", "is", "'s")))


def past(verb: str) -> str:
    """The past tense: leave gives left."""
    if verb in _FORMS:
        return _FORMS[verb][0]
    if verb.endswith("e"):
        return verb + "d"
    if _FINAL_Y.search(verb):
        return verb[:-1] + "ied"
    return (verb + verb[-1] if verb in _DOUBLED else verb) + "ed"


def third(verb: str) -> str:
    """The third person of the present: leave gives leaves."""
    if verb in ("do", "go") or verb.endswith(("s", "sh", "ch", "x", "z")):
        return verb + "es"
    if verb == "have":
        return "has"
    return verb[:-1] + "ies" if _FINAL_Y.search(verb) else verb + "s"


def gerund(verb: str) -> str:
    """The -ing form: leave gives leaving."""
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return verb[:-1] + "ing"
    return (verb + verb[-1] if verb in _DOUBLED_GERUND else verb) + "ing"


def possessive(phrase: str) -> str:
    """`Tashkent's`; a plural in s takes the apostrophe alone."""
    common = phrase.split()[-1].islower()
    return phrase + ("'" if common and phrase.endswith("s") and is_plural(phrase) else "'s")


def agreed(auxiliary: str, subject: str) -> str:
    """The auxiliary in the number that the subject asks for."""
    pairs = (("does", "do"), ("is", "are"), ("was", "were"), ("has", "have"))
    for singular, plural in pairs:
        if auxiliary.lower() in (singular, plural):
            chosen = plural if is_plural(subject) else singular
            return chosen.capitalize() if auxiliary[0].isupper() else chosen
    return auxiliary


def joined(names: list[str]) -> str:
    """The names once each, as a list in words: "Putin, Karimov and Moscow"."""
    unique = list(dict.fromkeys(names))
    return " and ".join((", ".join(unique[:-1]), unique[-1])) if len(unique) > 1 else "".join(unique)


def capitalised(text: str) -> str:
    """The text with its first letter a capital."""
    return text[:1].upper() + text[1:]
