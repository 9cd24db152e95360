"""What is common to a Dossier service, whichever of its doors is measured."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from threading import Lock
from time import sleep
from typing import ClassVar, TypeVar

from pydantic import SecretStr

from eval.claims import Claim
from eval.systems import Ability
from ingest.article import Article
from ingest.errors import DossierError
from ingest.records import ArticleRecord
from ingest.remote import RemoteLibrary
from service.question import Question
from service.reading import Judgement

WAITS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between the attempts where a service is busy."""

T = TypeVar("T")


class Served:
    """The half of `eval.systems.System` that does not depend on the door: the articles that the service holds.

    They are taken to stay the same: the list is read once, and each article once.
    """

    abilities: frozenset[Ability] = frozenset(["answer"])
    models: Mapping[str, str] = {}
    threshold: ClassVar[float | None] = None

    def __init__(self, url: str, key: SecretStr | None) -> None:
        """`key` is for a service that asks for one."""
        self.url = url.rstrip("/").removesuffix("/v1")
        self._library = RemoteLibrary(self.url, key=key)
        self._lock = Lock()
        self._records: Mapping[str, Sequence[ArticleRecord]] | None = None
        self._articles: dict[str, Article | None] = {}

    def close(self) -> None:
        """Closes the connections."""
        self._library.close()

    def rank(self, question: Question) -> list[str]:
        """It does not."""
        raise NotImplementedError

    def judge(self, claim: Claim) -> tuple[Judgement, tuple[str, ...]]:
        """It does not."""
        raise NotImplementedError

    def article(self, article_id: str) -> Article | None:
        """See `System`."""
        with self._lock:
            if article_id not in self._articles:
                record = self._library.article(article_id)
                self._articles[article_id] = _article(record) if record else None
            return self._articles[article_id]

    def known_as(self, article: Article) -> str | None:
        """See `System`. Where the service read it from elsewhere, it is known by its address or title and its text."""
        named = self._named()
        same_id = (record for record in named.get(article.id, ()) if record.id == article.id)
        alike = chain(named.get(article.url or article.title, ()), named.get(article.title, ()))
        same_text = (record for record in alike if self._says(record, article.text))
        return next((record.id for record in chain(same_id, same_text)), None)

    def _named(self) -> Mapping[str, Sequence[ArticleRecord]]:
        """The articles by id, address and title."""
        with self._lock:
            if self._records is None:
                named = defaultdict(list)
                live = (each for each in self._library.articles(0, sys.maxsize, None) if each.state == "live")
                for record in live:
                    for name in {record.id, record.url or record.title, record.title}:
                        named[name].append(record)
                self._records = dict(named)
            return self._records

    def _says(self, record: ArticleRecord, text: str) -> bool:
        """Whether it has that text; that of another length is not fetched."""
        found = self.article(record.id) if record.characters == len(text) else None
        return found is not None and found.text == text


def patiently(ask: Callable[[], T]) -> T:
    """What it gives, tried again after a while as long as the service says that it is busy."""
    for seconds in WAITS:
        try:
            return ask()
        except DossierError as error:
            if not error.retryable:
                raise
        sleep(seconds)
    return ask()


def _article(record: ArticleRecord) -> Article:
    return Article(
        text=record.text or "",
        title=record.title,
        url=record.url,
        source=record.source,
        author=record.author,
        published=record.published,
        updated=record.updated,
        origin=record.key,
    )
