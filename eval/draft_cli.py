"""`dossier eval draft`: helps a user to make cases from their own articles."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from eval.terminal import advancing, announce, errors, reported

if TYPE_CHECKING:
    from eval.cases import Case
    from eval.drafting.store import Store
    from eval.shelf import Shelf
    from service.models import LanguageModel

COUNT = 25
NO_MODEL = (
    "Rules word the questions: they find the plain ones only. A strong language model finds more and words them "
    "better: --llm openai:gpt-4o-mini, for example."
)

Folder = Annotated[Path, typer.Argument(help="Folder of your articles.", metavar="FOLDER")]
Out = Annotated[
    Path | None, typer.Option("--out", help="JSONL file to add to; cases.jsonl beside the folder unless given.")
]
Count = Annotated[int, typer.Option("--count", min=1, help="How many cases to propose at most.")]
Llm = Annotated[
    str | None,
    typer.Option(
        "--llm", help="Who words the questions: none (rules), or a LangChain name such as openai:gpt-4o-mini."
    ),
]


def draft(folder: Folder, out: Out = None, count: Count = COUNT, llm: Llm = None) -> None:
    """Propose questions with gold quotes from your articles, for you to accept or edit.

    On a terminal each is shown in its context; what you accept is added to the file at once, so you may stop whenever
    you like and go on later. Elsewhere all are added, tagged as drafts. One in five is a near miss: a question that the
    articles should not answer.
    """
    with reported():
        from eval.draft import propose
        from eval.drafting.store import Store
        from eval.shelf import read_shelf

        shelf = read_shelf(folder)
        store = Store.open(out or folder.expanduser().resolve().parent / "cases.jsonl", shelf, folder)
        model = _model(llm)
        try:
            proposals = propose(shelf, count, model, store.earlier)
            added = _reviewed(proposals, shelf, store) if _on_terminal() else _written(proposals, count, store)
        finally:
            if model:
                model.close()
        _conclude(added, store, shelf)


def _model(name: str | None) -> LanguageModel | None:
    """The model of `--llm` or of the settings, None where rules do better."""
    from ingest.settings import read_settings
    from service.models import build_model
    from service.settings import ServiceSettings

    settings = read_settings(ServiceSettings, llm=name)
    if settings.llm in ("none", "embedded"):
        if settings.llm == "embedded":
            announce("The embedded language model is too small to word questions.")
        announce(NO_MODEL)
        return None
    return build_model(settings.llm, settings.llm_base_url, settings.llm_api_key, settings.llm_timeout)


def _on_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _reviewed(proposals: Iterable[Case], shelf: Shelf, store: Store) -> int:
    from rich.console import Console

    from eval.draft_review import review

    reviewed = review(proposals, Console(highlight=False), shelf, store.append)
    announce(f"{reviewed.accepted} accepted, {reviewed.skipped} skipped.")
    return reviewed.accepted + reviewed.skipped + reviewed.stopped


def _written(proposals: Iterable[Case], count: int, store: Store) -> int:
    written = 0
    with advancing("drafting", count) as progress:
        for case in proposals:
            store.append(case)
            written += 1
            progress(1)
    if written:
        announce(f"{written} drafts added. Read each in {store.path}, mend it, and take the tag `draft` away.")
    return written


def _conclude(found: int, store: Store, shelf: Shelf) -> None:
    from eval.errors import RunError

    if not found and not store.earlier:
        raise RunError(f"Nothing to ask about was found in {len(shelf.articles)} articles.", NO_MODEL)
    if not found:
        announce("Nothing new was found: what can be asked is in the file already.")
    if store.path.exists():
        errors().print(Text(str(store.path), style="bold"))
