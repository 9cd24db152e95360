"""The `dossier` command, and its answering commands: ask, chat, serve."""

from __future__ import annotations

import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from importlib.metadata import entry_points, version
from pathlib import Path
from types import FrameType
from typing import Annotated, Literal

import typer
from rich.console import Console

from ingest.errors import DossierError, ServiceError
from ingest.filters import Filters
from ingest.ownership import owner_of
from ingest.settings import IngestSettings, read_settings
from service.answerer import Answerer
from service.question import Question, Turn
from service.settings import ServiceSettings, SlackSettings

COMMANDS = "dossier.commands"
WAIT_SECONDS = 30.0

Data = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="Data folder (or DOSSIER_DATA).")]
Llm = Annotated[str | None, typer.Option(help="none, embedded, or a LangChain name such as openai:gpt-4o-mini.")]
Since = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="Only articles published then or later."),
]
Until = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="Only articles published then or earlier."),
]
AskedOn = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="As if asked that day; nothing published later answers."
    ),
]
Sources = Annotated[list[str] | None, typer.Option("--source", help="Only this source; can be repeated.")]
Authors = Annotated[list[str] | None, typer.Option("--author", help="Only this author; can be repeated.")]
Mode = Annotated[Literal["auto", "quoted"], typer.Option(help="quoted: the articles' own words, without an LLM.")]


def ask(
    question: Annotated[str, typer.Argument()],
    data: Data = None,
    since: Since = None,
    until: Until = None,
    source: Sources = None,
    author: Authors = None,
    asked_on: AskedOn = None,
    mode: Mode = "auto",
    llm: Llm = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer contract as JSON.")] = False,
) -> None:
    """Ask the articles a question."""
    from service.console import print_answer

    mode = "quoted" if llm == "none" else mode
    asked = Question(question, _filters(since, until, source, author), mode=mode, asked_on=_day(asked_on))
    with _answerer(data, llm, mode, "dossier ask") as answerer:
        answer = answerer.answer(asked)
    if as_json:
        sys.stdout.write(answer.model_dump_json(indent=1) + "\n")
    else:
        print_answer(Console(highlight=False), answer)


def chat(
    data: Data = None,
    since: Since = None,
    until: Until = None,
    source: Sources = None,
    author: Authors = None,
    asked_on: AskedOn = None,
    mode: Mode = "auto",
    llm: Llm = None,
) -> None:
    """Ask question after question; follow-ups are understood. An empty line or Ctrl-D ends it."""
    from service.console import print_answer

    console = Console(highlight=False)
    filters = _filters(since, until, source, author)
    mode = "quoted" if llm == "none" else mode
    turns: list[Turn] = []
    with _answerer(data, llm, mode, "dossier chat") as answerer:
        while line := _line(console):
            try:
                answer = answerer.answer(Question(line, filters, tuple(turns), mode=mode, asked_on=_day(asked_on)))
            except DossierError as error:
                print_error(error)
                continue
            print_answer(console, answer)
            turns.append(Turn(answer.standalone_question, answer.text))


def serve(
    data: Data = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on; beyond loopback only when asked.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = None,
    llm: Llm = None,
    allow_host: Annotated[
        list[str] | None, typer.Option(help="A further Host name to answer to, such as a proxy's; can be repeated.")
    ] = None,
) -> None:
    """Answer over HTTP, with a web page at / and the documentation at /docs.

    For others than yourself, put it behind a proxy that does TLS, make keys with
    `dossier keys create NAME`, and set

    \b
    DOSSIER_REQUIRE_KEYS=true       ask for keys (beyond loopback always)
    DOSSIER_ALLOW_HOSTS             the names that clients use
    DOSSIER_TRUSTED_PROXIES         the proxy's address
    DOSSIER_RATE_LIMIT              requests of one key, such as 600/minute
    DOSSIER_ASK_CONCURRENCY         questions worked on at once
    DOSSIER_QUEUE                   questions that may wait
    DOSSIER_LOG_LEVEL               INFO, WARNING or ERROR
    OTEL_EXPORTER_OTLP_ENDPOINT     a collector for traces
    DOSSIER_SLACK_SIGNING_SECRET    takes Slack's requests; docs/slack.md has the rest

    docs/deployment.md tells more, with files for systemd, Docker and nginx.
    """
    from service.serving import serve as run

    hosts = tuple(allow_host) if allow_host else None
    service = read_settings(ServiceSettings, host=host, port=port, llm=llm, allow_hosts=hosts)
    slack = read_settings(SlackSettings)
    signal.signal(signal.SIGTERM, _end)
    with _listening(service.host, service.port) as listener:
        run(read_settings(IngestSettings, data=data), service, listener, _announce, slack)


