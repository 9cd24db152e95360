"""The ways an answer comes into Slack: streamed, by edits of one message, or privately."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import anyio
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_chat_stream import AsyncChatStream
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from service.slack import layout, wording
from service.slack.crew import unbroken
from service.slack.layout import Block, Page
from service.slack.troubles import FAILED, UNKNOWN, code_of, trouble_of
from service.store.slack_threads import Thread

_NO_LETTER = re.compile(r"\W+")
WRITING = "Writing an answer …"
MOST_RESPONSES = 4
OK = 200
EDIT_SECONDS = 1.2
"""Between two edits of a message: Slack takes some fifty a minute."""
WAITING_SIGNS = frozenset(
    {
        "unknown_method",
        "missing_scope",
        "not_allowed",
        "access_denied",
        "method_not_supported_for_channel_type",
        "feature_not_enabled",
        "not_allowed_token_type",
        "channel_type_not_supported",
        "team_not_found",
        "no_permission",
        "method_deprecated",
        "invalid_thread_ts",
    }
)
"""What Slack answers where a workspace or a channel does without statuses or streams."""

ENDED = frozenset({"message_not_in_streaming_state", "message_not_found"})
"""What Slack answers where a stream has ended by itself: its message is edited from there on."""

STOPPED = "stopped_by_user"
FIXED = frozenset({"block_mismatch", "edit_window_closed", "cant_update_message", "message_not_found"})
"""What Slack answers where a message cannot be edited."""
GONE = "message_not_found"

LONGEST_STREAM = 10_000
"""Characters; Slack takes 12,000 in all."""

Noted = Callable[[Sequence[str], bool], Awaitable[None]]
"""Told the timestamps of the messages, whenever there is a new one, and whether the last one is streamed into."""


LaidOut = Callable[[bool], Sequence[Page]]
"""Gives the whole answer; told True, without the statements, which have been streamed."""


class Stopped(Exception):
    """Somebody pressed Slack's button that stops an answer."""


class Reply(Protocol):
    """Shows an answer while it comes about. Methods raise what is in `FAILED`, and Stopped where nobody wants more."""

    async def begin(self) -> None:
        """Gives a sign that the question is worked on."""

    async def say(self, words: str) -> None:
        """Adds a proven statement, in Markdown."""

    async def finish(self, laid_out: LaidOut) -> None:
        """Shows the whole answer."""


class EditedReply:
    """One message in the thread, edited as statements come; `messages` are those of an earlier answer, which becomes
    this one, and `words` what they say already."""

    def __init__(
        self,
        client: AsyncWebClient,
        thread: Thread,
        noted: Noted,
        messages: Sequence[str] = (),
        sign: str = wording.READING_HERE,
        words: str = "",
    ) -> None:
        self._client = client
        self._thread = thread
        self._noted = noted
        self._messages = list(messages)
        self._sign = sign
        self._words = words
        self._edited = 0.0

    async def begin(self) -> None:
        """See `Reply`."""
        await self._show(0, Page("Reading the articles …", (layout.section(self._sign),)))

    async def say(self, words: str) -> None:
        """See `Reply`. What comes too soon after an edit is shown with the next one."""
        self._words += words
        if time.monotonic() - self._edited >= EDIT_SECONDS:
            self._edited = time.monotonic()
            shown = layout.clipped(self._words, layout.LONGEST_TEXT)
            await self._show(0, Page(WRITING, ({"type": "markdown", "text": shown},)))

    async def finish(self, laid_out: LaidOut) -> None:
        """See `Reply`. Messages of an earlier answer that are too many are deleted."""
        wait = EDIT_SECONDS - (time.monotonic() - self._edited)
        if self._edited and wait > 0:
            await anyio.sleep(wait)
        pages = laid_out(False)
        for number, page in enumerate(pages):
            await self._show(number, page)
        surplus, self._messages = self._messages[len(pages) :], self._messages[: len(pages)]
        for ts in surplus:
            await removed(self._client, self._thread.channel, ts)
        if surplus:
            await self._noted(self._messages, False)

    async def _show(self, number: int, page: Page) -> None:
        await self._noted(self._messages, False)
        if number < len(self._messages) and await self._updated(self._messages[number], page):
            return
        await unbroken(self._posted(number, page))

    async def _posted(self, number: int, page: Page) -> None:
        replaced = self._messages[number : number + 1]
        self._messages[number : number + 1] = [await posted(self._client, self._thread, page)]
        await self._noted(self._messages, False)
        for ts in replaced:
            await removed(self._client, self._thread.channel, ts)

    async def _updated(self, ts: str, page: Page) -> bool:
        """False where Slack lets nobody edit the message any more: another takes its place."""
        try:
            await updated(self._client, self._thread.channel, ts, page)
        except SlackApiError as error:
            if code_of(error) not in FIXED:
                raise
            return False
        return True


