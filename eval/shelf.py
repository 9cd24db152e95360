"""The articles that cases speak of, by the names the cases use."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from eval.errors import CaseError
from ingest.article import Article, Span
from ingest.documents import Document, Failure
from ingest.errors import SourceError
from ingest.extract import extract
from ingest.sources import read


class Place(NamedTuple):
    """A stretch of characters of the article version `article_id`."""

    article_id: str
    span: Span

    def overlaps(self, other: Place) -> bool:
        """Whether the two share at least one character."""
        return self.article_id == other.article_id and max(self.span.start, other.span.start) < min(
            self.span.end, other.span.end
        )


@dataclass(frozen=True, slots=True)
class Shelf:
    """Articles by name. `documents` are what they were extracted from, ready for a corpus."""

    articles: Mapping[str, Article]
    documents: Sequence[Document] = ()

    @classmethod
    def of(cls, documents: Mapping[str, Document]) -> Shelf:
        """The articles of documents by name. Raises: CaseError when one gives no article."""
        articles: dict[str, Article] = {}
        for name, document in documents.items():
            try:
                articles[name] = extract(document).article
            except SourceError as error:
                raise _unusable(document.origin, error) from error
        return cls(MappingProxyType(articles), tuple(documents.values()))

    def narrowed(self, names: Collection[str]) -> Shelf:
        """The articles of these names alone."""
        kept = {name: article for name, article in self.articles.items() if name in names}
        origins = {article.origin for article in kept.values()}
        return Shelf(MappingProxyType(kept), tuple(each for each in self.documents if each.origin in origins))

    def places(self, name: str, quote: str) -> list[Place]:
        """Everywhere the article called `name` says `quote`. Raises KeyError for an unknown name."""
        article = self.articles[name]
        found = []
        start = article.text.find(quote)
        while start >= 0:
            found.append(Place(article.id, Span(start, start + len(quote))))
            start = article.text.find(quote, start + 1)
        return found


EMPTY = Shelf(MappingProxyType({}))


def read_shelf(folder: Path) -> Shelf:
    """Every article of a folder, each named by its path below it.

    Raises: CaseError when the folder is empty or one of its files gives no article.
    """
    root = folder.expanduser().resolve()
    documents: dict[str, Document] = {}
    for item in read([str(root)]):
        if isinstance(item, Failure):
            raise _unusable(item.origin, item.error)
        documents[_name(item.origin, root)] = item
    if not documents:
        raise CaseError(f"There are no articles in {root}.", "Give the folder of the articles the cases speak of.")
    return Shelf.of(documents)


def _name(origin: str, root: Path) -> str:
    path = Path(origin)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else origin


def _unusable(origin: str, error: SourceError) -> CaseError:
    return CaseError(f"{origin}: {error.message}", error.help or "Mend the article or take it away.")
