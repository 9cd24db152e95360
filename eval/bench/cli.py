"""`dossier bench`: measures how fast articles go in and answers come out."""

from __future__ import annotations

import typer

from eval.bench.commands.ask import ask
from eval.bench.commands.growth import growth
from eval.bench.commands.http import http
from eval.bench.commands.ingest import ingest
from eval.bench.commands.limits import limits
from eval.bench.commands.load import load
from eval.bench.commands.peers import peers
from eval.bench.commands.slack import slack
from eval.bench.commands.soak import soak

app = typer.Typer(no_args_is_help=True, help="Measure how fast articles go in and answers come out.")
for command in (ingest, ask, http, load, slack, peers, limits, growth, soak):
    app.command()(command)
