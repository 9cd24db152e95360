"""The catalog: the truth about articles and passages. Vectors and full text are derived from it.

An article is admitted (`pending`: stored, not yet searchable), then published (`live`, after its vectors are
stored). Publishing a version supersedes the others of its key: they keep their text for old citations and lose their
passages. What must still leave the vector index is written down in the same transaction (`stale_vectors`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, Select, delete, func, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from ingest import lexical, stories
from ingest.article import Article, Passage, Span
from ingest.database import Database
from ingest.filters import Filters
from ingest.records import ArticleRecord
from ingest.tables import articles, bands, facts, origins, passages, stale_vectors

HEAD = "0001"
FILE = "catalog.sqlite"
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Admission:
    """What became of an article that was offered. `pending` says that it waits to be embedded and published;
    a duplicate that is pending tells the same story as an earlier article, one that is not equals it."""

    status: Literal["new", "changed", "unchanged", "duplicate"]
    article_id: str
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """A passage with its article, as the catalog holds them. `number` is shared with the full-text index."""

    number: int
    passage: Passage
    article: Article
    story: str


class Catalog:
    """The catalog in one data folder. Safe to use from several threads.

    Raises StorageError when the disk is full or the file is damaged, NewerFolder on opening a newer version's file.
    """

    def __init__(self, folder: Path) -> None:
        self.database = Database(folder / FILE, Path(__file__).with_name("migrations"), HEAD)

    def close(self) -> None:
        """Closes the database."""
        self.database.close()

    # What was seen before

    def seen(self, origin: str, fingerprint: str) -> str | None:
        """The article that came from this very document, or None when it is new or has changed.

        None too for a copy whose twin has changed since: it must be admitted in its own name.
        """
        query = (
            select(origins.c.article_id)
            .join(articles)
            .where(origins.c.origin == origin, origins.c.fingerprint == fingerprint)
            .where(or_(articles.c.state != "superseded", articles.c.url.is_not(None)))
        )
        with self.database.reading() as connection:
            return connection.execute(query).scalar()

    def admit(
        self, article: Article, found: Sequence[Passage], signature: stories.Signature, fingerprint: str
    ) -> Admission:
        """Stores an article as pending, with its passages, in one transaction; says when it is known already."""
        with self.database.writing() as connection:
            admission = self._known(connection, article) or self._insert(connection, article, found, signature)
            self._outdate(connection, article, admission)
            row = {"origin": article.origin, "fingerprint": fingerprint, "article_id": admission.article_id}
            changed = {"fingerprint": fingerprint, "article_id": admission.article_id}
            connection.execute(upsert(origins).values(row).on_conflict_do_update(["origin"], set_=changed))
        return admission

    # From pending to live

    def pending(self) -> list[str]:
        """The articles that are admitted but not live, in the order of their admission."""
        query = select(articles.c.id).where(articles.c.state == "pending").order_by(articles.c.ingested_at, _rowid())
        with self.database.reading() as connection:
            return list(connection.execute(query).scalars())

    def publish(self, article_id: str) -> None:
        """Makes an article live, and its other versions superseded, in one transaction."""
        with self.database.writing() as connection:
            row = connection.execute(select(articles).where(articles.c.id == article_id)).mappings().first()
            if row is None or row["state"] != "pending":
                return
            others = select(articles.c.id).where(articles.c.key == row["key"], articles.c.id != article_id)
            self._withdraw(connection, connection.execute(others).scalars().all(), "superseded")
            lexical.add(connection, _full_text_rows(connection, [article_id]))
            connection.execute(update(articles).where(articles.c.id == article_id).values(state="live"))

    def disown(self, passage_ids: Sequence[str]) -> None:
        """Those of the passages that were withdrawn while they were embedded: their vectors must be deleted."""
        with self.database.writing() as connection:
            for chunk in _chunks(passage_ids):
                kept = set(connection.execute(select(passages.c.id).where(passages.c.id.in_(chunk))).scalars())
                _mark_stale(connection, [passage_id for passage_id in chunk if passage_id not in kept])

    def stale(self, limit: int = 5000) -> list[str]:
        """Passages whose vectors must be deleted."""
        with self.database.reading() as connection:
            return list(connection.execute(select(stale_vectors.c.passage_id).limit(limit)).scalars())

    def forget_stale(self, passage_ids: Sequence[str]) -> None:
        """Their vectors are gone."""
        with self.database.writing() as connection:
            for chunk in _chunks(passage_ids):
                connection.execute(delete(stale_vectors).where(stale_vectors.c.passage_id.in_(chunk)))

    def remove(self, article_id: str) -> bool:
        """Deletes every version of the article, its text too; False when there is none."""
        with self.database.writing() as connection:
            key = select(articles.c.key).where(articles.c.id == article_id).scalar_subquery()
            ids = connection.execute(select(articles.c.id).where(articles.c.key == key)).scalars().all()
            self._withdraw(connection, ids, "superseded")
            connection.execute(delete(articles).where(articles.c.id.in_(ids)))
            lexical.purge(connection)
        self.database.empty_log()
        return bool(ids)

    # Looking things up

    def article(self, article_id: str) -> Article | None:
        """Any kept version."""
        with self.database.reading() as connection:
            row = connection.execute(select(articles).where(articles.c.id == article_id)).mappings().first()
        return _article(row) if row else None

    def record(self, article_id: str) -> ArticleRecord | None:
        """Any kept version with its text, as listed."""
        with self.database.reading() as connection:
            row = connection.execute(select(articles).where(articles.c.id == article_id)).mappings().first()
        return _record(row, row["text"]) if row else None

    def records(self, offset: int, limit: int, query: str | None = None) -> list[ArticleRecord]:
        """The newest version of each article, newest publication first; `query` narrows by title, source, address."""
        wanted = _newest(_listed().order_by(articles.c.published.desc(), articles.c.title, articles.c.id), query)
        with self.database.reading() as connection:
            return [_record(row) for row in connection.execute(wanted.offset(offset).limit(limit)).mappings()]

    def versions(self, article_id: str) -> list[ArticleRecord]:
        """All kept versions of the article, oldest first."""
        key = select(articles.c.key).where(articles.c.id == article_id).scalar_subquery()
        wanted = _listed().where(articles.c.key == key).order_by(articles.c.version)
        with self.database.reading() as connection:
            return [_record(row) for row in connection.execute(wanted).mappings()]

    def count(self, query: str | None = None) -> int:
        """Articles, each counted once whatever its versions."""
        with self.database.reading() as connection:
            return int(connection.execute(_newest(select(func.count(articles.c.key.distinct())), query)).scalar_one())

    def passage_count(self, state: str) -> int:
        """Passages of the articles in this state."""
        query = select(func.count()).select_from(passages.join(articles)).where(articles.c.state == state)
        with self.database.reading() as connection:
            return int(connection.execute(query).scalar_one())

    def of_articles(self, article_ids: Sequence[str]) -> list[Stored]:
        """Every passage of the articles, in the order asked for."""
        found = self._stored(passages.c.article_id, article_ids)
        place = {article_id: index for index, article_id in enumerate(article_ids)}
        return sorted(found, key=lambda stored: (place[stored.passage.article_id], stored.passage.ordinal))

    def live(self, passage_ids: Sequence[str]) -> dict[str, Stored]:
        """Those of the passages that may be shown, by id."""
        found = self._stored(passages.c.id, passage_ids, state="live")
        return {stored.passage.id: stored for stored in found}

    def live_ids(self) -> list[str]:
        """The passages that may be shown, in the order they came."""
        query = select(passages.c.id).join(articles).where(articles.c.state == "live").order_by(passages.c.number)
        with self.database.reading() as connection:
            return list(connection.execute(query).scalars())

    def live_articles(self) -> list[str]:
        """The articles that may be shown, in the order they came."""
        query = select(articles.c.id).where(articles.c.state == "live").order_by(articles.c.ingested_at, _rowid())
        with self.database.reading() as connection:
            return list(connection.execute(query).scalars())

    def resolve(self, filters: Filters) -> Filters:
        """The filters with each source and author replaced by the stored spellings (casefolded) that contain it."""
        with self.database.reading() as connection:
            return Filters(
                since=filters.since,
                until=filters.until,
                sources=_spellings(connection, articles.c.source_key, filters.sources),
                authors=_spellings(connection, articles.c.author_key, filters.authors),
            )

    def search(self, question: str, filters: Filters, limit: int) -> list[tuple[str, float]]:
        """Live passages by bm25 as (id, score), greatest first. `filters` are resolved."""
        condition, parameters = _condition(filters)
        with self.database.reading() as connection:
            return lexical.search(connection, question, condition, parameters, limit)

    # Full text

    def reindex(self) -> None:
        """Builds the full-text index anew, in one transaction."""
        live = self.live_articles()
        with self.database.writing() as connection:
            lexical.clear(connection)
            for chunk in _chunks(live):
                lexical.add(connection, _full_text_rows(connection, chunk))

    def full_text_gaps(self) -> tuple[int, int, int]:
        """How many live passages the full-text index lacks, how many it has that are not live, how many differ."""
        query = select(passages.c.number).join(articles).where(articles.c.state == "live")
        with self.database.reading() as connection:
            wanted = set(connection.execute(query).scalars())
            there = lexical.numbers(connection)
            differing = lexical.differing(connection, "articles.state = 'live'")
        return len(wanted - there), len(there - wanted), differing

    # Facts about the folder

    def fact(self, name: str) -> str | None:
        """A fact about the data folder, such as which vector index is in use."""
        with self.database.reading() as connection:
            return connection.execute(select(facts.c.value).where(facts.c.name == name)).scalar()

    def set_fact(self, name: str, value: str) -> None:
        """Keeps a fact."""
        with self.database.writing() as connection:
            connection.execute(
                upsert(facts).values(name=name, value=value).on_conflict_do_update(["name"], set_={"value": value})
            )

    def _known(self, connection: Connection, article: Article) -> Admission | None:
        same = select(articles.c.id, articles.c.key, articles.c.state, articles.c.url).where(
            articles.c.content_hash == article.content_hash, articles.c.state != "superseded"
        )
        rows = connection.execute(same).all()
        for row in rows:
            if row.key == article.key:
                return Admission("unchanged", row.id)
        twins = [row.id for row in rows if row.url is None and article.url is None]
        return Admission("duplicate", twins[0]) if twins else None

    def _outdate(self, connection: Connection, article: Article, admission: Admission) -> None:
        """Versions that were replaced before they were searchable never will be; a copy replaces the live one too."""
        copied = admission.status == "duplicate" and not admission.pending
        others = select(articles.c.id).where(
            articles.c.key == article.key,
            articles.c.id != admission.article_id,
            articles.c.state.in_(("pending", "live") if copied else ("pending",)),
        )
        self._withdraw(connection, connection.execute(others).scalars().all(), "superseded")

    def _insert(
        self, connection: Connection, article: Article, found: Sequence[Passage], signature: stories.Signature
    ) -> Admission:
        last = connection.execute(
            select(func.max(articles.c.version), func.max(articles.c.story)).where(articles.c.key == article.key)
        ).one()
        keys = stories.bands(signature)
        retold = None if last[0] else self._same_story(connection, keys, signature)
        story = last[1] or retold or article.id
        version = (last[0] or 0) + 1
        self._withdraw(connection, [article.id], "superseded")
        row = _row(article) | {"version": version, "story": story, "signature": stories.pack(signature)}
        connection.execute(upsert(articles).values(row).on_conflict_do_update(["id"], set_=row))
        connection.execute(insert(passages), [_passage_row(passage) for passage in found])
        for chunk in _chunks([passage.id for passage in found]):
            connection.execute(delete(stale_vectors).where(stale_vectors.c.passage_id.in_(chunk)))
        connection.execute(
            upsert(bands).on_conflict_do_nothing(), [{"band": key, "article_id": article.id} for key in keys]
        )
        return Admission("changed" if last[0] else "duplicate" if retold else "new", article.id, pending=True)

    def _same_story(self, connection: Connection, keys: Sequence[str], signature: stories.Signature) -> str | None:
        query = (
            select(articles.c.story, articles.c.signature)
            .distinct()
            .join(bands, bands.c.article_id == articles.c.id)
            .where(bands.c.band.in_(keys), articles.c.state != "superseded")
        )
        return stories.nearest(signature, [(row.story, row.signature) for row in connection.execute(query)])

    def _withdraw(self, connection: Connection, ids: Iterable[str], state: str) -> None:
        for article_id in ids:
            mine = passages.c.article_id == article_id
            rows = connection.execute(select(passages.c.number, passages.c.id).where(mine)).all()
            lexical.remove(connection, [row.number for row in rows])
            _mark_stale(connection, [row.id for row in rows])
            connection.execute(delete(passages).where(mine))
            connection.execute(update(articles).where(articles.c.id == article_id).values(state=state))

    def _stored(self, column: Any, values: Sequence[str], state: str | None = None) -> list[Stored]:
        found: list[Stored] = []
        with self.database.reading() as connection:
            for chunk in _chunks(values):
                query = select(passages).join(articles).where(column.in_(chunk))
                if state:
                    query = query.where(articles.c.state == state)
                rows = connection.execute(query).mappings().all()
                ids = {row["article_id"] for row in rows}
                owners = connection.execute(select(articles).where(articles.c.id.in_(ids))).mappings().all()
                by_id = {row["id"]: (_article(row), row["story"]) for row in owners}
                found += [Stored(row["number"], _passage(row), *by_id[row["article_id"]]) for row in rows]
        return found


def _rowid() -> Any:
    from sqlalchemy import literal_column

    return literal_column("articles.rowid")


def _mark_stale(connection: Connection, passage_ids: Sequence[str]) -> None:
    if passage_ids:
        rows = [{"passage_id": passage_id} for passage_id in passage_ids]
        connection.execute(upsert(stale_vectors).on_conflict_do_nothing(), rows)


def _row(article: Article) -> dict[str, object]:
    return {
        "id": article.id,
        "key": article.key,
        "state": "pending",
        "origin": article.origin,
        "title": article.title,
        "url": article.url,
        "source": article.source,
        "source_key": article.source.casefold() if article.source else None,
        "author": article.author,
        "author_key": article.author.casefold() if article.author else None,
        "published": article.published,
        "updated": article.updated,
        "text": article.text,
        "content_hash": article.content_hash,
        "ingested_at": datetime.now(UTC).replace(tzinfo=None),
    }


def _article(row: RowMapping) -> Article:
    names = ("text", "title", "url", "source", "author", "published", "updated", "origin")
    return Article(**{name: row[name] for name in names})


def _passage_row(passage: Passage) -> dict[str, object]:
    return {
        "id": passage.id,
        "article_id": passage.article_id,
        "ordinal": passage.ordinal,
        "start": passage.span.start,
        "end": passage.span.end,
        "heading": passage.heading,
        "sentences": json.dumps([edge for sentence in passage.sentences for edge in sentence]),
    }


def _passage(row: RowMapping) -> Passage:
    edges = json.loads(row["sentences"])
    sentences = tuple(Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True))
    return Passage(row["article_id"], row["ordinal"], Span(row["start"], row["end"]), sentences, row["heading"])


def _listed() -> Select[Any]:
    columns = [column for column in articles.c if column.name not in {"text", "signature"}]
    return select(*columns, func.length(articles.c.text).label("characters"))


def _record(row: RowMapping, text: str | None = None) -> ArticleRecord:
    names = ("id", "key", "title", "url", "source", "author", "published", "updated", "state", "story", "version")
    characters = len(text) if text is not None else row["characters"]
    when = row["ingested_at"].replace(tzinfo=UTC)
    return ArticleRecord(**{name: row[name] for name in names}, ingested_at=when, characters=characters, text=text)


def _newest(query: Select[Any], words: str | None) -> Select[Any]:
    query = query.where(articles.c.state != "superseded")
    if words:
        named = (articles.c.title, articles.c.source, articles.c.key)
        query = query.where(or_(*(func.instr(func.casefold(column), words.casefold()) > 0 for column in named)))
    return query


def _full_text_rows(connection: Connection, article_ids: Sequence[str]) -> list[tuple[int, str, str | None, str]]:
    query = select(passages, articles.c.title, articles.c.text).join(articles).where(articles.c.id.in_(article_ids))
    return [
        (row["number"], row["title"], row["heading"], row["text"][row["start"] : row["end"]])
        for row in connection.execute(query).mappings()
    ]


def _spellings(connection: Connection, column: Any, names: Sequence[str]) -> tuple[str, ...]:
    found: list[str] = []
    for name in names:
        query = select(column).distinct().where(func.instr(column, name.casefold()) > 0).order_by(column)
        found += connection.execute(query).scalars().all() or [name.casefold()]
    return tuple(dict.fromkeys(found))


def _condition(filters: Filters) -> tuple[str, dict[str, object]]:
    clauses = ["articles.state = 'live'"]
    parameters: dict[str, object] = {}
    for name, sign, value in (("since", ">=", filters.since), ("until", "<=", filters.until)):
        if value:
            clauses.append(f"articles.published {sign} :{name}")
            parameters[name] = value.isoformat()
    for column, values in (("source_key", filters.sources), ("author_key", filters.authors)):
        if values:
            names = [f"{column}_{index}" for index in range(len(values))]
            clauses.append(f"articles.{column} IN ({', '.join(':' + name for name in names)})")
            parameters |= dict(zip(names, values, strict=True))
    return " AND ".join(clauses), parameters


def _chunks(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[index : index + CHUNK] for index in range(0, len(values), CHUNK))
