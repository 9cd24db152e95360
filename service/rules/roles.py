"""Who did what to whom, and where, must not be swapped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from service.facts.lexicon import BOUND_PREPOSITIONS, IRREGULAR_PAST, LIGHT_WORDS, PREPOSITIONS, word_set
from service.facts.matching import Source
from service.facts.names import is_unknown_opener, same_name
from service.facts.reading import Facts
from service.facts.tokens import Token, stems_of

_BE = word_set("is are was were be been being")
_AUXILIARY = _BE | word_set(
    """has have had did does do will would shall should can could may might must not never also later then only"""
)
_PRONOUNS = word_set("he she it they who which that we i you")
_JOINERS = frozenset(("and", "or", "&", ","))
_SYMMETRIC = word_set("meet discuss talk agree negotiate marry cooperate sign fight clash border differ compete draw")


@dataclass(frozen=True, slots=True)
class Roles:
    """Folded names of who acts and who is acted on, around one verb; None where the text does not name them."""

    agents: frozenset[str] | None
    patients: frozenset[str] | None


@dataclass(frozen=True)
class Scene:
    """A text with the indexes of its names; a sentence's first word is one if no text has it in lower case."""

    facts: Facts
    lower: frozenset[str]

    @cached_property
    def people(self) -> frozenset[int]:
        """Token indexes of the names."""
        openers = (token for token in self.facts.words if is_unknown_opener(token) and token.norm not in self.lower)
        return self.facts.name_indexes | {token.index for token in openers}

    @cached_property
    def names(self) -> list[Token]:
        """The names in order."""
        return [token for token in self.facts.tokens if token.index in self.people]


def roles(statement: Facts, source: Source) -> Iterator[str]:
    """The named subject and object of a verb must not be others than in the quotes."""
    texts = (statement, *source.quotes, source.context)
    lower = frozenset(token.norm for text in texts for token in text.tokens if not token.capital)
    stage = Scene(statement, lower)
    quotes = [Scene(quote, lower) for quote in source.quotes]
    for verb in _predicates(stage):
        mine = _roles(stage, verb)
        theirs = [_roles(quote, token) for quote in quotes for token in quote.facts.words if token.stem == verb.stem]
        if theirs and not any(_agree(mine, other, verb.stem in stems_of(_SYMMETRIC)) for other in theirs):
            yield f"In the quoted text somebody else stands on this side of “{verb.text}”."


def verbs(statement: Facts, source: Source) -> Iterator[str]:
    """What is said to happen must be said in the quotes: the verb after a name, and every past form."""
    scene = Scene(statement, frozenset(token.norm for token in statement.tokens if not token.capital))
    past = (token for token in statement.words if token.norm.endswith("ed") or token.norm in IRREGULAR_PAST)
    for verb in sorted({*_predicates(scene), *past}, key=lambda token: token.index):
        light = verb.stem in stems_of(LIGHT_WORDS) or verb.index in statement.name_indexes
        if not light and not source.holds(verb):
            yield f"The quoted text does not say “{verb.text}”."


def _predicates(scene: Scene) -> Iterator[Token]:
    """Lower-case content words that stand right after a name, but for auxiliaries and adverbs."""
    for name in scene.names:
        if name.possessive or _modifies(scene, name) or name.index + 1 in scene.people or _is_oblique(scene, name):
            continue
        for token in scene.facts.tokens.items[name.index + 1 : name.index + 6]:
            if token.norm in _AUXILIARY or token.norm.endswith("ly"):
                continue
            if token.content and not token.capital and token.index not in scene.facts.measured:
                yield token
            break


def _modifies(scene: Scene, name: Token) -> bool:
    """Whether the name stands before a noun as its adjective ("its CSTO membership")."""
    return scene.facts.tokens.norm(name.index - 1) in ("its", "his", "her", "their", "our", "a", "an")


def _roles(scene: Scene, verb: Token) -> Roles:
    left, right = _subjects(scene, verb), _objects(scene, verb)
    if not _is_passive(scene, verb):
        return Roles(_aliases(scene, left), _aliases(scene, right))
    return Roles(_aliases(scene, _agents_by(scene, verb)), _aliases(scene, left))


def _aliases(scene: Scene, names: frozenset[str] | None) -> frozenset[str] | None:
    """The names with the acronyms of those written out."""
    if names is None:
        return None
    return names | {letters for letters, words in scene.facts.acronyms.items() if names & words}


def _is_passive(scene: Scene, verb: Token) -> bool:
    before = {scene.facts.tokens.norm(verb.index - step) for step in (1, 2, 3)}
    ended = verb.norm.endswith(("ed", "en", "wn")) or verb.norm in IRREGULAR_PAST
    follows_by = scene.facts.tokens.norm(verb.index + 1) == "by"
    return ended and (bool(before & _BE) or follows_by)


