"""The assistant's pane: a greeting with questions to begin with, and a title for the talk."""

from __future__ import annotations

from anyio import to_thread
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from service.slack import layout, wording
from service.slack.answering import notice
from service.slack.incoming import team_of
from service.slack.parts import Parts
from service.slack.replies import posted
from service.slack.suggesting import Suggestions
from service.slack.troubles import report
from service.store.slack_tasks import Task
from service.store.slack_threads import Thread

LONGEST_TITLE = 80


class Pane:
    """What the pane shows besides answers."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._suggestions = Suggestions(parts)

    async def opened(self, client: AsyncWebClient, task: Task, again: bool) -> None:
        """Greets, and suggests questions that the articles answer."""
        body = task.body["told"]
        opened = body["event"]["assistant_thread"]
        thread = Thread(team_of(body), opened["channel_id"], opened["thread_ts"])
        await posted(client, thread, notice(wording.GREETING))
        questions = await self._suggestions.questions(thread.team)
        prompts = [{"title": layout.clipped(each, LONGEST_TITLE), "message": each} for each in questions]
        if prompts:
            await client.assistant_threads_setSuggestedPrompts(
                channel_id=thread.channel, thread_ts=thread.ts, title="The articles answer these:", prompts=prompts
            )

    async def entitle(self, client: AsyncWebClient, thread: Thread, question: str) -> None:
        """Names the talk after its first question, where there are names."""
        if await to_thread.run_sync(self._parts.threads.joined, thread):
            return
        try:
            await client.assistant_threads_setTitle(
                channel_id=thread.channel, thread_ts=thread.ts, title=layout.clipped(question, LONGEST_TITLE)
            )
        except SlackApiError as error:
            report(error, "entitle", channel=thread.channel)
