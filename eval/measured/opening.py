"""Opens what is to be measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Literal

from eval.asking import Asking
from eval.dataset import Dataset
from eval.errors import RunError
from eval.systems import System
from ingest.settings import IngestSettings, read_settings

if TYPE_CHECKING:
    from eval.measured.openai import OpenAISystem
    from eval.measured.service import ServiceSystem

Kind = Literal["dossier", "cosine", "bm25"]
Door = Literal["ask", "openai"]
Announce = Callable[[str], None]


@contextmanager
def open_system(
    dataset: Dataset,
    kind: Kind,
    mode: Asking,
    url: str | None = None,
    door: Door = "ask",
    announce: Announce | None = None,
) -> Iterator[System]:
    """Dossier or a baseline over the articles of a set, or the service at `url` through one of its doors.

    Raises: RunError when a service is to be a baseline, and what opening a corpus or reaching a service raises.
    """
    if url is not None:
        if kind != "dossier":
            raise RunError(f"The service at {url} is no {kind}.", "Leave --system or --url out.")
        with closing(_service(url, door, mode)) as served:
            yield served
    elif kind == "bm25":
        from eval.measured.bm25 import Bm25System

        yield Bm25System(dataset.shelf)
    else:
        with _over(dataset, kind, mode, announce) as system:
            yield system


def _service(url: str, door: Door, mode: Asking) -> ServiceSystem | OpenAISystem:
    from eval.measured.openai import OpenAISystem
    from eval.measured.service import ServiceSystem

    key = read_settings(IngestSettings).api_key
    return ServiceSystem(url, mode, key) if door == "ask" else OpenAISystem(url, mode, key=key)


@contextmanager
def _over(dataset: Dataset, kind: Kind, mode: Asking, announce: Announce | None) -> Iterator[System]:
    from eval.corpora import house_over
    from eval.measured.cosine import CosineSystem
    from eval.measured.house import HouseSystem

    with house_over(dataset, mode, announce) as house:
        yield HouseSystem(house, dataset.shelf) if kind == "dossier" else CosineSystem(house.corpus, dataset.shelf)