def _subjects(scene: Scene, verb: Token) -> frozenset[str] | None:
    """Names before the verb in its clause, nearest first with those joined by "and"; else those of the sentence."""
    found: list[Token] = []
    for token in reversed(scene.facts.tokens.items[: verb.index]):
        if token.clause != verb.clause or token.norm in _PRONOUNS:
            break
        if token.index in scene.people and not token.possessive and not _is_oblique(scene, token):
            if found and not _joined(scene, token, found[-1]):
                break
            found.append(token)
    if found:
        return frozenset(token.norm for token in found)
    return _sentence_subjects(scene, verb)


def _joined(scene: Scene, left: Token, right: Token) -> bool:
    between = scene.facts.tokens.items[left.index + 1 : right.index]
    return all(token.norm in _JOINERS or token.capital for token in between)


def _sentence_subjects(scene: Scene, verb: Token) -> frozenset[str] | None:
    if any(token.norm in _PRONOUNS for token in scene.facts.tokens.items[: verb.index] if token.clause == verb.clause):
        return None
    before = frozenset(
        token.norm
        for token in scene.names
        if token.sentence == verb.sentence and token.index < verb.index and not _is_oblique(scene, token)
    )
    return before or None


def _objects(scene: Scene, verb: Token) -> frozenset[str] | None:
    found = frozenset(
        token.norm
        for token in scene.names
        if token.sentence == verb.sentence and verb.index < token.index <= verb.index + 12
        and token.segment == verb.segment
    )  # fmt: skip
    return found or None


def _agents_by(scene: Scene, verb: Token) -> frozenset[str] | None:
    for token in scene.facts.tokens.items[verb.index + 1 : verb.index + 8]:
        if token.norm == "by":
            found = frozenset(name.norm for name in scene.names if token.index < name.index <= token.index + 6)
            return found or None
    return None


def _is_oblique(scene: Scene, token: Token) -> bool:
    """Whether the name is governed by a preposition, directly or through the words of its own run."""
    index = token.index - 1
    while index >= 0 and (index in scene.people or scene.facts.tokens.norm(index) in ("the", "a", "an")):
        if scene.facts.tokens.items[index].possessive:
            return False
        index -= 1
    return scene.facts.tokens.norm(index) in PREPOSITIONS


def _agree(mine: Roles, theirs: Roles, symmetric: bool) -> bool:
    if symmetric:
        return _meets(_either(mine), _either(theirs))
    if _crossed(mine, theirs):
        return False
    return _meets(mine.agents, theirs.agents) and (mine.agents is not None or _meets(mine.patients, theirs.patients))


def _either(side: Roles) -> frozenset[str] | None:
    return (side.agents or frozenset()) | (side.patients or frozenset()) or None


def _crossed(mine: Roles, theirs: Roles) -> bool:
    swapped = _shared(mine.agents, theirs.patients) and not _shared(mine.agents, theirs.agents)
    return swapped and (theirs.agents is not None or _shared(mine.patients, theirs.agents))


def _shared(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    return bool(one) and bool(other) and _meets(one, other)


def _meets(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    """Whether two sets of names share one, or one of them is unknown."""
    if one is None or other is None:
        return True
    return any(same_name(left, right) for left in one for right in other)


def places(statement: Facts, source: Source) -> Iterator[str]:
    """A name after "in", "from", "to", "by" must stand after it in the quotes too, where another name does."""
    theirs = [run for quote in source.quotes for run in _governed(quote)]
    for preposition, run in _governed(statement):
        rivals = [other for word, other in theirs if word == preposition]
        known = [quote for quote in source.quotes if {name.norm for name in run} & {name.norm for name in quote.names}]
        if known and rivals and not any(_meets(_norms(run), _norms(rival)) for rival in rivals):
            yield f"The quoted text does not say “{preposition} {run[0].text}”."


def _norms(run: list[Token]) -> frozenset[str]:
    return frozenset(token.norm for token in run)


def _governed(facts: Facts) -> Iterator[tuple[str, list[Token]]]:
    """Each preposition with the names of the run that it governs."""
    for token in facts.tokens:
        if token.norm in BOUND_PREPOSITIONS:
            run: list[Token] = []
            for name in facts.tokens.items[token.index + 1 : token.index + 9]:
                if name.index in facts.name_indexes:
                    run.append(name)
                elif name.norm not in ("the", "a", "an", "and", "of"):
                    break
            if run:
                yield token.norm, run


def comparisons(statement: Facts, source: Source) -> Iterator[str]:
    """The two sides of "than" must not be swapped."""
    mine = _compared(statement)
    if mine is None:
        return
    for quote in source.quotes:
        theirs = _compared(quote)
        if theirs and _meets(mine[0], theirs[1]) and _meets(mine[1], theirs[0]):
            yield "The statement turns the comparison round."


def _compared(facts: Facts) -> tuple[frozenset[str], frozenset[str]] | None:
    """The words that stand on one side of "than" only."""
    for token in facts.tokens:
        if token.norm == "than" and token.index + 1 not in facts.measured:
            inside = [other for other in facts.words if other.segment == token.segment]
            left = [other.norm for other in inside if other.index < token.index]
            right = [other.norm for other in inside if other.index > token.index]
            return _without(left, right), _without(right, left)
    return None


def _without(words: list[str], others: list[str]) -> frozenset[str]:
    return frozenset(word for word in words if not any(same_name(word, other) for other in others))
