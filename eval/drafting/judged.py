"""Cases from what readers thought of answers: with the quotes that helped, or with a note on what did not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from eval.casefile import DRAFT
from eval.cases import Case, Gold
from service.answer import Answer, Citation
from service.store.journal import Feedback

JOURNAL = "journal"
_ID_CHARACTERS = 12

Names = Mapping[str, str]
"""Names on the shelf of cited articles, by their ids."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer and what each reader thought of it."""

    answer: Answer
    opinions: Sequence[Feedback]

    @property
    def id(self) -> str:
        """Of the case that it becomes."""
        return f"{JOURNAL}-{self.answer.id[:_ID_CHARACTERS]}"

    @property
    def helped(self) -> bool:
        """Whether nobody found fault with it."""
        return all(opinion.verdict == "helpful" for opinion in self.opinions)

    def case(self, names: Names) -> Case:
        """A draft. It says what is expected where the answer helped and its articles are there: to answer with one of
        its quotes, or to abstain. Else that is for a person to say, who finds in the note what was answered.
        """
        answer = self.answer
        gold = tuple(_gold(answer.citations, names)) if self.helped else ()
        refused = self.helped and answer.status == "abstained"
        return Case(
            id=self.id,
            question=answer.standalone_question,
            asked_on=answer.time.asked_on if answer.time else None,
            expected="abstained" if refused else "answered" if gold else None,
            gold=gold,
            answers=tuple(each.short.text for each in answer.citations if each.short) if gold else (),
            asks_back=True if refused and answer.clarification else None,
            tags=(DRAFT, JOURNAL, *sorted({opinion.verdict for opinion in self.opinions})),
            note="\n".join(self._notes(told=not gold and not refused)) or None,
        )

    def _notes(self, told: bool) -> Iterator[str]:
        for opinion in self.opinions:
            if opinion.comment or opinion.verdict != "helpful":
                yield f"A reader: {opinion.verdict}. {opinion.comment or ''}".strip()
        if told:
            for citation in self.answer.citations:
                yield f"It was answered with: {citation.quote} ({citation.title})"
            if not self.answer.citations:
                yield f"It was not answered: {self.answer.reason or 'no reason was given.'}"


def judged(feedback: Iterable[tuple[Answer, Feedback]]) -> Iterator[Judged]:
    """Each answer once. Feedback on one answer stands together, as the journal gives it."""
    for _, given in groupby(feedback, key=lambda pair: pair[0].id):
        pairs = list(given)
        yield Judged(pairs[0][0], tuple(opinion for _, opinion in pairs))


def _gold(citations: Sequence[Citation], names: Names) -> Iterator[Gold]:
    for citation in citations:
        if citation.article_id in names:
            yield Gold(article=names[citation.article_id], quote=citation.quote)
