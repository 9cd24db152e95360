"""A corpus in a data folder that goes when it has been asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from eval.asking import Asking
from eval.errors import RunError
from ingest.documents import Document
from ingest.settings import IngestSettings, read_settings
from service.settings import ServiceSettings
from service.wiring import House, open_house


@contextmanager
def temporary_house(
    documents: Sequence[Document], mode: Asking, announce: Callable[[str], None] | None = None
) -> Iterator[House]:
    """Answers over the documents alone. Mode "quoted" loads no LLM, whatever the settings name.

    Raises: RunError when a document cannot be ingested, and what `open_house` raises.
    """
    service = read_settings(ServiceSettings, llm="none" if mode == "quoted" else None)
    with TemporaryDirectory(prefix="dossier-eval-") as folder:
        settings = read_settings(IngestSettings, data=Path(folder))
        with open_house(settings, service, "dossier eval", announce=announce) as house:
            report = house.corpus.ingest(documents)
            if report.failures:
                first = report.failures[0]
                raise RunError(f"{first.origin} could not be ingested: {first.reason}", "Mend the article.")
            yield house
