"""Which of the bot's messages answer a question, written down so that another worker can go on with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from anyio import to_thread
from slack_sdk.web.async_client import AsyncWebClient

from service.slack.replies import ended, removed
from service.slack.troubles import FAILED, report
from service.store.slack_threads import Reply, SlackThreads, Thread


class Superseded(Exception):
    """The question was edited or deleted meanwhile: another task answers it, or none."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in a thread: `ts` is the message that asked, `user` who did, `task` the task that answers it.
    Where it is `quiet`, nobody expects an answer: it is given only if the articles have one."""

    thread: Thread
    ts: str
    user: str
    user_team: str
    text: str
    task: str
    quiet: bool = False


class Record:
    """The record of one question, as long as its task is the last one about it."""

    def __init__(self, client: AsyncWebClient, threads: SlackThreads, asked: Asked, before: Reply) -> None:
        self.answer_id: str | None = None
        self._client = client
        self._threads = threads
        self.asked = asked
        self._messages = before.messages
        self._streaming = before.streaming

    async def note(self, messages: Sequence[str], streaming: bool) -> None:
        """Notes the messages so far; asked before each change of one, too.

        Raises: Superseded, and what was written is taken back.
        """
        self._messages, self._streaming = tuple(messages), streaming
        await self._replied()

    async def answered(self, answer_id: str) -> None:
        """Notes which answer they will hold. Raises: as `note`."""
        self.answer_id = answer_id
        await self._replied()

    async def complete(self) -> None:
        """Notes that they hold all of it. Raises: as `note`."""
        self._streaming = False
        await self._replied(whole=True)

    async def end(self) -> None:
        """Ends the stream that was left open, if there is one."""
        if self._streaming:
            await ended(self._client, self.asked.thread.channel, self._messages[-1])
            self._streaming = False

    async def _replied(self, whole: bool = False) -> None:
        asked = self.asked
        subject = asked.thread, asked.ts, asked.task
        told = partial(self._threads.replied, *subject, self._messages, self._streaming, self.answer_id, whole)
        if not await to_thread.run_sync(told):
            await self._take_back()
            raise Superseded

    async def _take_back(self) -> None:
        """Deletes what is nobody's answer: another task may have made some of it its own."""
        asked = self.asked
        place = asked.thread.team, asked.thread.channel, asked.ts
        now = await to_thread.run_sync(self._threads.reply, *place)
        kept = now.messages if now else ()
        try:
            for ts in self._messages:
                if ts not in kept:
                    if self._streaming and ts == self._messages[-1]:
                        await ended(self._client, asked.thread.channel, ts)
                    await removed(self._client, asked.thread.channel, ts)
        except FAILED as error:
            report(error, "take back", channel=asked.thread.channel)
