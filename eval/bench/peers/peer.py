"""What is compared: something that makes articles searchable in a folder, and finds them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from eval.shelf import Shelf
from ingest.article import Article

PIECES = 10
"""How many pieces of articles are fetched for a question: as many as this project reads."""
DEPTH = 60
"""How many are fetched to rank articles by."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer in words, and whether it names a source that there is."""

    text: str
    cited: bool


class Index(Protocol):
    """The articles of one folder, made searchable."""

    def add(self, shelf: Shelf) -> None:
        """Makes them searchable, all at once."""

    def pieces(self) -> Sequence[str]:
        """The text of each piece that they were cut into, as the embedding model got it."""

    def find(self, question: str) -> Sequence[str]:
        """The ids of the articles of the `PIECES` best pieces, best first, an article as often as its pieces are."""

    def rank(self, question: str) -> Sequence[str]:
        """The ids of the articles of the `DEPTH` best pieces, in the same way."""

    def answer(self, question: str) -> Said | None:
        """What it says with the embedded LLM; None where only its search is compared."""


class Peer(Protocol):
    """A way to search articles, its models loaded."""

    name: str

    def opened(self, folder: Path) -> AbstractContextManager[Index]:
        """An empty index that is kept in the folder."""


def titled(article: Article) -> str:
    """The article's text under its title, which the embedding model is to see too."""
    return f"{article.title}\n\n{article.text}" if article.title else article.text


def metadata(article: Article) -> Mapping[str, str]:
    """What is kept with each of an article's pieces, as this project keeps it."""
    known = {"source": article.source, "url": article.url, "published": article.published}
    return {"article_id": article.id} | {name: str(value) for name, value in known.items() if value}
