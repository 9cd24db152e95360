"""Questions worded by a language model, each held to the sentence that it is to ask for."""

from __future__ import annotations

import re
from importlib import resources

from eval.drafting.candidates import Candidate
from eval.drafting.checks import fault
from eval.drafting.drafted import KINDS, Drafted, Kind
from eval.judge import PROMPTS
from service.compose import fenced
from service.facts.lexicon import CAUSES, word_set
from service.facts.reading import read_facts
from service.models import LanguageModel
from service.prompting import load_prompt

LONGEST_ANSWER = 120
MOST_READ = 2000
"""Characters of a reply that are looked at."""

_LINE = re.compile(r"^[^\w\n]*(question|answer)[^\w:]*+:\s*+(.+)$", re.IGNORECASE | re.MULTILINE)
_QUOTATION = re.compile(r"[\"“][^\"“”]{15,}+[\"”]")
_SAID = word_set("said told warned argued announced added noted insisted explained claimed")
_OPENERS: dict[str, Kind] = {
    "when": "when",
    "who": "who",
    "whom": "who",
    "whose": "who",
    "where": "where",
    "why": "why",
}


class ModelWording:
    """Asks a language model for one question about one sentence.

    Raises: PromptError when its prompt is gone.
    """

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._prompt = load_prompt("draft", resources.files(PROMPTS))

    def word(self, candidate: Candidate, kind: Kind) -> Drafted | None:
        """A question of that kind where the model has one that passes the checks, perhaps of another kind.

        Raises: ModelError.
        """
        messages = self._prompt.render(
            title=fenced(candidate.title) or "(none)",
            before=fenced(candidate.before) or "(none)",
            sentence=fenced(candidate.told),
            kind=kind.replace("-", " "),
        )
        return parse_reply(self._model.generate(messages), candidate)


def parse_reply(reply: str, candidate: Candidate) -> Drafted | None:
    """The question of a reply, None where it has none or one that fails a check.

    An answer that does not stand in the sentence is left out.
    """
    lines = {match[1].casefold(): match[2].strip().strip(" *`") for match in _LINE.finditer(reply[:MOST_READ])}
    question = " ".join(lines.get("question", "").split())
    answer = lines.get("answer", "").strip("\"“”'").rstrip(".")
    answers = (answer,) if answer and len(answer) <= LONGEST_ANSWER and answer in candidate.told else ()
    context = f"{candidate.title} {candidate.before}"
    if not question or fault(question, candidate.told, answers, context):
        return None
    return Drafted(candidate, kind_of(question), answers, question)


def kind_of(question: str) -> Kind:
    """The kind of a question by how it opens."""
    words = re.findall(r"\w+", question.casefold())[:4]
    if "how" in words and set(words) & {"many", "much", "long", "high", "large", "far", "old", "wide", "big", "deep"}:
        return "how-many"
    timed = {"day", "date", "year", "month"} & set(words)
    opened = next((_OPENERS[word] for word in words if word in _OPENERS), None)
    return opened or ("when" if timed else "what")


def kinds_of(candidate: Candidate) -> list[Kind]:
    """The kinds of question that the look of a sentence suggests; none where it states no fact worth asking for.

    A fact is a name together with a number, a date, a cause or a quotation.
    """
    facts = read_facts(candidate.told)
    if not facts.names:
        return []
    norms = facts.tokens.norms
    shown: dict[Kind, bool] = {
        "why": bool(norms & CAUSES),
        "when": bool(facts.dates),
        "who": bool(facts.dates or facts.quantities) and len(facts.names) > 1,
        "how-many": bool(facts.quantities),
        "where": bool(facts.dates) and bool(norms & {"in", "at"}),
        "what": bool(norms & _SAID) or bool(_QUOTATION.search(candidate.told)),
    }
    return [kind for kind in KINDS if shown[kind]]
