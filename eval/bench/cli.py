"""`dossier bench`: measures how fast articles go in and answers come out."""

from __future__ import annotations

import typer

from eval.bench.commands.ask import ask
from eval.bench.commands.http import http
from eval.bench.commands.ingest import ingest
from eval.bench.commands.load import load
from eval.bench.commands.peers import peers
from eval.bench.commands.slack import slack

app = typer.Typer(no_args_is_help=True, help="Measure how fast articles go in and answers come out.")
for command in (ingest, ask, http, load, slack, peers):
    app.command()(command)
