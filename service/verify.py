"""The verifier without a model: rules that refuse, then a calibrated score of what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from importlib import resources
from itertools import chain

from ingest.article import digest
from service.facts.matching import Source
from service.facts.parts import parts
from service.facts.reading import Facts, read_facts
from service.facts.tokens import tokenize
from service.reading import Judgement
from service.rules import additions, bindings, causes, hedging, negation, particulars, quantifiers, roles, wording
from service.rules.verbatim import verbatim
from service.support import Calibration, calibration, features

MAX_STATEMENT, MAX_QUOTED = 150, 1000
"""In tokens; a statement is one sentence, and it is checked against a few."""
LONGEST_CUT = 1000
"""Characters of a statement of which parts are checked too."""

Rule = Callable[[Facts, Source], Iterator[str]]

PARTICULARS: tuple[Rule, ...] = (particulars.numbers, particulars.dates, particulars.names)
BENT: tuple[Rule, ...] = (
    particulars.quotations,
    bindings.bindings,
    bindings.joins,
    negation.negation,
    negation.opposites,
    hedging.hedges,
    quantifiers.quantifiers,
    causes.causes,
    roles.roles,
    roles.verbs,
    roles.places,
    roles.comparisons,
    additions.additions,
    wording.substitutions,
    wording.splices,
)


class RuleVerifier:
    """Implements `service.reading.Verifier`.

    A verbatim sentence or clause of one quote is `quoted`, with support 1. Anything that breaks a rule is
    `unsupported`, with the reasons, however much it resembles its quotes. The rest is `supported` only if the
    calibrated probability reaches the threshold: a refused statement costs little, since its quote stands in for it.
    What says more than its quotes do is `partly` supported, if what comes before a comma, semicolon or dash is.
    """

    def __init__(self, calibrated: Calibration | None = None) -> None:
        self._given = calibrated

    @cached_property
    def _calibration(self) -> Calibration:
        return self._given or calibration()

    @cached_property
    def name(self) -> str:
        """`rules-` and a fingerprint of the rules' own text and the coefficients."""
        return f"rules-{digest(repr(self._calibration), *_rule_texts())[:8]}"

    def judge(self, statement: str, quotes: Sequence[str], context: str = "") -> Judgement:
        """See `service.reading.Verifier.judge`. Never raises, whatever the strings."""
        judged = self._judged(statement, quotes, context)
        if judged.stands or len(statement) > LONGEST_CUT:
            return judged
        held = next((part for part in parts(statement) if self._judged(part, quotes, context).stands), None)
        return replace(judged, verdict="partly", held=held) if held else judged

    def _judged(self, statement: str, quotes: Sequence[str], context: str) -> Judgement:
        if not any(character.isalnum() for character in statement):
            return Judgement("unsupported", 0.0, ("The statement is empty.",))
        if any(statement.split() == quote.split() for quote in quotes):
            return Judgement("quoted", 1.0)
        if len(tokenize(statement)) > MAX_STATEMENT or sum(len(tokenize(quote)) for quote in quotes) > MAX_QUOTED:
            return Judgement("unsupported", 0.0, ("It is too long to be checked.",))
        fragments = [verbatim(statement, quote) for quote in quotes]
        if any(fragment.whole for fragment in fragments):
            return Judgement("quoted", 1.0)
        cut = [fragment.cut for fragment in fragments if fragment.cut]
        if cut:
            return Judgement("unsupported", 0.0, tuple(f"“{word}” was cut from the quoted text." for word in cut))
        return self._weigh(read_facts(statement), _source(quotes, context))

    def _weigh(self, statement: Facts, source: Source) -> Judgement:
        wrong, bent = broken(PARTICULARS, statement, source), broken(BENT, statement, source)
        probability = self._calibration.probability(features(statement, source, len(wrong)))
        reasons = wrong + bent
        if reasons:
            return Judgement("unsupported", min(probability, self._calibration.threshold / 2), reasons)
        if probability < self._calibration.threshold:
            return Judgement("unsupported", probability, (_too_little(statement, source),))
        return Judgement("supported", probability)


def broken(rules: Sequence[Rule], statement: Facts, source: Source) -> tuple[str, ...]:
    """The reasons of every rule that the statement breaks, in the order of the rules, each once."""
    return tuple(dict.fromkeys(chain.from_iterable(rule(statement, source) for rule in rules)))


def _rule_texts() -> list[str]:
    """The text of every module that the verdict depends on, in order of name."""
    room = resources.files("service")
    folders = (room / "facts", room / "rules")
    modules = [module for folder in folders for module in folder.iterdir() if module.name.endswith(".py")]
    return [module.read_text("utf-8") for module in sorted(modules, key=str)]


def _source(quotes: Sequence[str], context: str) -> Source:
    return Source(tuple(map(read_facts, quotes)), read_facts(context))


def _too_little(statement: Facts, source: Source) -> str:
    missing = [f"“{token.text}”" for token in statement.words if not source.holds(token)]
    if not missing:
        return "The quoted text words it too differently."
    return f"The quoted text does not say {', '.join(missing[:5])}."
