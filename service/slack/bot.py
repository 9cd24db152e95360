"""What the bot does with what Slack tells it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from anyio import to_thread
from slack_sdk.web.async_client import AsyncWebClient

from ingest.errors import DossierError
from service.slack import wording
from service.slack.adding import Adding
from service.slack.answering import Answering, Asked, notice
from service.slack.attention import unaddressed
from service.slack.commands import Commands
from service.slack.crew import Crew, Undone
from service.slack.hearing import Heard, Hearing, Kind, of_message
from service.slack.incoming import Message, bot_of, message_of, team_of
from service.slack.pane import Pane
from service.slack.parts import Parts
from service.slack.replies import ended, posted, removed
from service.slack.sharing import Sharing
from service.slack.troubles import FAILED, report
from service.slack.workspaces import Workspaces
from service.store.slack_tasks import Task
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
        commands = Commands(parts, self.answering)
        self._kinds: dict[Kind, Callable[[AsyncWebClient, Task, bool], Awaitable[None]]] = {
            "asked": self._asked,
            "edited": self._edited,
            "deleted": self._deleted,
            "opened": self._pane.opened,
            "command": commands.asked,
            "about": commands.about,
            "share": Sharing(parts, self.answering.view).shared,
            "add": self._adding.confirmed,
        }

    async def hear(self, body: Mapping[str, Any]) -> None:
        """Takes an event on, if it is for the bot; it is written down when this returns."""
        heard = await to_thread.run_sync(self._hearing.of, body, await self._bot(body))
        if heard:
            await self.take(heard, body)

    async def take(self, heard: Heard, body: Mapping[str, Any]) -> bool:
        """Takes something on; False where it was taken on before."""
        # The token in the body is an old way to tell that Slack sent it; nothing here needs it.
        told = {name: value for name, value in body.items() if name != "token"}
        return await self.crew.take(heard.key, {"kind": heard.kind, "told": told})

    async def _do(self, task: Task, again: bool) -> None:
        body = task.body["told"]
        enterprise = body.get("enterprise_id") or (body.get("enterprise") or {}).get("id")
        client = await self._workspaces.client(enterprise, team_of(body))
        kind: Kind = task.body["kind"]
        try:
            await self._kinds[kind](client, task, again)
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
        if message.stranger:
            await client.chat_postEphemeral(channel=message.channel, user=message.user, text=wording.STRANGER)
        elif text.lower() in ASKS_FOR_HELP:
            await posted(client, message.thread, notice(wording.FILE_ALONE if message.files else wording.HELP))
        elif self._adding.wanted(message, text):
            await self._adding.offer(client, message)
        else:
            if message.direct and not edited:
                await self._pane.entitle(client, message.thread, text)
            asked = Asked(message.thread, message.ts, message.user, message.team, text, task.key)
            await self.answering.in_thread(client, asked, again=again, edited=edited)

    async def _edited(self, client: AsyncWebClient, task: Task, again: bool) -> None:
        message = message_of(task.body["told"])
        if message is None:
            return
        await self._stop(message, task.key)
        known = await to_thread.run_sync(self._parts.threads.reply, message.team, message.channel, message.ts)
        if known and known.answer_id and known.task != task.key:
            await self._withdraw(message.team, known.answer_id)
        await self._asked(client, task, again, edited=True)

    async def _deleted(self, client: AsyncWebClient, task: Task, again: bool) -> None:
        body = task.body["told"]
        event = body["event"]
        ts = event.get("deleted_ts") or event["message"]["ts"]
        threads, team, channel = self._parts.threads, team_of(body), event["channel"]
        known = await to_thread.run_sync(threads.reply, team, channel, ts)
        if known is None:
            return
        await to_thread.run_sync(threads.forget, team, channel, ts)
        await self.crew.cancel(lambda key: key != task.key and key.startswith(f"{team}:{channel}:{ts}"))
        if known.answer_id:
            await self._withdraw(team, known.answer_id)
        if known.streaming:
            await ended(client, channel, known.messages[-1])
        for message in known.messages:
            await removed(client, channel, message)

    async def _bot(self, body: Mapping[str, Any]) -> str:
        """The bot's user id. Slack is asked only where its event does not say: it may be slow, or fail, and the event
        must be written down all the same."""
        return bot_of(body) or await self._workspaces.bot(body.get("enterprise_id"), team_of(body))

    async def _stop(self, message: Message, but: str) -> None:
        await self.crew.cancel(lambda key: key != but and of_message(key, message))

    async def _withdraw(self, team: str, answer_id: str) -> None:
        await to_thread.run_sync(self._parts.journal.withdraw, answer_id, self._parts.owner(team))


def _told_of(error: Exception, kind: Kind, team: str) -> str | None:
    """What to tell whoever waits; the log is told as well."""
    if isinstance(error, FAILED):
        return report(error, kind, team=team).told
    if isinstance(error, DossierError):
        log.info("slack task refused", doing=kind, error=type(error).__name__)
        return f"{error.message} {error.help}".strip()
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
    page = notice(words)
    try:
        told = await client.conversations_open(users=user)
        await client.chat_postMessage(channel=told["channel"]["id"], text=page.text, blocks=list(page.blocks))
    except FAILED as error:
        report(error, "tell")
