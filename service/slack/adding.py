"""Articles that people share in Slack with "add this": asked back first, then ingested and reported."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from anyio import to_thread
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from ingest.documents import Document, Failure
from ingest.errors import DossierError, SourceError
from ingest.hints import Hints
from ingest.records import Outcome
from service import parcels
from service.slack import layout
from service.slack.answering import notice
from service.slack.crew import Undone
from service.slack.files import fetched
from service.slack.incoming import Message, links
from service.slack.layout import Block, Page
from service.slack.parts import Parts
from service.slack.replies import posted, updated
from service.slack.troubles import FAILED, report
from service.slack.wording import facts
from service.store.jobs import Parcel
from service.store.slack_tasks import Task

CONFIRM = "add"
REFUSE = "add_not"
MOST = 10
MOST_READ = 100
"""So many articles are read of one link or file: each has a line in what is told of them."""
LONGEST_VALUE = 2000
log = structlog.get_logger(__name__)
_WANTED = re.compile(r"^\W*(?:please\W+)?(?:add|ingest|import|read in)\b", re.IGNORECASE)
_UPLOADED = re.compile(r"^upload:[0-9a-f]+/")
OFF = "Nobody may add articles from Slack: an administrator can allow it with DOSSIER_SLACK_WRITERS."
NOT_YOU = (
    "You may not add articles. An administrator can allow it with DOSSIER_SLACK_WRITERS: your id in Slack is {user}."
)
TOO_MANY = f"That is too much at once: share at most {MOST} links or files in a message."
DONE = {
    "new": "added",
    "changed": "a new version was added",
    "unchanged": "was there already",
    "duplicate": "added, a near-duplicate of another",
}


class Adding:
    """Lets the writers add articles."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def wanted(self, message: Message, text: str) -> bool:
        """Whether the message is not a question but brings articles."""
        return bool(_WANTED.match(text) and (links(message.text) or message.files))

    async def offer(self, client: AsyncWebClient, message: Message) -> None:
        """Asks whether these are to be added."""
        await posted(client, message.thread, self._offered(message))

    async def confirmed(self, client: AsyncWebClient, task: Task, again: bool) -> None:
        """Adds what was confirmed, and says in the same message what became of it."""
        body = task.body["told"]
        channel, ts = body["channel"]["id"], body["message"]["ts"]
        if body["user"]["id"] not in self._parts.writers:
            await client.chat_postEphemeral(
                channel=channel, user=body["user"]["id"], text=NOT_YOU.format(user=body["user"]["id"])
            )
            return
        await updated(client, channel, ts, notice("_Reading and adding …_"))
        value = body["actions"][0]["value"]
        try:
            page = await self._outcome(client, json.loads(value))
        except (DossierError, *FAILED) as error:
            log.warning("slack articles not added", error=type(error).__name__)
            await updated(client, channel, ts, _again(error, value))
            raise Undone from error
        await updated(client, channel, ts, page)

    async def _outcome(self, client: AsyncWebClient, wanted: Mapping[str, Sequence[str]]) -> Page:
        brought: list[Parcel | Failure] = [parcels.of_address(address) for address in wanted["links"]]
        for file in wanted["files"]:
            brought.append(await _file(client, file))
        return _report(await to_thread.run_sync(self._added, brought))

    def _offered(self, message: Message) -> Page:
        if not self._parts.writers:
            return notice(OFF)
        if message.user not in self._parts.writers:
            return notice(NOT_YOU.format(user=message.user))
        addresses, files = links(message.text), [file["id"] for file in message.files]
        value = json.dumps({"links": addresses, "files": files})
        if len(addresses) + len(files) > MOST or len(value) > LONGEST_VALUE:
            return notice(TOO_MANY)
        names = [*addresses, *(str(file.get("name") or "a file") for file in message.files)]
        blocks: list[Block] = [
            layout.paragraph(layout.text("Add these to the articles?", bold=True)),
            *layout.prose(*(layout.text(f"• {name}\n") for name in names)),
            layout.note("Whoever asks me is then answered from them too."),
            _choice(value),
        ]
        return Page("Add these to the articles?", tuple(blocks))

    def _added(self, brought: Sequence[Parcel | Failure]) -> Sequence[Outcome]:
        """One after another: together, what they unpack to might not fit into memory."""
        return [outcome for each in brought for outcome in self._parts.library.add(self._documents(each))]

    def _documents(self, brought: Parcel | Failure) -> list[Document | Failure]:
        return (
            list(parcels.capped(self._parts.opened(brought), MOST_READ)) if isinstance(brought, Parcel) else [brought]
        )


def _again(error: Exception, value: str) -> Page:
    why = str(error) if isinstance(error, DossierError) else "Slack did not answer well."
    words = f"Nothing was added yet. {why}"
    return Page(words, (layout.paragraph(layout.text(words)), _choice(value)))


def _choice(value: str) -> Block:
    return layout.buttons(
        layout.button(CONFIRM, "Add", value, style="primary"), layout.button(REFUSE, "Leave them", "no")
    )


def _became(outcome: Outcome) -> str:
    return DONE.get(outcome.status) or f"not added: {outcome.reason}"


async def left(client: AsyncWebClient, body: Mapping[str, Any]) -> None:
    """Takes the question back: nothing is to be added."""
    await updated(client, body["channel"]["id"], body["message"]["ts"], notice("Nothing was added."))


async def _file(client: AsyncWebClient, file: str) -> Parcel | Failure:
    name = file
    try:
        told = (await client.files_info(file=file))["file"]
        name = str(told.get("name") or file)
        data = await fetched(client, told)
    except SourceError as error:
        return Failure(name, error)
    except SlackApiError as error:
        trouble = report(error, "fetch a file")
        return Failure(name, SourceError("Slack does not give the file to the bot.", trouble.told or trouble.help))
    return parcels.of_upload(name, data, Hints())


def _report(outcomes: Sequence[Outcome]) -> Page:
    lines = [f"• {facts(_UPLOADED.sub('', each.origin), _became(each))}\n" for each in outcomes]
    blocks = layout.prose(*map(layout.text, lines)) if lines else [layout.section("There was nothing to add.")]
    return Page("This is what became of it.", tuple(blocks))
