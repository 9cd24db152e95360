"""A question that came by Slack, answered there."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from weakref import WeakValueDictionary

import structlog
from anyio import to_thread
from slack_sdk.web.async_client import AsyncWebClient

from ingest.errors import DossierError
from service.answer import Answer, Statement
from service.errors import TooBusy, UnknownConversation
from service.question import Question
from service.slack import layout, wording
from service.slack.answers import AnswerView
from service.slack.layout import Page
from service.slack.parts import Parts, answered
from service.slack.record import Asked, Record, Superseded
from service.slack.replies import EditedReply, Reply, Stopped, StreamedReply
from service.slack.troubles import FAILED
from service.store.slack_threads import Thread
from service.telemetry import described

MOST_WAITING = 200
BUSY_SECONDS = 5.0
BUSY_TRIES = 6
log = structlog.get_logger(__name__)


class Answering:
    """Answers questions in their threads, so many at once; the others wait, with a sign that they do."""

    def __init__(self, parts: Parts) -> None:
        self.view = AnswerView(parts.links)
        self._parts = parts
        self.turn = asyncio.Semaphore(parts.at_once)
        self._waiting = 0
        self._locks: WeakValueDictionary[Thread, asyncio.Lock] = WeakValueDictionary()

    async def in_thread(
        self, client: AsyncWebClient, asked: Asked, *, again: bool = False, edited: bool = False
    ) -> None:
        """Answers in the thread, once: where an earlier worker had begun (`again`), or the question was `edited`, what
        stands there becomes the answer."""
        threads, thread = self._parts.threads, asked.thread
        before = await to_thread.run_sync(threads.replying, thread, asked.ts, asked.task)
        if before is None or (again and before.whole):
            return
        owner = self._parts.owner(thread.team)
        if before.answer_id:
            await to_thread.run_sync(self._parts.journal.withdraw, before.answer_id, owner)
        record = Record(client, threads, asked, before)
        await record.end()
        reply: Reply = StreamedReply(client, thread, asked.ts, asked.user, asked.user_team, record.note)
        if before.messages:
            sign = wording.AGAIN if edited else wording.READING_HERE
            reply = EditedReply(client, thread, record.note, before.messages, sign)
        try:
            conversation = await to_thread.run_sync(self._conversation, thread, owner)
            if await self.into(reply, asked.text, owner, conversation, record):
                await record.complete()
        except Superseded:
            if record.answer_id:
                await to_thread.run_sync(self._parts.journal.withdraw, record.answer_id, owner)
        except FAILED:
            await record.end()
            raise

    def _conversation(self, thread: Thread, owner: str) -> str:
        known = self._parts.threads.conversation(thread)
        return known or self._parts.threads.join(thread, self._parts.journal.new_conversation_id(owner))

    async def into(
        self,
        reply: Reply,
        text: str,
        owner: str,
        conversation: str | None = None,
        record: Record | None = None,
        private: bool = False,
    ) -> Answer | None:
        """Answers into `reply`; None where there is no answer, which it says. A question in a thread has a `record`,
        which is told of the answer before it is shown; those of one thread are answered one after another.

        Raises: what `Reply` raises.
        """
        quiet = record is not None and record.asked.quiet
        if not quiet:
            await reply.begin()
        try:
            if record:
                answer = await self._in_turn(record, reply, text, owner, conversation)
                if quiet and answer.status == "abstained":
                    await to_thread.run_sync(self._parts.journal.withdraw, answer.id, owner)
                    return None
            else:
                answer = await self._conversing(reply, text, owner, conversation)
            await reply.finish(lambda streamed: self.view.pages(answer, streamed=streamed, private=private))
        except Stopped:
            return None
        except (*FAILED, Superseded):
            raise
        except Exception as error:  # noqa: BLE001  whoever asked must not be left without a word
            await self._explain(reply, error, quiet)
            return None
        return answer

    async def _in_turn(self, record: Record, reply: Reply, text: str, owner: str, conversation: str | None) -> Answer:
        thread = record.asked.thread
        async with self._locks.setdefault(thread, asyncio.Lock()):
            answer = await self._conversing(reply, text, owner, conversation)
            await record.answered(answer.id)
            if answer.conversation_id and answer.conversation_id != conversation:
                await to_thread.run_sync(self._parts.threads.rejoin, thread, answer.conversation_id)
        return answer

    async def _explain(self, reply: Reply, error: Exception, quiet: bool) -> None:
        page = notice(wording.BROKEN)
        if isinstance(error, DossierError):
            page = notice(str(error))
            log.info("slack question refused", error=type(error).__name__)
        else:
            log.error("slack question failed", **described(error))
        if not quiet:
            with contextlib.suppress(Stopped):
                await reply.finish(lambda _: [page])

    async def _conversing(self, reply: Reply, text: str, owner: str, conversation: str | None) -> Answer:
        """Where the conversation has been deleted, the question is read as a new one."""
        try:
            return await self._answered(reply, Question(text, conversation_id=conversation), owner)
        except UnknownConversation:
            return await self._answered(reply, Question(text), owner)

    async def _answered(self, reply: Reply, question: Question, owner: str) -> Answer:
        """Statements are said while the next one is worked on: who is answered slowly by Slack keeps nobody waiting."""
        if self._waiting >= MOST_WAITING:
            raise TooBusy(wording.CROWDED)
        self._waiting += 1
        proven: asyncio.Queue[Statement | None] = asyncio.Queue()
        saying = asyncio.create_task(self._say(reply, proven))
        try:
            async with self.turn:
                answer = await self._patiently(proven.put_nowait, question, owner)
            proven.put_nowait(None)
            await saying
            return answer
        finally:
            self._waiting -= 1
            saying.cancel()
            await asyncio.gather(saying, return_exceptions=True)

    async def _say(self, reply: Reply, proven: asyncio.Queue[Statement | None]) -> None:
        while statement := await proven.get():
            await reply.say(self.view.streamed(statement))

    async def _patiently(self, say: Callable[[Statement], None], question: Question, owner: str) -> Answer:
        """Asks again while that may help, as long as nothing has been said: it would be said twice."""
        said: list[Statement] = []

        def once(statement: Statement) -> None:
            said.append(statement)
            say(statement)

        for _ in range(BUSY_TRIES - 1):
            try:
                return await answered(self._parts.asking, owner, question, once)
            except DossierError as error:
                if said or not error.retryable:
                    raise
            await asyncio.sleep(BUSY_SECONDS)
        return await answered(self._parts.asking, owner, question, say)


def notice(words: str) -> Page:
    """A message of the bot's own."""
    shown = layout.escaped(words.strip())
    return Page(layout.clipped(shown, layout.LONGEST_FALLBACK), (layout.section(shown),))
