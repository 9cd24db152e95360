"""A private answer shown to the channel that it was asked in."""

from __future__ import annotations

from anyio import to_thread
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from service.answer import Answer
from service.slack import layout
from service.slack.answers import AnswerView
from service.slack.crew import unbroken
from service.slack.incoming import team_of
from service.slack.layout import Page
from service.slack.parts import Parts
from service.slack.replies import begun, posted
from service.slack.troubles import code_of
from service.store.slack_tasks import Task
from service.store.slack_threads import Thread

OUTSIDE = frozenset({"not_in_channel", "channel_not_found"})


class Sharing:
    """Shares answers."""

    def __init__(self, parts: Parts, view: AnswerView) -> None:
        self._parts = parts
        self._view = view

    async def shared(self, client: AsyncWebClient, task: Task, again: bool) -> None:
        """Posts the answer to the channel, where people can then follow up in its thread."""
        body = task.body["told"]
        team, channel, user = team_of(body), body["channel"]["id"], body["user"]["id"]
        webhook = AsyncWebhookClient(body["response_url"], retry_handlers=client.retry_handlers)
        known = await to_thread.run_sync(self._parts.threads.reply, team, channel, task.key)
        if known:
            # An earlier worker posted it.
            await webhook.send(text="Shared.", delete_original=True)
            return
        answer_id = body["actions"][0]["value"]
        answer = await to_thread.run_sync(self._parts.journal.answer, answer_id, self._parts.owner(team))
        asked = [layout.section(f"<@{user}> asked:"), *layout.quotation(layout.text(answer.question))]
        shown = [block for page in self._view.pages(answer) for block in page.blocks]
        opening, *rest = layout.pages([*asked, *shown], answer.text)
        try:
            thread = await unbroken(self._opened(client, team, channel, opening, answer, task.key))
        except SlackApiError as error:
            if code_of(error) not in OUTSIDE:
                raise
            await self._from_outside(webhook, [opening, *rest])
            return
        for page in rest:
            await posted(client, thread, page)
        await webhook.send(text="Shared.", delete_original=True)

    async def _opened(
        self, client: AsyncWebClient, team: str, channel: str, page: Page, answer: Answer, task: str
    ) -> Thread:
        """The thread that the first message begins, noted as the answer's conversation."""
        thread = Thread(team, channel, await begun(client, channel, page))
        await to_thread.run_sync(self._parts.threads.replying, thread, task, task)
        if answer.conversation_id:
            await to_thread.run_sync(self._parts.threads.join, thread, answer.conversation_id)
        return thread

    async def _from_outside(self, webhook: AsyncWebhookClient, pages: list[Page]) -> None:
        """Where the bot is no member, the address of the command still takes a message for all."""
        for page in pages[:3]:
            await webhook.send(text=page.text, blocks=list(page.blocks), response_type="in_channel")