class StreamedReply:
    """A status, then statements as they come, in a stream that ends with their quotes. Where the workspace or the
    channel does without either, it is an `EditedReply`."""

    def __init__(
        self, client: AsyncWebClient, thread: Thread, asked: str, user: str, user_team: str, noted: Noted
    ) -> None:
        """`asked` is the timestamp of the message that asked."""
        self._client = client
        self._thread = thread
        self._noted = noted
        self._asked = asked
        self._recipient = {"recipient_user_id": user, "recipient_team_id": user_team}
        self._stream: AsyncChatStream | None = None
        self._messages: list[str] = []
        self._words = ""
        self._full = False
        self._edited: EditedReply | None = None

    async def begin(self) -> None:
        """See `Reply`."""
        try:
            await self._client.assistant_threads_setStatus(
                channel_id=self._thread.channel, thread_ts=self._thread.ts, status=wording.READING
            )
        except FAILED as error:
            await self._without_streams(error)

    async def say(self, words: str) -> None:
        """See `Reply`. What is more than a stream takes is shown in the end, with all the rest."""
        if self._edited:
            await self._edited.say(words)
        elif len(self._words) + len(words) > LONGEST_STREAM:
            self._full = True
        elif not self._full:
            await self._append(words)

    async def finish(self, laid_out: LaidOut) -> None:
        """See `Reply`."""
        if self._stream is None:
            await (self._edited or self._edits()).finish(laid_out)
            return
        ts = str(self._stream.ts)
        first, *others = laid_out(True)
        whole = await self._stopped(() if self._full else first.blocks)
        if self._full or not whole:
            await self._edits(ts).finish(laid_out)
            return
        self._messages = [ts]
        await self._noted(self._messages, False)
        for page in others:
            await unbroken(self._post(page))

    async def _post(self, page: Page) -> None:
        self._messages.append(await posted(self._client, self._thread, page))
        await self._noted(self._messages, False)

    async def _append(self, words: str) -> None:
        stream = self._stream or await self._client.chat_stream(
            buffer_size=1, channel=self._thread.channel, thread_ts=self._thread.ts, **self._recipient
        )
        try:
            await unbroken(self._appended(stream, words))
        except FAILED as error:
            if code_of(error) == STOPPED:
                raise Stopped from error
            if stream.ts is None:
                await self._not_begun(error, words)
            elif code_of(error) in ENDED:
                self._edited = self._edits(stream.ts)
            elif trouble_of(error) is UNKNOWN:
                # Slack may have taken the words: they are not said again before all is shown.
                self._full = True
                return
            else:
                raise
            self._stream = None
            await self.say(words)
            return
        self._words += words

    async def _not_begun(self, error: Exception, words: str) -> None:
        """Where the connection broke, Slack may have begun the stream all the same: its message becomes the answer."""
        begun = None if isinstance(error, SlackApiError) else await self._begun_as(words)
        if begun is None:
            await self._without_streams(error)
            return
        await ended(self._client, self._thread.channel, begun)
        self._edited = self._edits(begun)

    async def _begun_as(self, words: str) -> str | None:
        try:
            told = await self._client.conversations_replies(
                channel=self._thread.channel, ts=self._thread.ts, oldest=self._asked, limit=100
            )
        except FAILED:
            return None
        wanted = _NO_LETTER.sub("", words)
        said = (each for each in told["messages"] if each.get("bot_id") and each["ts"] > self._asked)
        same = (each["ts"] for each in said if _NO_LETTER.sub("", each.get("text") or "").startswith(wanted))
        return next(same, None)

    async def _appended(self, stream: AsyncChatStream, words: str) -> None:
        await stream.append(markdown_text=words)
        if self._stream is None:
            self._stream = stream
            await self._noted([str(stream.ts)], True)

    async def _stopped(self, blocks: Sequence[Block]) -> bool:
        """Ends the stream with these below it; False where it had ended by itself."""
        assert self._stream is not None
        try:
            await self._stream.stop(blocks=list(blocks) or None)
        except SlackApiError as error:
            if code_of(error) == STOPPED:
                raise Stopped from error
            if code_of(error) not in ENDED:
                raise
            return False
        return True

    async def _without_streams(self, error: Exception) -> None:
        if code_of(error) not in WAITING_SIGNS and trouble_of(error) is not UNKNOWN:
            raise error
        self._edited = self._edits()
        await self._edited.begin()

    def _edits(self, *messages: str) -> EditedReply:
        return EditedReply(self._client, self._thread, self._noted, messages, words=self._words)


