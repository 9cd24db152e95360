"""The catalog: the truth about articles and passages. Vectors and full text are derived from it.

An article is admitted (`pending`: stored, not yet searchable), then published (`live`, after its vectors are
stored). Publishing a version supersedes the others of its key: they keep their text for old citations and lose their
passages. What must still leave the vector index is written down in the same transaction (`stale_vectors`).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import URL, Connection, delete, select, update

from ingest import statements, stories
from ingest.article import Article, Passage
from ingest.database import Database
from ingest.engines import adding, file_url, replacing
from ingest.fulltext import Row
from ingest.rows import article_row, chunks, passage_row
from ingest.shelf import Shelf
from ingest.tables import articles, bands, facts, origins, passages, stale_vectors

HEAD = "0002"
GENERATION = "generation"
FILE = "catalog.sqlite"


@dataclass(frozen=True, slots=True)
class Admission:
    """What became of an article that was offered. `pending` says that it waits to be embedded and published;
    a duplicate that is pending tells the same story as an earlier article, one that is not equals it."""

    status: Literal["new", "changed", "unchanged", "duplicate"]
    article_id: str
    pending: bool = False


class Catalog(Shelf):
    """The catalog in one database. Safe to use from several threads.

    Raises StorageError when the disk is full, the file is damaged or the server is away, NewerFolder on opening what a
    newer version wrote.
    """

    def __init__(self, url: URL) -> None:
        super().__init__(Database(url, Path(__file__).with_name("migrations"), HEAD))

    def close(self) -> None:
        """Closes the database."""
        self.database.close()

    def alone(self, wait: bool = True) -> AbstractContextManager[bool]:
        """While it lasts, nobody else changes what is derived from this catalog; waits for them, or says at once
        that it is not alone."""
        return self.database.alone(wait)

    # What was seen before

    def seen(self, origin: str, fingerprint: str) -> str | None:
        """The article that came from this very document, or None when it is new or has changed.

        None too for a copy whose twin has changed since: it must be admitted in its own name.
        """
        document = {"origin": origin, "fingerprint": fingerprint}
        with self.database.reading() as connection:
            return connection.execute(statements.SEEN, document).scalar()

    def admit(
        self, article: Article, found: Sequence[Passage], signature: stories.Signature, fingerprint: str
    ) -> Admission:
        """Stores an article as pending, with its passages, in one transaction; says when it is known already."""
        with self.database.writing() as connection:
            admission = self._known(connection, article) or self._insert(connection, article, found, signature)
            self._outdate(connection, article, admission)
            row = {"origin": article.origin, "fingerprint": fingerprint, "article_id": admission.article_id}
            connection.execute(replacing(connection, origins), row)
        return admission

    # From pending to live

    def pending(self) -> list[str]:
        """The articles that are admitted but not live, in the order of their admission."""
        query = select(articles.c.id).where(articles.c.state == "pending").order_by(articles.c.sequence)
        with self.database.reading() as connection:
            return list(connection.execute(query).scalars())

    def waiting(self) -> list[tuple[str, int]]:
        """The same with the number of their passages."""
        with self.database.reading() as connection:
            return [(row.id, row.passages) for row in connection.execute(statements.PENDING)]

    def publish(self, *article_ids: str) -> None:
        """Makes those of the articles live that still wait for it, and their other versions superseded, in one
        transaction."""
        with self.database.writing() as connection:
            for chunk in chunks(article_ids):
                waiting = {row.id: row.key for row in connection.execute(statements.WAITING, {"ids": chunk})}
                if waiting:
                    self._publish(connection, waiting)

    def disown(self, passage_ids: Sequence[str]) -> None:
        """Those of the passages that were withdrawn while they were embedded: their vectors must be deleted."""
        with self.database.writing() as connection:
            for chunk in chunks(passage_ids):
                kept = set(connection.execute(statements.KEPT, {"ids": chunk}).scalars())
                _mark_stale(connection, [passage_id for passage_id in chunk if passage_id not in kept])

    def stale(self, limit: int = 5000) -> list[str]:
        """Passages whose vectors must be deleted."""
        with self.database.reading() as connection:
            return list(connection.execute(select(stale_vectors.c.passage_id).limit(limit)).scalars())

    def forget_stale(self, passage_ids: Sequence[str]) -> None:
        """Their vectors are gone."""
        with self.database.writing() as connection:
            for chunk in chunks(passage_ids):
                connection.execute(delete(stale_vectors).where(stale_vectors.c.passage_id.in_(chunk)))
            # Until now they took the places of others among the nearest.
            _begin_generation(connection)

    def remove(self, article_id: str) -> bool:
        """Deletes every version of the article, its text too; False when there is none."""
        with self.database.writing() as connection:
            key = select(articles.c.key).where(articles.c.id == article_id).scalar_subquery()
            ids = connection.execute(select(articles.c.id).where(articles.c.key == key)).scalars().all()
            self._withdraw(connection, ids)
            connection.execute(delete(articles).where(articles.c.id.in_(ids)))
            self.full_text.purge(connection)
        self.database.empty_log()
        return bool(ids)

    # Full text

    def reindex(self) -> None:
        """Builds the full-text index anew, in one transaction."""
        live = self.live_articles()
        with self.database.writing() as connection:
            self.full_text.clear(connection)
            for chunk in chunks(live):
                self.full_text.add(connection, _full_text_rows(connection, chunk))

    def full_text_gaps(self) -> tuple[int, int, int]:
        """How many live passages the full-text index lacks, how many it has that are not live, how many differ."""
        query = select(passages.c.number).join(articles).where(articles.c.state == "live")
        with self.database.reading() as connection:
            wanted = set(connection.execute(query).scalars())
            there = self.full_text.numbers(connection)
            differing = self.full_text.differing(connection)
        return len(wanted - there), len(there - wanted), differing

    # Facts about the folder

    def fact(self, name: str) -> str | None:
        """A fact about the data folder, such as which vector index is in use."""
        with self.database.reading() as connection:
            return connection.execute(select(facts.c.value).where(facts.c.name == name)).scalar()

    def set_fact(self, name: str, value: str) -> None:
        """Keeps a fact."""
        with self.database.writing() as connection:
            _set_fact(connection, name, value)

    def settle(self, name: str, value: str) -> str:
        """Keeps a fact that nobody has kept yet; what it is then."""
        with self.database.writing() as connection:
            connection.execute(adding(connection, facts), {"name": name, "value": value})
            return str(connection.execute(select(facts.c.value).where(facts.c.name == name)).scalar_one())

    def generation(self) -> str:
        """Another one whenever what may answer has changed."""
        return self.fact(GENERATION) or ""

    def _known(self, connection: Connection, article: Article) -> Admission | None:
        rows = connection.execute(statements.SAME_TEXT, {"content_hash": article.content_hash}).all()
        for row in rows:
            if row.key == article.key:
                return Admission("unchanged", row.id)
        twins = [row.id for row in rows if row.url is None and article.url is None]
        return Admission("duplicate", twins[0]) if twins else None

    def _outdate(self, connection: Connection, article: Article, admission: Admission) -> None:
        """Versions that were replaced before they were searchable never will be; a copy replaces the live one too."""
        copied = admission.status == "duplicate" and not admission.pending
        states = ["pending", "live"] if copied else ["pending"]
        mine = {"key": article.key, "id": admission.article_id, "states": states}
        self._withdraw(connection, connection.execute(statements.OTHERS, mine).scalars().all())

    def _insert(
        self, connection: Connection, article: Article, found: Sequence[Passage], signature: stories.Signature
    ) -> Admission:
        last = connection.execute(statements.LAST, {"key": article.key}).one()
        keys = stories.bands(signature)
        retold = None if last[0] else self._same_story(connection, keys, signature)
        story = last[1] or retold or article.id
        version = (last[0] or 0) + 1
        if last[0]:  # else there is no such article yet to come back
            self._withdraw(connection, [article.id])
        sequence = (connection.execute(statements.LAST_SEQUENCE).scalar() or 0) + 1
        row = article_row(article) | {
            "version": version,
            "story": story,
            "signature": stories.pack(signature),
            "sequence": sequence,
        }
        connection.execute(replacing(connection, articles), row)
        connection.execute(statements.ADD_PASSAGES, [passage_row(passage) for passage in found])
        connection.execute(statements.NOT_STALE, [{"id": passage.id} for passage in found])
        connection.execute(adding(connection, bands), [{"band": key, "article_id": article.id} for key in keys])
        return Admission("changed" if last[0] else "duplicate" if retold else "new", article.id, pending=True)

    def _same_story(self, connection: Connection, keys: Sequence[str], signature: stories.Signature) -> str | None:
        tellings = connection.execute(statements.TELLINGS, {"bands": keys})
        return stories.nearest(signature, [(row.story, row.signature) for row in tellings])

    def _publish(self, connection: Connection, waiting: Mapping[str, str]) -> None:
        ids = list(waiting)
        others = connection.execute(statements.REPLACED, {"keys": list(set(waiting.values())), "ids": ids})
        self._withdraw(connection, others.scalars().all())
        self.full_text.add(connection, _full_text_rows(connection, ids))
        connection.execute(update(articles).where(articles.c.id.in_(ids)).values(state="live"))
        _begin_generation(connection)

    def _withdraw(self, connection: Connection, ids: Iterable[str]) -> None:
        for article_id in ids:
            mine = passages.c.article_id == article_id
            rows = connection.execute(select(passages.c.number, passages.c.id).where(mine)).all()
            self.full_text.remove(connection, [row.number for row in rows])
            _mark_stale(connection, [row.id for row in rows])
            connection.execute(delete(passages).where(mine))
            connection.execute(update(articles).where(articles.c.id == article_id).values(state="superseded"))
            _begin_generation(connection)


def _begin_generation(connection: Connection) -> None:
    _set_fact(connection, GENERATION, uuid.uuid4().hex)


def _set_fact(connection: Connection, name: str, value: str) -> None:
    connection.execute(replacing(connection, facts), {"name": name, "value": value})


def _mark_stale(connection: Connection, passage_ids: Sequence[str]) -> None:
    if passage_ids:
        rows = [{"passage_id": passage_id} for passage_id in passage_ids]
        connection.execute(adding(connection, stale_vectors), rows)


def _full_text_rows(connection: Connection, article_ids: Sequence[str]) -> list[Row]:
    return [
        Row(row["number"], row["title"], row["heading"], row["text"][row["start"] : row["end"]])
        for row in connection.execute(statements.INDEXED, {"ids": article_ids}).mappings()
    ]


def catalog_in(folder: Path) -> Catalog:
    """The catalog of a data folder, which must exist."""
    return Catalog(file_url(folder / FILE))