def main() -> None:
    """Runs the command named on the command line; only its own module is imported."""
    app = typer.Typer(
        help="Answers questions over your articles, every sentence proven.",
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        add_completion=False,
    )
    app.callback()(_top)
    commands = entry_points(group=COMMANDS)
    named = [entry for entry in commands if entry.name in sys.argv[1:2]]
    for entry in named or sorted(commands, key=lambda entry: entry.name):
        command = entry.load()
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=entry.name)
        else:
            app.command(entry.name)(command)
    sys.exit(_run(app))


def _print_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"dossier {version('dossier')}\n")
        raise typer.Exit


def _top(
    _: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Answers questions over your articles, every sentence proven by the exact characters that support it."""


def _run(app: typer.Typer) -> int:
    try:
        app(standalone_mode=True)
    except DossierError as error:
        print_error(error)
        return 1
    except KeyboardInterrupt:
        _announce("Stopped. What was done is kept; run the command again to go on.")
        return 130
    except BrokenPipeError:
        return 141
    except Exception as error:  # noqa: BLE001 - a user gets a sentence and a file to send, not a traceback
        with tempfile.NamedTemporaryFile("w", prefix="dossier-", suffix=".log", delete=False, encoding="utf-8") as log:
            traceback.print_exc(file=log)
        _announce(f"This is a fault of Dossier ({type(error).__name__}: {error}). The details are in {log.name}.")
        return 1
    return 0


@contextmanager
def _answerer(data: Path | None, llm: str | None, mode: str, what: str) -> Iterator[Answerer]:
    """The answerer of this process, or of the service that owns the data folder."""
    ingest = read_settings(IngestSettings, data=data)
    service = read_settings(ServiceSettings, llm="none" if mode == "quoted" else llm)
    owner = owner_of(ingest)
    if owner and owner.url:
        from service.remote import RemoteAnswerer

        if llm and mode == "auto":
            _announce(f"The service at {owner.url} answers, with its own LLM: --llm {llm} has no effect.")
        remote = RemoteAnswerer(owner.url, key=ingest.api_key)
        try:
            yield remote
        finally:
            remote.close()
        return
    from service.wiring import open_house

    with open_house(ingest, service, what, wait=WAIT_SECONDS, announce=_announce) as house:
        yield house.answerer


def _end(number: int, frame: FrameType | None) -> None:
    """Ends the process by way of its clean-up; the default would leave the data folder as after a crash."""
    sys.exit(0)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        raise ServiceError(
            f"The service cannot listen on {host}:{port} ({error.strerror or error}).",
            "Choose another address with --host or another port with --port.",
        ) from error
    with listener:
        yield listener


def _filters(
    since: datetime | None, until: datetime | None, sources: Sequence[str] | None, authors: Sequence[str] | None
) -> Filters:
    return Filters(_day(since), _day(until), tuple(sources or ()), tuple(authors or ()))


def _day(given: datetime | None) -> date | None:
    return given and given.date()


def _line(console: Console) -> str:
    try:
        return console.input("\n[bold]?[/] ").strip()
    except EOFError:
        console.print()
        return ""


def _announce(message: str) -> None:
    from ingest.console import escape

    Console(stderr=True, highlight=False, soft_wrap=True).print(escape(message), style="dim")


def print_error(error: DossierError) -> None:
    """Says on standard error what happened and what to do."""
    from ingest.console import escape

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(f"[red]{escape(error.message)}[/]")
    if error.help:
        console.print(escape(error.help))


if __name__ == "__main__":
    main()
