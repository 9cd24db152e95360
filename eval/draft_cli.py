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
FromJournal = Annotated[
    Path | None,
    typer.Option("--from-journal", metavar="DIR", help="Take what readers thought of answers, from this data folder."),
]


def draft(
    folder: Folder, out: Out = None, count: Count = COUNT, llm: Llm = None, from_journal: FromJournal = None
) -> None:
    """Propose questions with gold quotes from your articles, for you to accept or edit.

    On a terminal each is shown in its context; what you accept is added to the file at once, so you may stop whenever
    you like and go on later. Elsewhere all are added, tagged as drafts. One in five is a near miss: a question that the
    articles should not answer. With --from-journal the questions are those that readers gave feedback on; cited
    articles that the folder does not have are written into it.
    """
    with reported():
        path = out or folder.expanduser().resolve().parent / "cases.jsonl"
        if from_journal:
            _from_journal(from_journal, folder, path, count)
        else:
            _from_articles(folder, path, count, llm)


def _from_articles(folder: Path, path: Path, count: int, llm: str | None) -> None:
    from eval.draft import propose
    from eval.drafting.store import Store
    from eval.shelf import read_shelf

    shelf = read_shelf(folder)
    store = Store.open(path, shelf, folder)
    model = _model(llm)
    try:
        proposals = propose(shelf, count, model, store.earlier)
        added = _reviewed(proposals, shelf, store) if _on_terminal() else _written(proposals, count, store)
    finally:
        if model:
            model.close()
    _conclude(added, store, shelf)


def _from_journal(data: Path, folder: Path, path: Path, count: int) -> None:
    """What only a person can complete is written as a draft on a terminal too."""
    from eval.draft_journal import read_judged, shelve
    from eval.drafting.store import Store
    from ingest.cli import open_library
    from ingest.settings import IngestSettings, read_settings

    settings = read_settings(IngestSettings, data=data)
    answers = read_judged(settings)
    with open_library(settings, "eval draft") as library:
        drafting = shelve(answers, library, folder.expanduser().resolve())
    store = Store.open(path, drafting.shelf, folder)
    cases = list(drafting.cases(count, store.earlier))
    ready = [case for case in cases if case.expected] if _on_terminal() else []
    added = _written([case for case in cases if case not in ready], len(cases), store)
    if ready:
        added += _reviewed(ready, drafting.shelf, store)
    _conclude(added, store, drafting.shelf)


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
