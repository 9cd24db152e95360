"""`dossier keys`: makes, lists and revokes API keys."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ingest.settings import IngestSettings, read_settings
from ingest.troubles import explain
from service.store.keys import SCOPES, Keyring

app = typer.Typer(
    no_args_is_help=True, help="Make, list and revoke the API keys that a service asks for beyond loopback."
)

Data = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="Data folder (or DOSSIER_DATA).")]


def _known(given: list[str] | None) -> list[str] | None:
    """Typer takes no list of literals."""
    unknown = sorted(set(given or ()) - set(SCOPES))
    if unknown:
        raise typer.BadParameter(f"{unknown[0]!r} is none of {', '.join(SCOPES)}.")
    return given


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Who or what the key is for.")],
    data: Data = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(
            metavar="|".join(SCOPES),
            callback=_known,
            help="ask: questions and reading; write: articles; admin: all, and metrics. Can be repeated.",
        ),
    ] = None,
) -> None:
    """Make a key. It is printed now and never again; the service knows it at once."""
    if not name.strip():
        raise typer.BadParameter("A key needs a name.")
    with _keyring(data) as keyring:
        scopes = [each for each in SCOPES if each in (scope or ["ask"])]
        key, presented = keyring.create(name.strip(), scopes)
    sys.stdout.write(presented + "\n")
    Console(stderr=True, highlight=False).print(
        f"Key {key.id} is good for {', '.join(key.scopes)}. Keep it: it is not shown again.", style="dim"
    )


@app.command("list")
def list_keys(
    data: Data = None, as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False
) -> None:
    """List the keys, without what their holders send."""
    with _keyring(data) as keyring:
        keys = keyring.all()
    if as_json:
        sys.stdout.write(json.dumps([asdict(key) for key in keys], indent=1) + "\n")
        return
    table = Table("id", "name", "scopes", "created", "revoked", box=None, header_style="dim")
    for key in keys:
        table.add_row(key.id, _plain(key.name), " ".join(key.scopes), key.created[:16], (key.revoked or "")[:16])
    Console(highlight=False).print(table)


@app.command()
def revoke(key_id: Annotated[str, typer.Argument(metavar="ID")], data: Data = None) -> None:
    """Revoke a key. The service refuses it from its next request on."""
    with _keyring(data) as keyring:
        keyring.revoke(key_id)
    sys.stdout.write(f"{key_id} is revoked\n")


@contextmanager
def _keyring(data: Path | None) -> Iterator[Keyring]:
    """The keys of a data folder, which is made when it is missing; a running service shares them."""
    from service.store.database import store_of

    settings = read_settings(IngestSettings, data=data)
    folder = settings.folder
    try:
        if not settings.shared:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise explain(folder, error.strerror or str(error)) from error
    with closing(store_of(settings)) as store:
        yield Keyring(store)


def _plain(text: str) -> str:
    from ingest.console import escape

    return escape(text)
