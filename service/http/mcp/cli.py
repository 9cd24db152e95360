"""The `dossier mcp` command."""

from __future__ import annotations

import signal
import sys
from functools import partial

import typer

from ingest.settings import IngestSettings, read_settings
from service.cli import Data, Llm
from service.seams import open_seams
from service.settings import ServiceSettings

WHAT = "dossier mcp"
WAIT_SECONDS = 5.0
"""For a folder in use: a client gives up on a server that is long in coming."""

announce = partial(typer.echo, err=True)


def mcp(data: Data = None, llm: Llm = None) -> None:
    """Answer MCP clients over standard input and output.

    The tools are ask, search and get_article. A client starts the command by itself, and is told to like this:

    \b
    {"mcpServers": {"dossier": {"command": "dossier",
      "args": ["mcp", "--data", "/home/me/dossier"]}}}

    Name the folder in full: clients start the command anywhere.

    Where `dossier serve` runs over the folder, the service answers, and any number
    of clients can ask. Otherwise the folder is this command's own until its client
    ends it.
    """
    from service.http.desk import Desk
    from service.http.mcp.server import build_server
    from service.http.mcp.stdio import run
    from service.http.mcp.tools import Tools
    from service.http.queue import Bounds
    from service.telemetry import configure_logging

    configure_logging()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    ingest, service = read_settings(IngestSettings, data=data), read_settings(ServiceSettings, llm=llm)
    with open_seams(ingest, service, llm, WHAT, WAIT_SECONDS, announce) as seams:
        desk = Desk(seams.answerer, Bounds(), keep_alive=0, grace=0)
        run(build_server(Tools(desk, seams.library, seams.passages)))
