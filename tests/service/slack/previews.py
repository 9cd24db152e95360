"""Pictures of what the bot says, made of real answers: `python -m tests.service.slack.previews` writes them anew."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from playwright.sync_api import sync_playwright

from ingest.fetch import Fetcher
from ingest.settings import IngestSettings
from ingest.sources import read
from service.door import open_services
from service.http.app import create_app
from service.http.policy import Policy
from service.parcels import opened
from service.settings import ServiceSettings, SlackSettings
from service.slack.wiring import Seams, build_door
from service.store.database import store_in
from service.wiring import open_house
from tests.commands import ROOT
from tests.service.http.live import served
from tests.service.slack.bots import CHANNEL, PAGE, USER, Bot, Kept, owner_of
from tests.service.slack.events import Events
from tests.service.slack.preview import page
from tests.service.slack.records import Message, View
from tests.service.slack.sender import Sender
from tests.service.slack.state import BOT_TOKEN, SIGNING_SECRET
from tests.service.slack.workspace import Workspace

PICTURES = ROOT / "docs" / "slack"
ARTICLES = [
    ROOT / "eval" / "data" / "articles",
    *sorted((ROOT / "tests" / "browser" / "articles").glob("*kerki*.md")),
]
"""The last two tell different costs of one bridge."""
PEOPLE = {"U1": "Ada", "U2": "Grace"}
PHONE, DESK = 390, 700
SHARPNESS = {PHONE: 1.25, DESK: 1.2}
DAMS = "Why is Uzbekistan afraid of the dams upstream?"
Shown = Sequence[Message | View]


@dataclass(frozen=True)
class Scene:
    """What is shown in a picture, and how wide."""

    name: str
    width: int
    play: Callable[[Bot], Shown]


@contextmanager
def real_bot(slack: Workspace, data: Path) -> Iterator[Bot]:
    """The bot over the real articles and models, in the service; the answers are quotes."""
    settings = SlackSettings(bot_token=BOT_TOKEN, signing_secret=SIGNING_SECRET, api_url=slack.api_url, writers=(USER,))
    service, fetcher = ServiceSettings(llm="none", public_url=PAGE), Fetcher()
    with ExitStack() as stack:
        house = stack.enter_context(open_house(IngestSettings(data=data), service, "previews"))
        assert not house.corpus.ingest(read([str(path) for path in ARTICLES])).failures
        store = stack.enter_context(closing(store_in(data)))
        services = stack.enter_context(open_services(house, store, fetcher))
        seams = Seams(services.library, services.journal, store, partial(opened, fetcher=fetcher), owner_of)
        door = partial(build_door, settings, service, seams)
        address = stack.enter_context(served(create_app(replace(services, slack=door), Policy(keep_alive=0.1))))
        yield Bot(slack, Kept(), Sender(address), Events(slack))


def thread(bot: Bot, ts: str, replies: int = 1) -> list[Message]:
    """The messages of a thread once the bot has replied so often."""
    bot.answers(replies, thread=ts)
    return sorted((each for each in bot.slack.snapshot() if ts in (each.ts, each.thread_ts)), key=lambda each: each.ts)


def answered(bot: Bot) -> Shown:
    return thread(bot, bot.mention(DAMS))


def followed(bot: Bot) -> Shown:
    ts = bot.mention("How high would the Rogun dam be?")
    thread(bot, ts)
    bot.write("How long would it take to fill?", user="U2", thread=ts)
    return thread(bot, ts, 2)


def abstained(bot: Bot) -> Shown:
    return thread(bot, bot.mention("How many Russian soldiers are stationed at Kant?"))


def disputed(bot: Bot) -> Shown:
    return thread(bot, bot.mention("How much did the Kerki bridge cost?"))


def window(bot: Bot, question: str, action: str) -> Shown:
    """What a button under the answer opens."""
    answer = thread(bot, bot.mention(question))[-1]
    before = len(bot.slack.views)
    bot.act(bot.events.click(CHANNEL, answer.ts, action, USER))
    return bot.slack.wait_for(
        lambda: [each for each in bot.slack.views[before:] if "Fetching" not in str(each.view["blocks"])]
    )


def offered(bot: Bot) -> Shown:
    file = bot.slack.share("briefing.pdf", b"%PDF-1.7", "application/pdf")
    text = "<@UBOT> add this <https://example.org/2014/rogun-report>"
    for event in bot.events.mention(CHANNEL, USER, text, files=[file]):
        bot.tell(event)
    return thread(bot, str(event["event"]["ts"]))


def private(bot: Bot) -> Shown:
    bot.sender.command(bot.events.command("/dossier", "Who is the CSTO's press secretary?", USER, CHANNEL))
    return bot.slack.wait_for(
        lambda: [each for each in bot.slack.snapshot() if each.ephemeral_to and "confidence" in each.shown]
    )


SCENES = (
    Scene("answer", PHONE, answered),
    Scene("follow-up", DESK, followed),
    Scene("abstention", DESK, abstained),
    Scene("disagreement", DESK, disputed),
    Scene("evidence", DESK, lambda bot: window(bot, DAMS, "evidence")),
    Scene("feedback", PHONE, lambda bot: window(bot, DAMS, "rate:wrong")),
    Scene("add", PHONE, offered),
    Scene("private", PHONE, private),
)


def drawn() -> dict[str, tuple[int, str]]:
    """The pages of all scenes by their names, and how wide each is."""
    with Workspace() as slack, tempfile.TemporaryDirectory() as folder, real_bot(slack, Path(folder)) as bot:
        found = {scene.name: (scene.width, page(scene.play(bot), PEOPLE)) for scene in SCENES}
        assert slack.violations == [], slack.violations
    return found


def main() -> int:
    """Writes the pictures."""
    pages = drawn()
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or playwright.chromium.executable_path
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, (width, html) in pages.items():
            shown = browser.new_page(viewport={"width": width, "height": 200}, device_scale_factor=SHARPNESS[width])
            shown.set_content(html)
            shown.screenshot(path=PICTURES / f"{name}.png", full_page=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
