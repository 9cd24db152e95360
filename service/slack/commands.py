"""The slash command, and the questions of the window that a message's menu opens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, get_args

from anyio import to_thread
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from service.slack import layout, wording
from service.slack.answering import Answering
from service.slack.incoming import plain, team_of
from service.slack.layout import Block
from service.slack.parts import Parts
from service.slack.record import Asked
from service.slack.replies import PrivateReply, begun, direct, posted
from service.store.slack_tasks import Task
from service.store.slack_threads import Listening, Thread

COMMAND = "/dossier"
SHORTCUT = "ask_about"
"""The shortcut's callback, and that of the window that it opens."""
QUESTION = "question"
WHERE = "where"
HELP_WORDS = frozenset({"", "help", "?"})


class Commands:
    """Answers questions that are not messages."""

    def __init__(self, parts: Parts, answering: Answering) -> None:
        self._parts = parts
        self._answering = answering

    def at_once(self, body: Mapping[str, Any]) -> dict[str, str] | None:
        """What a command is told that is no question, to everybody in the channel where it concerns them; None for a
        question. Reads and writes the store."""
        text = plain(body.get("text") or "")
        if text.lower() in HELP_WORDS:
            return {"text": wording.HELP, "response_type": "ephemeral"}
        word, _, rest = text.partition(" ")
        if word.lower() != "listen":
            return None
        if rest.strip().lower() not in get_args(Listening):
            return {"text": wording.LISTEN_HOW, "response_type": "ephemeral"}
        listening: Listening = rest.strip().lower()  # type: ignore[assignment]
        self._parts.threads.listen(team_of(body), body["channel_id"], listening)
        return {"text": wording.LISTENING[listening], "response_type": "in_channel"}

    async def asked(self, client: AsyncWebClient, task: Task, again: bool) -> None:
        """Answers a command for the eyes of whoever gave it."""
        body = task.body["told"]
        webhook = AsyncWebhookClient(body["response_url"], retry_handlers=client.retry_handlers)
        reply = PrivateReply(webhook)
        owner = self._parts.owner(team_of(body))
        await self._answering.into(reply, plain(body["text"]), owner, private=True)

    async def about(self, client: AsyncWebClient, task: Task, again: bool) -> None:
        """Answers what was asked in the window: in the message's thread, or directly."""
        body = task.body["told"]
        view, user = body["view"], body["user"]["id"]
        place, team = json.loads(view["private_metadata"]), team_of(body)
        text = layout.written(view, QUESTION)
        here = layout.chosen(view, WHERE) == "thread"
        channel = place["channel"] if here else await direct(client, user)
        who = layout.section(f"<@{user}> asks:" if here else "You asked:")
        asked = layout.Page(layout.escaped(text), (who, *layout.quotation(layout.text(text))))
        known = await to_thread.run_sync(self._parts.threads.reply, team, channel, task.key)
        if known:
            thread = Thread(team, channel, known.thread)
        elif here:
            thread = Thread(team, channel, place["thread"])
            await posted(client, thread, asked)
        else:
            thread = Thread(team, channel, await begun(client, channel, asked))
        question = Asked(thread, task.key, user, body["user"].get("team_id") or team, text, task.key)
        await self._answering.in_thread(client, question, again=again)


def question_window(message: Mapping[str, Any], channel: str) -> Block:
    """Asks what to ask about a message."""
    place = {"channel": channel, "thread": message.get("thread_ts") or message["ts"]}
    options = {"thread": "In the message's thread", "direct": "Only to me"}
    where = layout.choice(WHERE, "Where do you want the answer?", options, initial="direct")
    field = layout.field(QUESTION, "Your question", initial=plain(message.get("text") or ""))
    return layout.modal(
        "Ask Dossier",
        [field, where],
        callback_id=SHORTCUT,
        private_metadata=json.dumps(place),
        **layout.submitting("Ask"),
    )
