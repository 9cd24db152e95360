"""Puts the parts of the bot together: the only place of this room that does."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from slack_bolt.async_app import AsyncApp

from ingest.library import Library
from service.jobs import Open
from service.settings import ServiceSettings, SlackSettings
from service.slack.app import listen
from service.slack.bot import Bot
from service.slack.client import client_of
from service.slack.door import Door
from service.slack.links import Links
from service.slack.manifest import BOT_SCOPES
from service.slack.parts import Asking, Parts
from service.slack.workspaces import InstalledWorkspaces, OneWorkspace, Workspaces, trusting
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
    app, workspaces = _app(slack, service, seams.store)
    bot = Bot(parts, workspaces)
    listen(app, bot, parts, workspaces)
    return Door(app, bot.crew)


def _app(slack: SlackSettings, service: ServiceSettings, store: Store) -> tuple[AsyncApp, Workspaces]:
    made = partial(
        AsyncApp,
        name=NAME,
        logger=logging.getLogger("slack_bolt"),
        signing_secret=slack.signing_secret.get_secret_value() if slack.signing_secret else "",
        process_before_response=True,
    )
    if not slack.by_many:
        token = slack.bot_token.get_secret_value() if slack.bot_token else None
        client = client_of(token, slack.api_url)
        return made(client=client_of(None, slack.api_url), authorize=trusting(token)), OneWorkspace(client)
    from service.slack.installing import oauth_flow

    flow = oauth_flow(slack, store, BOT_SCOPES, service.public_url)
    app = made(oauth_flow=flow)
    app.enable_token_revocation_listeners()
    return app, InstalledWorkspaces(flow.settings.installation_store, slack.api_url)
