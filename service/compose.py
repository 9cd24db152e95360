"""Words statements from chosen sentences, with a language model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from time import monotonic
from typing import NamedTuple

from service.facts.tokens import tokenize
from service.metering import Meter
from service.models import LanguageModel
from service.prompting import load_prompt
from service.reading import Draft, Selected

MAX_STATEMENTS = 12
MAX_CHARACTERS = 8000
MAX_REWRITTEN = 600
MAX_TOKENS = 160

# One line of plain text that ends a sentence: no list mark, no heading, no markup.
ONE_SENTENCE = r"""root ::= [^ \t\r\n*#>\[`_•–-] [^\r\n*#`]+ [.!?] [”"’')]?
"""

_IDS = re.compile(r"(?:(?<!\s)\s++)?\[\s*(S\d+(?:\s*[,;]\s*S\d+)*)\s*\]")
_MARK = re.compile(r"^(?:(?:[-*•–>#]+|\d{1,2}[.)])\s+|(?:answer|statement)\s*:\s*)+", re.IGNORECASE)
_MARKUP = re.compile(r"\*\*|__|`")
_QUOTED = re.compile(r"[\"“]([^\"“”]*)[\"”]")
_FINISHED = re.compile(r"[.!?…][\"”’')\]]*$")


class Labelled(NamedTuple):
    """A sentence as a prompt shows it."""

    id: str
    text: str


class Composer:
    """Implements `service.chain.Composer`.

    An embedded model rewrites one sentence at a time: it is too small to keep several apart. Any other sees all
    sentences at once and names those a statement rests on by id.
    """

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._prompt = load_prompt("rewrite" if model.embedded else "compose")
        self.name = model.name

    def compose(self, question: str, selected: Sequence[Selected], meter: Meter) -> Iterator[Draft]:
        """Drafts, each as soon as it is worded. The model's time-out is for all of them together.

        Raises: ModelError.
        """
        write = self._rewritten if self._model.embedded else self._composed
        return write(flat(question), selected, meter)

    def _rewritten(self, question: str, selected: Sequence[Selected], meter: Meter) -> Iterator[Draft]:
        left = self._model.timeout_seconds
        for chosen in selected:
            began = monotonic()
            text = self._rewrite(question, flat(chosen.quote), left, meter)
            left -= monotonic() - began
            yield Draft(text, (chosen,))

    def _rewrite(self, question: str, sentence: str, seconds: float, meter: Meter) -> str:
        """The sentence itself where it is too long for the model, or the reply is unfinished or no copy."""
        if len(sentence) > MAX_REWRITTEN:
            return sentence
        messages = self._prompt.render(question=question, sentence=sentence)
        options = {"max_tokens": MAX_TOKENS, "stop": ["\n"], "grammar": ONE_SENTENCE}
        reply = self._model.generate(messages, seconds, meter, **options)
        text = clean(reply)
        return text if _FINISHED.search(text) and adds_nothing(text, f"{question} {sentence}") else sentence

    def _composed(self, question: str, selected: Sequence[Selected], meter: Meter) -> Iterator[Draft]:
        sources = {f"S{number}": chosen for number, chosen in enumerate(selected, 1)}
        sentences = [Labelled(id, fenced(chosen.quote)) for id, chosen in sources.items()]
        messages = self._prompt.render(question=fenced(question), sentences=sentences)
        drafts = (parse_line(line, sources) for line in lines(self._model.stream(messages, meter=meter)))
        written = 0
        for draft in drafts:
            if draft:
                yield draft
                written += 1
            if written == MAX_STATEMENTS:
                return


def parse_line(line: str, sources: Mapping[str, Selected]) -> Draft | None:
    """The statement of a line with the sentences whose ids it names, or None if it names none or an unknown one."""
    ids = [id for group in _IDS.findall(line) for id in re.findall(r"S\d+", group)]
    text = clean(_IDS.sub("", line))
    if not ids or not any(map(str.isalnum, text)) or not sources.keys() >= set(ids):
        return None
    return Draft(text, tuple(sources[id] for id in dict.fromkeys(ids)))


def lines(pieces: Iterator[str]) -> Iterator[str]:
    """The lines of a text that comes in pieces, each once it is complete; at most `MAX_CHARACTERS` are read."""
    held, read = "", 0
    for piece in pieces:
        held += piece
        read += len(piece)
        *complete, held = held.split("\n")
        yield from complete
        if read > MAX_CHARACTERS:
            return
    yield held


def clean(text: str) -> str:
    """A statement without the list marks, labels, markup and quotation marks that models put around it."""
    bare = _MARK.sub("", flat(_MARKUP.sub("", text))).strip()
    quoted = _QUOTED.fullmatch(bare)
    return (quoted[1] if quoted else bare).strip()


def adds_nothing(text: str, given: str) -> bool:
    """Whether every number and content word of the text, inflections aside, is among those given."""
    said, known = tokenize(text), tokenize(given)
    numbers = {token.norm for token in said if token.kind == "number"}
    return said.stems <= known.stems and numbers <= known.norms


def flat(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())


def fenced(text: str) -> str:
    """Text of strangers on one line, unable to close the fence around it or to pass for an id."""
    return flat(text).translate(str.maketrans("<>[]", "‹›()"))
