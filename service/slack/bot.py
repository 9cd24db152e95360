"""What the bot does with what Slack tells it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import structlog
from anyio import to_thread
from slack_sdk.web.async_client import AsyncWebClient

from ingest.errors import DossierError
from service.slack import wording
from service.slack.adding import Adding
from service.slack.answering import Answering, notice
from service.slack.attention import courtesy, unaddressed
from service.slack.commands import Commands
from service.slack.crew import Crew, Undone
from service.slack.hearing import DELETION, Heard, Hearing, Kind, key_of
from service.slack.incoming import Message, bot_of, enterprise_of, message_of, team_of
from service.slack.pane import Pane
from service.slack.parts import Parts
from service.slack.record import Asked
from service.slack.replies import begun, direct, ended, posted, removed
from service.slack.sharing import Sharing
from service.slack.troubles import FAILED, report
from service.slack.workspaces import Workspaces
from service.store.slack_tasks import Task
from service.store.slack_threads import Thread
from service.telemetry import described

log = structlog.get_logger(__name__)
PRESSED: frozenset[Kind] = frozenset({"share", "add"})
"""What a button does: where it fails, it can be pressed again."""
ASKS_FOR_HELP = frozenset({"", "help", "?", "hi", "hello"})


class Bot:
    """Does what is heard: each thing once, in the background, whatever happens to the process."""

    def __init__(self, parts: Parts, workspaces: Workspaces) -> None:
        self.crew = Crew(parts.tasks, self._do)
        self._parts = parts
        self._workspaces = workspaces
        self._hearing = Hearing(parts)
        self.answering = Answering(parts)
        self._adding = Adding(parts)
        self._pane = Pane(parts)
        self.commands = Commands(parts, self.answering)
        self._kinds: dict[Kind, Callable[[AsyncWebClient, Task, bool], Awaitable[None]]] = {
            "asked": self._asked,
            "edited": self._edited,
            "deleted": self._deleted,
            "opened": self._pane.opened,
            "command": self.commands.asked,
            "about": self.commands.about,
            "share": Sharing(parts, self.answering.view).shared,
            "add": self._adding.confirmed,
        }

    async def hear(self, body: Mapping[str, Any]) -> None:
        """Takes an event on, if it is for the bot; it is written down when this returns."""
        heard = await to_thread.run_sync(self._hearing.of, body, await self._bot(body))
        if heard is not None and await to_thread.run_sync(partial(self._is_last, heard)):
            await self.take(heard, body)

    def _is_last(self, heard: Heard) -> bool:
        """Whether nothing later was heard of the same message; if so, edits and deletions know of it from now on."""
        if heard.about is None:
            return True
        thread, ts = heard.about
        return self._parts.threads.replying(thread, ts, heard.key) is not None

    async def take(self, heard: Heard, body: Mapping[str, Any]) -> bool:
        """Takes something on; False where it was taken on before."""
        # The token in the body is an old way to tell that Slack sent it; nothing here needs it.
        told = {name: value for name, value in body.items() if name != "token"}
        return await self.crew.take(heard.key, {"kind": heard.kind, "quiet": heard.quiet, "told": told})

    async def _do(self, task: Task, again: bool) -> None:
        body = task.body["told"]
        client = await self._workspaces.client(enterprise_of(body), team_of(body))
        kind: Kind = task.body["kind"]
        try:
            await self._kinds[kind](client, task, again)
        except Undone:
            raise
        except Exception as error:
            if (told := _told_of(error, kind, team_of(body))) and (user := _user_of(body)):
                await _tell(client, user, told)
            if kind in PRESSED:
                raise Undone from error

    async def _asked(self, client: AsyncWebClient, task: Task, again: bool, edited: bool = False) -> None:
        body = task.body["told"]
        message = message_of(body)
        if message is None:
            return
        text = unaddressed(message.question(await self._bot(body)))
        if not self._asks(message, text):
            if edited:
                await self._clear(client, message.thread, message.ts, task.key)
            await self._say_no_answer(client, message, text)
            return
        first = message.direct and not await to_thread.run_sync(self._parts.threads.joined, message.thread)
        asked = Asked(message.thread, message.ts, message.user, message.team, text, task.key, task.body["quiet"])
        await self.answering.in_thread(client, asked, again=again, edited=edited)
        if first:
            await self._pane.entitle(client, message.thread, text)

    def _asks(self, message: Message, text: str) -> bool:
        return not (
            message.stranger or text.lower() in ASKS_FOR_HELP or courtesy(text) or self._adding.wanted(message, text)
        )

    async def _say_no_answer(self, client: AsyncWebClient, message: Message, text: str) -> None:
        if message.stranger:
            await client.chat_postEphemeral(channel=message.channel, user=message.user, text=wording.STRANGER)
        elif text.lower() in ASKS_FOR_HELP:
            await posted(client, message.thread, notice(wording.FILE_ALONE if message.files else wording.HELP))
        elif courtesy(text):
            await posted(client, message.thread, notice(wording.WELCOME))
        else:
            await self._adding.offer(client, message)

    async def _edited(self, client: AsyncWebClient, task: Task, again: bool) -> None:
        message = message_of(task.body["told"])
        if message:
            await self.crew.supersede(key_of(message), task.key)
            await self._asked(client, task, again, edited=True)

    async def _deleted(self, client: AsyncWebClient, task: Task, again: bool) -> None:
        subject = task.key.removesuffix(f":{DELETION}")
        await self.crew.supersede(subject, task.key)
        team, channel, ts = subject.split(":")
        known = await to_thread.run_sync(self._parts.threads.reply, team, channel, ts)
        if known:
            await self._clear(client, Thread(team, channel, known.thread), ts, task.key)

    async def _clear(self, client: AsyncWebClient, thread: Thread, ts: str, task: str) -> None:
        """Deletes what a message got for an answer, here and in the journal; the record goes last."""
        known = await to_thread.run_sync(self._parts.threads.replying, thread, ts, task)
        if known is None:
            return
        if known.answer_id:
            await to_thread.run_sync(self._parts.journal.withdraw, known.answer_id, self._parts.owner(thread.team))
        if known.streaming:
            await ended(client, thread.channel, known.messages[-1])
        gone = [removed(client, thread.channel, message) for message in known.messages]
        failures = [each for each in await asyncio.gather(*gone, return_exceptions=True) if each]
        if failures:
            raise failures[0]
        await to_thread.run_sync(self._parts.threads.replied, thread, ts, task, ())

    async def _bot(self, body: Mapping[str, Any]) -> str:
        """The bot's user id. Slack is asked only where its event does not say: it may be slow, or fail, and the event
        must be written down all the same."""
        return bot_of(body) or await self._workspaces.bot(enterprise_of(body), team_of(body))


def _told_of(error: Exception, kind: Kind, team: str) -> str | None:
    """What to tell whoever waits; the log is told as well."""
    if isinstance(error, FAILED):
        return report(error, kind, team=team).told
    if isinstance(error, DossierError):
        log.info("slack task refused", doing=kind, error=type(error).__name__)
        return str(error)
    log.error("slack task failed", doing=kind, **described(error))
    return wording.BROKEN


def _user_of(body: Mapping[str, Any]) -> str | None:
    message = message_of(body) if "event" in body else None
    if message:
        return message.user
    user = body.get("user")
    return body.get("user_id") or (user.get("id") if isinstance(user, Mapping) else None)


async def _tell(client: AsyncWebClient, user: str, words: str) -> None:
    """Writes to somebody directly, since the channel cannot be written to."""
    try:
        await begun(client, await direct(client, user), notice(words))
    except FAILED as error:
        report(error, "tell")
