"""Questions to begin with, each of which the articles answer."""

from __future__ import annotations

import asyncio
import contextlib

from anyio import to_thread

from ingest.errors import DossierError
from service.answer import Answer
from service.answerer import DoneEvent
from service.question import Question
from service.slack.parts import Parts

ENOUGH = 4
TRIED = 12
"""Of the articles that are listed first; each takes a question of time."""
LONGEST_TITLE = 120


class Suggestions:
    """Asks what the first articles say, and keeps the questions that are answered until other articles come first."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._lock = asyncio.Lock()
        self._titles: tuple[str, ...] = ()
        self._questions: tuple[str, ...] = ()

    async def questions(self, team: str) -> tuple[str, ...]:
        """At most `ENOUGH`. Raises: DossierError."""
        articles = await to_thread.run_sync(self._parts.library.articles, 0, TRIED, None)
        titles = tuple(article.title for article in articles if 0 < len(article.title) <= LONGEST_TITLE)
        async with self._lock:
            if titles != self._titles:
                self._questions = await self._answered(titles, self._parts.owner(team))
                self._titles = titles
            return self._questions

    async def _answered(self, titles: tuple[str, ...], owner: str) -> tuple[str, ...]:
        found: list[str] = []
        for title in titles:
            question = f"What does “{title}” say?"
            answer = await self._answer(question, owner)
            # Nobody asked: it is no part of anybody's talk.
            if answer.conversation_id:
                await to_thread.run_sync(self._parts.journal.forget, answer.conversation_id, owner)
            if answer.status == "answered":
                found.append(question)
            if len(found) == ENOUGH:
                break
        return tuple(found)

    async def _answer(self, question: str, owner: str) -> Answer:
        events = self._parts.asking.events(owner, Question(question, mode="quoted"))
        async with contextlib.aclosing(events):
            async for event in events:
                if isinstance(event, DoneEvent):
                    return event.answer
        raise DossierError("A question has ended without an answer.", "Ask again.")
