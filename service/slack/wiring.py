"""Puts the parts of the bot together: the only place of this room that does."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp

from ingest.library import Library
from service.jobs import Open
from service.settings import ServiceSettings, SlackSettings
from service.slack.app import listen
from service.slack.bot import Bot
from service.slack.door import Door
from service.slack.links import Links
from service.slack.manifest import BOT_SCOPES
from service.slack.parts import Asking, Parts
from service.slack.workspaces import InstalledWorkspaces, OneWorkspace, Workspaces, client_of
from service.store.database import Store
from service.store.journal import Journal
from service.store.slack_tasks import LEASE_SECONDS, SlackTasks
from service.store.slack_threads import SlackThreads

NAME = "dossier"


@dataclass(frozen=True, slots=True)
class Seams:
    """What the bot has in common with the other doors; see `Parts`."""

    library: Library
    journal: Journal
    store: Store
    opened: Open
    owner: Callable[[str], str]
    lease: float = LEASE_SECONDS


def build_door(slack: SlackSettings, service: ServiceSettings, seams: Seams, asking: Asking) -> Door:
    """The door for Slack, closed yet; `asking` answers the questions.

    Raises: SettingsError for a key to the tokens that is none.
    """
    parts = Parts(
        asking=asking,
        library=seams.library,
        journal=seams.journal,
        threads=SlackThreads(seams.store),
        tasks=SlackTasks(seams.store, seams.lease),
        owner=seams.owner,
        opened=seams.opened,
        links=Links(service.public_url),
        listening=slack.listen,
        writers=frozenset(slack.writers),
        at_once=service.ask_concurrency,
    )
    app, workspaces = _app(slack, seams.store)
    bot = Bot(parts, workspaces)
    listen(app, bot, parts, workspaces)
    return Door(app, bot.crew)


def _app(slack: SlackSettings, store: Store) -> tuple[AsyncApp, Workspaces]:
    secret = slack.signing_secret.get_secret_value() if slack.signing_secret else ""
    token = slack.bot_token.get_secret_value() if slack.bot_token else None
    client = client_of(token, slack.api_url)
    # Bolt's own lines repeat what people wrote.
    logger = logging.getLogger("slack_bolt")
    if not slack.by_many:
        app = AsyncApp(name=NAME, logger=logger, signing_secret=secret, client=client, process_before_response=True)
        return app, OneWorkspace(client)
    from service.slack.installing import oauth_settings

    settings = oauth_settings(slack, store, BOT_SCOPES)
    app = AsyncApp(
        name=NAME,
        logger=logger,
        signing_secret=secret,
        client=client,
        oauth_settings=settings,
        process_before_response=True,
    )
    return app, InstalledWorkspaces(settings.installation_store, slack.api_url)
