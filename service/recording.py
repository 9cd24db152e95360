"""An Answerer that remembers: conversations go on, and every answer is kept in the journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from service.answer import Answer
from service.answerer import Answerer, DoneEvent, Event
from service.question import Question
from service.store.journal import Journal


class RecordingAnswerer:
    """Puts a question into its conversation, beginning one where there is none, and records the answer.

    Raises: UnknownConversation; StorageError when the journal cannot be written.
    """

    def __init__(self, answerer: Answerer, journal: Journal) -> None:
        self._answerer = answerer
        self._journal = journal

    def answer(self, question: Question) -> Answer:
        """See `Answerer`."""
        answer = self._answerer.answer(self._in_conversation(question))
        self._journal.record(answer, question.asker)
        return answer

    def stream(self, question: Question) -> Iterator[Event]:
        """See `Answerer`. The answer is recorded before its event leaves."""
        for event in self._answerer.stream(self._in_conversation(question)):
            if isinstance(event, DoneEvent):
                self._journal.record(event.answer, question.asker)
            yield event

    def _in_conversation(self, question: Question) -> Question:
        if question.conversation_id is None:
            return replace(question, conversation_id=self._journal.new_conversation_id(question.asker))
        turns = self._journal.turns(question.conversation_id, question.asker)
        return replace(question, conversation=turns)
