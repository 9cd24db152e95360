"""The bot as an app of Bolt's, which checks signatures, finds tokens, and tells each event once it is written down."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from anyio import to_thread
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from ingest.errors import DossierError
from service.errors import UnknownAnswer
from service.slack import adding, commands, evidence, feedback, layout
from service.slack.bot import Bot
from service.slack.hearing import Heard
from service.slack.incoming import enterprise_of, plain, team_of
from service.slack.parts import Parts, conversations_of
from service.slack.troubles import FAILED, report
from service.slack.workspaces import Workspaces

EVENTS = ("app_mention", "message", "app_home_opened", "assistant_thread_started")
UNUSED = ("assistant_thread_context_changed", "app_uninstalled", "tokens_revoked")
"""Told by Slack, and nothing to the bot; where many workspaces install the app, Bolt listens to the last two first."""
OPINION_OF = {f"{feedback.RATE}:{opinion}": opinion for opinion in feedback.OPINIONS}
GONE = "That answer has been deleted."
THANKS = "Thank you: that is kept with the answer."
Ack = Callable[..., Awaitable[Any]]
log = structlog.get_logger(__name__)


def listen(app: AsyncApp, bot: Bot, parts: Parts, workspaces: Workspaces) -> None:
    """Has `app` tell the bot of everything. `app` must process before it responds: what was acknowledged is written
    down, and what could not be is told again by Slack."""
    listeners = Listeners(bot, parts, workspaces)
    for event in EVENTS:
        app.event(event)(listeners.event)
    for event in UNUSED:
        app.event(event)(listeners.nothing)
    app.command(commands.COMMAND)(listeners.command)
    app.shortcut(commands.SHORTCUT)(listeners.shortcut)
    app.view(commands.SHORTCUT)(listeners.asked_about)
    app.view(feedback.REASON)(listeners.reason)
    app.action(feedback.SHARE)(listeners.share)
    app.action(feedback.EVIDENCE)(listeners.evidence)
    app.action(adding.CONFIRM)(listeners.add)
    app.action(adding.REFUSE)(listeners.leave)
    for action in OPINION_OF:
        app.action(action)(listeners.rate)


class Listeners:
    """What Bolt calls. Each writes down what is to be done, or begins it, and acknowledges."""

    def __init__(self, bot: Bot, parts: Parts, workspaces: Workspaces) -> None:
        self._bot = bot
        self._parts = parts
        self._workspaces = workspaces

    async def event(self, body: dict[str, Any]) -> None:
        """A message, or a pane that was opened."""
        await self._bot.hear(body)

    async def nothing(self) -> None:
        """See `UNUSED`."""

    async def command(self, ack: Ack, body: dict[str, Any]) -> None:
        """The slash command."""
        told = await to_thread.run_sync(self._bot.commands.at_once, body)
        if told:
            await ack(**told)
            return
        await self._bot.take(Heard("command", f"command:{body['trigger_id']}"), body)
        question = layout.clipped(plain(body["text"]), layout.LONGEST_TEXT)
        await ack(text=f"Reading the articles … {layout.escaped(question)}", response_type="ephemeral")

    async def shortcut(self, ack: Ack, body: dict[str, Any]) -> None:
        """The entry in a message's menu."""
        window = commands.question_window(body["message"], body["channel"]["id"])
        self._bot.crew.go(self._open(body, window))
        await ack()

    async def asked_about(self, ack: Ack, body: dict[str, Any]) -> None:
        """The question that was written into its window."""
        if not layout.written(body["view"], commands.QUESTION):
            await ack(response_action="errors", errors={commands.QUESTION: "Write a question."})
            return
        await self._bot.take(Heard("about", f"view:{body['view']['id']}"), body)
        await ack()

    async def share(self, ack: Ack, body: dict[str, Any]) -> None:
        """The button that shows a private answer to all."""
        answer = body["actions"][0]["value"]
        await self._bot.take(Heard("share", f"share:{body['channel']['id']}:{answer}"), body)
        await ack()

    async def add(self, ack: Ack, body: dict[str, Any]) -> None:
        """The button that adds what was shared."""
        await self._bot.take(
            Heard("add", f"add:{body['channel']['id']}:{body['message']['ts']}:{body['user']['id']}"), body
        )
        await ack()

    async def leave(self, ack: Ack, body: dict[str, Any]) -> None:
        """The button that does not."""
        client = await self._workspaces.client(enterprise_of(body), team_of(body))
        if body["user"]["id"] in self._parts.writers:
            self._bot.crew.go(adding.left(client, body))
        await ack()

    async def rate(self, ack: Ack, body: dict[str, Any]) -> None:
        """An opinion: kept at once, with a window for its reason."""
        opinion = OPINION_OF[body["actions"][0]["action_id"]]
        kept = {"answer": body["actions"][0]["value"], "opinion": opinion, **_place(body)}
        if await self._keep(body, kept, None):
            self._bot.crew.go(self._open(body, feedback.reason_window(opinion, json.dumps(kept))))
        await ack()

    async def reason(self, ack: Ack, body: dict[str, Any]) -> None:
        """What was written into that window."""
        kept = json.loads(body["view"]["private_metadata"])
        comment = layout.written(body["view"], feedback.REASON)
        if comment and await self._keep(body, kept, comment):
            self._bot.crew.go(self._tell(body, kept, THANKS))
        await ack()

    async def evidence(self, ack: Ack, body: dict[str, Any]) -> None:
        """The button that shows the passages."""
        self._bot.crew.go(self._show(body))
        await ack()

    async def _keep(self, body: Mapping[str, Any], kept: Mapping[str, Any], comment: str | None) -> bool:
        """False where there is no such answer any more, which is told."""
        team = team_of(body)
        by = f"{conversations_of(team)}:{body['user']['id']}"
        rating = kept["answer"], kept["opinion"], comment, self._parts.owner(team), by
        try:
            await to_thread.run_sync(self._parts.journal.rate, *rating)
        except UnknownAnswer:
            self._bot.crew.go(self._tell(body, kept, GONE))
            return False
        return True

    async def _tell(self, body: Mapping[str, Any], kept: Mapping[str, Any], words: str) -> None:
        if not kept["channel"]:
            return
        client = await self._workspaces.client(enterprise_of(body), team_of(body))
        place = {"channel": kept["channel"], "thread_ts": kept["thread"]}
        try:
            await client.chat_postEphemeral(user=body["user"]["id"], text=words, **place)
        except FAILED as error:
            report(error, "tell", channel=kept["channel"])

    async def _show(self, body: Mapping[str, Any]) -> None:
        opened = await self._open(body, evidence.waiting_window())
        if opened is None:
            return
        team = team_of(body)
        client = await self._workspaces.client(enterprise_of(body), team)
        try:
            window = await to_thread.run_sync(self._evidence, body["actions"][0]["value"], team)
        except DossierError as error:
            told = GONE if isinstance(error, UnknownAnswer) else str(error)
            window = layout.modal(evidence.TITLE, [layout.note(told)])
        await client.views_update(view_id=opened, view=window)

    def _evidence(self, answer_id: str, team: str) -> layout.Block:
        answer = self._parts.journal.answer(answer_id, self._parts.owner(team))
        return evidence.evidence_window(answer, self._parts.library.article, self._parts.links)

    async def _open(self, body: Mapping[str, Any], window: layout.Block) -> str | None:
        client = await self._workspaces.client(enterprise_of(body), team_of(body))
        try:
            told = await client.views_open(trigger_id=body["trigger_id"], view=window)
        except SlackApiError as error:
            report(error, "open", team=team_of(body))
            return None
        return str(told["view"]["id"])


def _place(body: Mapping[str, Any]) -> dict[str, str | None]:
    """The channel and the thread of the message that a button is on."""
    message = body.get("message") or body.get("container") or {}
    return {"channel": (body.get("channel") or {}).get("id"), "thread": message.get("thread_ts")}
