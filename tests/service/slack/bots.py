"""The bot behind the real service over loopback: Slack's signed requests in, its Web API out."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from service.answer import Answer, Citation, Closest, Statement
from service.http.app import create_app
from service.http.policy import Policy
from service.http.queue import Bounds
from service.parcels import opened
from service.question import Question
from service.recording import RecordingAnswerer
from service.settings import ServiceSettings, SlackSettings
from service.slack.wiring import Seams, build_door
from tests.service.http.doubles import House, MemoryLibrary, ScriptedAnswerer, answer_to, nowhere
from tests.service.http.live import served
from tests.service.slack.events import Events
from tests.service.slack.records import Json, Message
from tests.service.slack.sender import Delivery, Sender
from tests.service.slack.state import BOT_TOKEN, SIGNING_SECRET
from tests.service.slack.workspace import Workspace

PAGE = "https://dossier.example"
MENTION = "<@UBOT>"
CHANNEL, USER = "C1", "U1"


def owner_of(team: str) -> str:
    return f"slack:{team}"


def answering(question: Question) -> Answer:
    """An answer of one quote, with an id of its own."""
    return answer_to(question).model_copy(update={"id": uuid.uuid4().hex})


def saying(*quotes: str, **more: Any) -> Callable[[Question], Answer]:
    """Answers of these quotes, each a statement."""

    def reply(question: Question) -> Answer:
        template = answer_to(question)
        known = template.citations[0].model_dump()
        citations = [
            Citation(**{**known, "number": number, "start": 0, "end": len(quote), "quote": quote})
            for number, quote in enumerate(quotes, start=1)
        ]
        statements = [
            Statement(text=quote, citations=(number,), verdict="quoted", support=1.0)
            for number, quote in enumerate(quotes, start=1)
        ]
        update = {"id": uuid.uuid4().hex, "statements": tuple(statements), "citations": tuple(citations), **more}
        return template.model_copy(update={**update, "text": " ".join(each.marked for each in statements)})

    return reply


def abstaining(reason: str = "The articles do not say.", *near: str) -> Callable[[Question], Answer]:
    """Answers that are none."""

    def reply(question: Question) -> Answer:
        closest = [Closest(article_id="a1", title="Near", start=0, end=len(each), quote=each) for each in near]
        nothing = {"status": "abstained", "statements": (), "citations": (), "as_of": None, "confidence": 0.1}
        more = {"id": uuid.uuid4().hex, "text": reason, "reason": reason, "closest": tuple(closest)}
        return answer_to(question).model_copy(update={**nothing, **more})

    return reply


@dataclass
class Kept:
    """What outlives a process: the store, the articles, and the script of the answers."""

    house: House = field(default_factory=House)

    @property
    def answerer(self) -> ScriptedAnswerer:
        return self.house.answerer

    @property
    def library(self) -> MemoryLibrary:
        return self.house.library

    @property
    def asked(self) -> list[str]:
        """The questions that were worked on, in their order."""
        return [question.text for question in self.answerer.asked]


@dataclass(frozen=True)
class Bot:
    """A running bot, and the people who speak to it."""

    slack: Workspace
    kept: Kept
    sender: Sender
    events: Events

    def mention(self, text: str, channel: str = CHANNEL, user: str = USER, thread: str | None = None) -> str:
        """Somebody mentions the bot; the timestamp of the message."""
        _, message = events = self.events.mention(channel, user, f"{MENTION} {text}", thread)
        for event in events:
            self.tell(event)
        return str(message["event"]["ts"])

    def write(self, text: str, channel: str = CHANNEL, user: str = USER, thread: str | None = None) -> str:
        """Somebody writes a message; its timestamp."""
        event = self.events.message(channel, user, text, thread)
        self.tell(event)
        return str(event["event"]["ts"])

    def tell(self, event: Json) -> Delivery:
        """Slack delivers an event, and the bot takes it."""
        delivery = self.sender.event(event)
        assert delivery.status == 200, delivery
        return delivery

    def act(self, payload: Json) -> Delivery:
        """Slack delivers an interaction, and the bot takes it."""
        delivery = self.sender.interaction(payload)
        assert delivery.status == 200, delivery
        return delivery

    def answers(self, number: int = 1, channel: str = CHANNEL, thread: str | None = None) -> list[Message]:
        """The bot's finished messages, once there are so many."""

        def finished() -> list[Message]:
            found = [
                each
                for each in self.slack.posted(channel, thread)
                if not each.streaming
                and "Reading the articles" not in each.shown
                and all(block["type"] != "markdown" for block in each.blocks)
            ]
            return found if len(found) >= number else []

        return self.slack.wait_for(finished)

    def answer(self, channel: str = CHANNEL, thread: str | None = None) -> Message:
        """The bot's one message, once it is finished."""
        (found,) = self.answers(1, channel, thread)
        return found


@contextmanager
def running(slack: Workspace, kept: Kept | None = None, **settings: Any) -> Iterator[Bot]:
    """A bot in a process of its own, as far as it can tell; it is stopped as the service is."""
    kept = kept or Kept()
    lease = settings.pop("lease", 20.0)
    given: dict[str, Any] = {"bot_token": BOT_TOKEN, "signing_secret": SIGNING_SECRET, "api_url": slack.api_url}
    chosen = SlackSettings(**{**given, **settings})
    house = kept.house
    seams = Seams(house.library, house.journal, house.store, partial(opened, fetcher=nowhere()), owner_of, lease)
    door = partial(build_door, chosen, ServiceSettings(public_url=PAGE), seams)
    services = replace(house.services, answerer=RecordingAnswerer(house.answerer, house.journal), slack=door)
    with ExitStack() as stack:
        app = create_app(services, Policy(bounds=Bounds(at_once=2, waiting=4)))
        address = stack.enter_context(served(app))
        yield Bot(slack, kept, Sender(address), Events(slack))


def quotes(message: Message) -> Sequence[str]:
    """What the message shows as quotations."""
    found = []
    for block in message.blocks:
        for part in block.get("elements", []):
            if part.get("type") == "rich_text_quote":
                found.append("".join(element["text"] for element in part["elements"]))
    return found
