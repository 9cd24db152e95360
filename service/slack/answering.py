"""A question that came by Slack, answered there."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from aiohttp import ClientError
from anyio import to_thread
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from ingest.errors import DossierError
from service.answer import Answer
from service.answerer import DoneEvent, StatementEvent
from service.errors import TooBusy, UnknownConversation
from service.question import Question
from service.slack import layout, wording
from service.slack.answers import AnswerView
from service.slack.layout import Page
from service.slack.parts import Parts
from service.slack.replies import EditedReply, Reply, Stopped, StreamedReply, ended, removed
from service.slack.troubles import report
from service.store.slack_threads import SlackThreads, Thread
from service.telemetry import described

MOST_WAITING = 200
BUSY_SECONDS = 5.0
BUSY_TRIES = 6
log = structlog.get_logger(__name__)


class Superseded(Exception):
    """The question was edited or deleted meanwhile: another task answers it, or none."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in a thread: `ts` is the message that asked, `user` who did, `task` the task that answers it."""

    thread: Thread
    ts: str
    user: str
    user_team: str
    text: str
    task: str


class Record:
    """Notes which of the bot's messages answer a question, so that another worker can go on with them."""

    def __init__(self, client: AsyncWebClient, threads: SlackThreads, asked: Asked, messages: Sequence[str]) -> None:
        self._client = client
        self._threads = threads
        self._asked = asked
        self._messages = tuple(messages)

    async def note(self, messages: Sequence[str], streaming: bool) -> None:
        """Notes the messages so far.

        Raises: Superseded, and what was written is taken back.
        """
        self._messages = tuple(messages)
        await self._replied(streaming, None)

    async def complete(self, answer_id: str) -> None:
        """Notes that they hold the whole answer. Raises: as `note`."""
        await self._replied(False, answer_id)

    async def _replied(self, streaming: bool, answer_id: str | None) -> None:
        asked = self._asked
        told = partial(self._threads.replied, asked.thread, asked.ts, asked.task, self._messages, streaming, answer_id)
        if not await to_thread.run_sync(told):
            await self._take_back(streaming)
            raise Superseded

    async def _take_back(self, streaming: bool) -> None:
        channel = self._asked.thread.channel
        try:
            if streaming:
                await ended(self._client, channel, self._messages[-1])
            for ts in self._messages:
                await removed(self._client, channel, ts)
        except SlackApiError as error:
            report(error, "take back", channel=channel)


class Answering:
    """Answers questions in their threads, so many at once; the others wait, with a sign that they do."""

    def __init__(self, parts: Parts) -> None:
        self.view = AnswerView(parts.links)
        self._parts = parts
        self._turn = asyncio.Semaphore(parts.at_once)
        self._waiting = 0

    async def in_thread(
        self, client: AsyncWebClient, asked: Asked, *, again: bool = False, edited: bool = False
    ) -> None:
        """Answers in the thread, once: where an earlier worker had begun (`again`), or the question was `edited`, what
        stands there becomes the answer."""
        threads, thread = self._parts.threads, asked.thread
        before = await to_thread.run_sync(threads.replying, thread, asked.ts, asked.task)
        if again and before.answer_id:
            return
        await to_thread.run_sync(threads.join, thread)
        record = Record(client, threads, asked, before.messages)
        reply: Reply = StreamedReply(client, thread, asked.user, asked.user_team, record.note)
        if before.messages:
            if before.streaming:
                await ended(client, thread.channel, before.messages[-1])
            sign = wording.AGAIN if edited else wording.READING_HERE
            reply = EditedReply(client, thread, record.note, before.messages, sign)
        with contextlib.suppress(Superseded):
            conversation = await to_thread.run_sync(threads.conversation, thread)
            answer = await self.into(reply, asked.text, self._parts.owner(thread.team), conversation, thread)
            if answer:
                await record.complete(answer.id)

    async def into(
        self,
        reply: Reply,
        text: str,
        owner: str,
        conversation: str | None = None,
        thread: Thread | None = None,
        private: bool = False,
    ) -> Answer | None:
        """Answers into `reply`; None where there is no answer, which it says. The `thread` is the answer's conversation
        from before it is shown, so that nobody follows up too early.

        Raises: what `Reply` raises.
        """
        await reply.begin()
        try:
            answer = await self._conversing(reply, text, owner, conversation)
            if thread:
                await to_thread.run_sync(self._parts.threads.join, thread, answer.conversation_id)
            await reply.finish(lambda streamed: self.view.pages(answer, streamed=streamed, private=private))
        except Stopped:
            return None
        except (SlackApiError, ClientError, Superseded):
            raise
        except Exception as error:  # noqa: BLE001  whoever asked must not be left without a word
            await self._explain(reply, error)
            return None
        return answer

    async def _explain(self, reply: Reply, error: Exception) -> None:
        page = notice(wording.BROKEN)
        if isinstance(error, DossierError):
            page = notice(f"{error.message} {error.help}")
            log.info("slack question refused", error=type(error).__name__)
        else:
            log.error("slack question failed", **described(error))
        with contextlib.suppress(Stopped):
            await reply.finish(lambda _: [page])

    async def _conversing(self, reply: Reply, text: str, owner: str, conversation: str | None) -> Answer:
        """Where the conversation has been deleted, the question is read as a new one."""
        try:
            return await self._answered(reply, Question(text, conversation_id=conversation), owner)
        except UnknownConversation:
            return await self._answered(reply, Question(text), owner)

    async def _answered(self, reply: Reply, question: Question, owner: str) -> Answer:
        if self._waiting >= MOST_WAITING:
            raise TooBusy(wording.CROWDED)
        self._waiting += 1
        try:
            async with self._turn:
                return await self._patiently(reply, question, owner)
        finally:
            self._waiting -= 1

    async def _patiently(self, reply: Reply, question: Question, owner: str) -> Answer:
        for _ in range(BUSY_TRIES - 1):
            with contextlib.suppress(TooBusy):
                return await self._once(reply, question, owner)
            await asyncio.sleep(BUSY_SECONDS)
        return await self._once(reply, question, owner)

    async def _once(self, reply: Reply, question: Question, owner: str) -> Answer:
        async with contextlib.aclosing(self._parts.asking.events(owner, question)) as events:
            async for event in events:
                if isinstance(event, StatementEvent):
                    await reply.say(self.view.streamed(event.statement))
                elif isinstance(event, DoneEvent):
                    return event.answer
        raise TooBusy(wording.CROWDED)


def notice(words: str) -> Page:
    """A message of the bot's own."""
    shown = layout.escaped(words.strip())
    return Page(layout.clipped(shown, layout.LONGEST_FALLBACK), (layout.section(shown),))
