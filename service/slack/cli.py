"""The `dossier slack` command."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Coroutine
from functools import partial
from typing import Annotated, Any

import typer

from ingest.errors import SettingsError
from ingest.settings import IngestSettings, read_settings
from service.cli import Data, Llm
from service.settings import ServiceSettings, SlackSettings, unknown_settings

WHAT = "dossier slack"
WAIT_SECONDS = 5.0

app = typer.Typer(
    help="""Answer in Slack.

    Without a further command it connects by Socket Mode and answers until it is
    stopped: no address of yours need be reachable. Set

    \b
    DOSSIER_SLACK_APP_TOKEN   xapp-..., with the scope connections:write
    DOSSIER_SLACK_BOT_TOKEN   xoxb-..., of your workspace
    DOSSIER_PUBLIC_URL        where your readers reach the web page, for links

    Where `dossier serve` runs over the folder, the service answers. To have
    Slack send its requests to the service instead, set
    DOSSIER_SLACK_SIGNING_SECRET for `dossier serve`. docs/slack.md leads
    through both.
    """,
    invoke_without_command=True,
)
announce = partial(typer.echo, err=True)


@app.callback()
def slack(context: typer.Context, data: Data = None, llm: Llm = None) -> None:
    """Answers by Socket Mode, unless a further command is named; the help is the app's."""
    if context.invoked_subcommand is None:
        _run(data, llm)


@app.command()
def manifest(
    url: Annotated[
        str | None,
        typer.Option(metavar="https://...", help="Where Slack reaches `dossier serve`; left out, for Socket Mode."),
    ] = None,
) -> None:
    """Print the app's manifest, to be pasted where Slack makes an app of one."""
    from service.slack.manifest import manifest as made

    if url is not None and not url.startswith("https://"):
        raise SettingsError("Slack sends its requests to https addresses only.", "Write --url https://HOST.")
    typer.echo(made(url), nl=False)


@app.command()
def key() -> None:
    """Print a new key to encrypt the tokens of workspaces with, for DOSSIER_SLACK_TOKEN_KEY."""
    from service.slack.sealing import new_key

    typer.echo(new_key())


@app.command()
def reseal(data: Data = None) -> None:
    """Encrypt the kept tokens anew with the first key of DOSSIER_SLACK_TOKEN_KEY.

    To replace a key, set it to NEW,OLD, restart what runs, reseal, and leave the old one out.
    """
    from contextlib import closing

    from service.slack.installing import reseal as renew
    from service.store.database import store_of

    with closing(store_of(read_settings(IngestSettings, data=data))) as store:
        number = renew(read_settings(SlackSettings), store)
    typer.echo(f"{number} encrypted anew.")


def _run(data: Data, llm: Llm) -> None:
    from service.telemetry import configure_logging

    ingest, service = read_settings(IngestSettings, data=data), read_settings(ServiceSettings, llm=llm)
    slack = read_settings(SlackSettings)
    if slack.app_token is None or not (slack.bot_token or slack.by_many):
        raise SettingsError(
            "Socket Mode needs an app-level token and a bot token.",
            "Set DOSSIER_SLACK_APP_TOKEN and DOSSIER_SLACK_BOT_TOKEN; docs/slack.md tells where they are.",
        )
    configure_logging(service.log_level)
    for name in unknown_settings():
        announce(f"There is no setting {name}: it changes nothing.")
    asyncio.run(_until_stopped(_answer(ingest, service, slack, llm)))


async def _until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Does the work until SIGINT or SIGTERM, whatever it waits for then."""
    running = asyncio.ensure_future(work)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await running


async def _answer(ingest: IngestSettings, service: ServiceSettings, slack: SlackSettings, llm: str | None) -> None:
    from contextlib import AsyncExitStack, closing

    from ingest.fetch import Fetcher
    from service.answerlog import AnswerLog
    from service.http.desk import Desk
    from service.http.queue import Bounds
    from service.observing import ObservedAnswerer
    from service.parcels import opened
    from service.seams import open_seams
    from service.slack.parts import conversations_of
    from service.slack.socket import connected
    from service.slack.wiring import Seams, build_door
    from service.store.database import store_of
    from service.store.journal import Journal

    async with AsyncExitStack() as stack:
        found = stack.enter_context(open_seams(ingest, service, llm, WHAT, WAIT_SECONDS, announce))
        if slack.by_many and found.owner is not None:
            raise SettingsError(
                "Many workspaces cannot share the one key with which the running service is asked.",
                "Set DOSSIER_SLACK_SIGNING_SECRET for `dossier serve`, and let Slack send its requests there.",
            )
        if not await asyncio.to_thread(found.library.count):
            announce("There are no articles yet: every question will be told so. Add some with `dossier ingest PATH`.")
        store = stack.enter_context(closing(store_of(ingest)))
        fetcher = Fetcher(allow_private=ingest.allow_private_addresses)
        answerer = ObservedAnswerer(found.answerer, [AnswerLog(service.log_questions)])
        bounds = Bounds(at_once=service.ask_concurrency, waiting=service.queue)
        desk = Desk(answerer, bounds, keep_alive=0, grace=0)
        stack.push_async_callback(desk.close)

        def owner(team: str) -> str:
            return conversations_of(team) if found.owner is None else found.owner

        seams = Seams(found.library, Journal(store), store, partial(opened, fetcher=fetcher), owner)
        door = build_door(slack, service, seams, desk)
        await stack.enter_async_context(door.open())
        await stack.enter_async_context(connected(door, slack))
        announce("Connected to Slack. Ctrl-C stops it.")
        await asyncio.Event().wait()
