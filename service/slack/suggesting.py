"""Questions to begin with, each of which the articles answer."""

from __future__ import annotations

import asyncio

from anyio import to_thread

from service.question import Question
from service.slack.parts import Parts, answered

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
            answer = await answered(self._parts.asking, owner, Question(question, mode="quoted"))
            # Nobody asked: it is no part of anybody's talk.
            if answer.conversation_id:
                await to_thread.run_sync(self._parts.journal.forget, answer.conversation_id, owner)
            if answer.status == "answered":
                found.append(question)
            if len(found) == ENOUGH:
                break
        return tuple(found)