class PrivateReply:
    """For one person's eyes, by the address that Slack gave for answers to a command."""

    def __init__(self, webhook: AsyncWebhookClient) -> None:
        """`webhook` posts to that address."""
        self._webhook = webhook

    async def begin(self) -> None:
        """See `Reply`. The command was acknowledged with a sign already."""

    async def say(self, words: str) -> None:
        """See `Reply`. The address takes five messages: statements wait for the whole."""

    async def finish(self, laid_out: LaidOut) -> None:
        """See `Reply`."""
        pages = laid_out(False)
        left_out = (Page(wording.LEFT_OUT, (layout.note(wording.LEFT_OUT), *pages[-1].blocks)),)
        shown = pages if len(pages) <= MOST_RESPONSES else (*pages[: MOST_RESPONSES - 1], *left_out)
        for page in shown:
            told = await self._webhook.send(text=page.text, blocks=list(page.blocks), response_type="ephemeral")
            if told.status_code != OK:
                code = told.body if told.body.isidentifier() else "unknown"
                raise SlackApiError("The address takes no answer.", {"error": code})  # type: ignore[no-untyped-call]


async def updated(client: AsyncWebClient, channel: str, ts: str, page: Page) -> None:
    """Puts something else into a message."""
    await client.chat_update(channel=channel, ts=ts, text=page.text, blocks=list(page.blocks))


async def removed(client: AsyncWebClient, channel: str, ts: str) -> None:
    """Deletes a message; nothing where it is gone already."""
    try:
        await client.chat_delete(channel=channel, ts=ts)
    except SlackApiError as error:
        if code_of(error) != GONE:
            raise


async def ended(client: AsyncWebClient, channel: str, ts: str) -> None:
    """Ends a stream that somebody else began; nothing where it has ended."""
    try:
        await client.chat_stopStream(channel=channel, ts=ts)
    except SlackApiError as error:
        if code_of(error) not in ENDED:
            raise


async def posted(client: AsyncWebClient, thread: Thread, page: Page) -> str:
    """Posts a message in the thread; its timestamp."""
    return await _post(client, thread.channel, page, thread.ts)


async def begun(client: AsyncWebClient, channel: str, page: Page) -> str:
    """Posts a message outside of threads; its timestamp."""
    return await _post(client, channel, page, None)


async def direct(client: AsyncWebClient, user: str) -> str:
    """The channel of what is said to that person alone."""
    told = await client.conversations_open(users=user)
    return str(told["channel"]["id"])


async def _post(client: AsyncWebClient, channel: str, page: Page, thread_ts: str | None) -> str:
    told = await client.chat_postMessage(
        channel=channel,
        thread_ts=thread_ts,
        text=page.text,
        blocks=list(page.blocks),
        unfurl_links=False,
        unfurl_media=False,
    )
    return str(told["ts"])
