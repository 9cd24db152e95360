"""Where people talk with the bot alone: questions to begin with, and a title for the talk.

Slack's agents have their talks in the Messages tab; its older assistants in a pane, each talk a thread that is there
before anything is asked.
"""

from __future__ import annotations

from slack_sdk.web.async_client import AsyncWebClient

from service.slack import layout, wording
from service.slack.answering import notice
from service.slack.incoming import team_of
from service.slack.parts import Parts
from service.slack.replies import posted
from service.slack.suggesting import Suggestions
from service.slack.troubles import FAILED, report
from service.store.slack_tasks import Task
from service.store.slack_threads import Thread

LONGEST_TITLE = 80


class Pane:
    """What is shown there besides answers."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._suggestions = Suggestions(parts)

    async def opened(self, client: AsyncWebClient, task: Task, again: bool) -> None:
        """Suggests questions that the articles answer; in a pane it greets before. The tab is opened time and again:
        there a greeting each time would be in the way."""
        body = task.body["told"]
        team, event = team_of(body), body["event"]
        pane = event.get("assistant_thread")
        if pane:
            await posted(client, Thread(team, pane["channel_id"], pane["thread_ts"]), notice(wording.GREETING))
        questions = await self._suggestions.questions(team)
        prompts = [{"title": layout.clipped(each, LONGEST_TITLE), "message": each} for each in questions]
        if prompts:
            await client.assistant_threads_setSuggestedPrompts(
                channel_id=pane["channel_id"] if pane else event["channel"],
                # Slack drops the prompts of an agent, without an error, when a thread is named.
                thread_ts=pane["thread_ts"] if pane else None,
                title="The articles answer these:",
                prompts=prompts,
            )

    async def entitle(self, client: AsyncWebClient, thread: Thread, question: str) -> None:
        """Names the talk after its first question, where there are names."""
        try:
            await client.assistant_threads_setTitle(
                channel_id=thread.channel, thread_ts=thread.ts, title=layout.clipped(question, LONGEST_TITLE)
            )
        except FAILED as error:
            report(error, "entitle", channel=thread.channel)
