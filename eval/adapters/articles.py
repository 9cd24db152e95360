"""Articles of a set on their way to its shelf."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType

from eval.cases import Gold
from eval.shelf import Shelf
from ingest.article import Article
from ingest.documents import Document
from ingest.errors import SourceError
from ingest.extract import extract
from ingest.text import normalise


class Articles:
    """Builds a shelf. An article's name is its origin too, so that its id is the same wherever the set lies.

    Articles with the same content are one, as they are in a corpus. `unusable` counts those that no corpus would take.
    """

    def __init__(self) -> None:
        self.unusable = 0
        self._articles: dict[str, Article] = {}
        self._documents: list[Document] = []
        self._names: dict[str, str] = {}

    def add(self, name: str, text: str, *, title: str = "", url: str = "", published: str = "") -> str | None:
        """The name under which the article stands; None when no corpus would take it, such as for want of text.

        Where other content already has `name`, a suffix tells them apart.
        """
        fields = {"text": text, "title": title, "url": url, "published": published}
        data = json.dumps({key: value for key, value in fields.items() if value}, sort_keys=True).encode("ascii")
        document = Document(name, "record", data)
        try:
            article = extract(document).article
        except SourceError:
            self.unusable += 1
            return None
        content = article.content_hash
        if content not in self._names:
            free = name if name not in self._articles else f"{name}@{content[:8]}"
            self._names[content] = free
            self._articles[free] = replace(article, origin=free)
            self._documents.append(replace(document, origin=free))
        return self._names[content]

    def gold(self, name: str, sentences: Iterable[str]) -> tuple[Gold, ...]:
        """Those of the sentences that stand in the article as it is stored, each once."""
        text = self._articles[name].text
        quotes = dict.fromkeys(map(normalise, sentences))
        return tuple(Gold(article=name, quote=quote) for quote in quotes if quote and quote in text)

    def shelf(self) -> Shelf:
        """All of them."""
        return Shelf(MappingProxyType(self._articles), tuple(self._documents))

    def remark(self) -> str:
        """What a reader must know of those left out; empty when there are none."""
        return f" {self.unusable} of its texts make no article and are left out." if self.unusable else ""
