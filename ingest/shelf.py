"""The catalog's reading side: articles, their versions, and the passages that may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, Text, func, or_, select

from ingest import statements
from ingest.article import Article
from ingest.database import Database
from ingest.filters import Filters
from ingest.fulltext import full_text_of
from ingest.records import ArticleRecord, Outline
from ingest.rows import Stored, chunks, to_article, to_passage, to_record
from ingest.tables import articles, passages


class Shelf:
    """Looks things up in one catalog. Safe to use from several threads. Raises StorageError for a damaged file."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.full_text = full_text_of(database.dialect)

    def article(self, article_id: str) -> Article | None:
        """Any kept version."""
        with self.database.reading() as connection:
            row = connection.execute(select(articles).where(articles.c.id == article_id)).mappings().first()
        return to_article(row) if row else None

    def record(self, article_id: str) -> ArticleRecord | None:
        """Any kept version with its text, as listed."""
        with self.database.reading() as connection:
            row = connection.execute(select(articles).where(articles.c.id == article_id)).mappings().first()
        return to_record(row, row["text"]) if row else None

    def records(self, offset: int, limit: int, query: str | None = None) -> list[ArticleRecord]:
        """The newest version of each article, newest publication first; `query` narrows by title, source, address."""
        wanted = _newest(
            _listed().order_by(articles.c.published.desc().nulls_last(), articles.c.title, articles.c.id), query
        )
        with self.database.reading() as connection:
            return [to_record(row) for row in connection.execute(wanted.offset(offset).limit(limit)).mappings()]

    def versions(self, article_id: str) -> list[ArticleRecord]:
        """All kept versions of the article, oldest first."""
        key = select(articles.c.key).where(articles.c.id == article_id).scalar_subquery()
        wanted = _listed().where(articles.c.key == key).order_by(articles.c.version)
        with self.database.reading() as connection:
            return [to_record(row) for row in connection.execute(wanted).mappings()]

    def count(self, query: str | None = None) -> int:
        """Articles, each counted once whatever its versions."""
        with self.database.reading() as connection:
            return int(connection.execute(_newest(select(func.count(articles.c.key.distinct())), query)).scalar_one())

    def outline(self) -> Outline:
        """Sources and time span of the live articles."""
        live = articles.c.state == "live"
        sources = (
            select(articles.c.source, func.count())
            .where(live, articles.c.source.is_not(None))
            .group_by(articles.c.source)
            .order_by(func.count().desc(), articles.c.source)
        )
        span = select(func.min(articles.c.published), func.max(articles.c.published)).where(live)
        with self.database.reading() as connection:
            first, last = connection.execute(span).one()
            return Outline(tuple((name, number) for name, number in connection.execute(sources)), first, last)

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

    def published(self, passage_ids: Sequence[str]) -> dict[str, date | None]:
        """When the articles of those of the passages that may be shown came out, by passage id."""
        found: dict[str, date | None] = {}
        with self.database.reading() as connection:
            for chunk in chunks(passage_ids):
                rows = connection.execute(statements.PUBLISHED, {"ids": chunk})
                found |= {row.id: row.published for row in rows if row.state == "live"}
        return found

    def live_ids(self) -> list[str]:
        """The passages that may be shown, in the order they came."""
        query = select(passages.c.id).join(articles).where(articles.c.state == "live").order_by(passages.c.number)
        with self.database.reading() as connection:
            return list(connection.execute(query).scalars())

    def live_articles(self) -> list[str]:
        """The articles that may be shown, in the order they came."""
        query = select(articles.c.id).where(articles.c.state == "live").order_by(articles.c.sequence)
        with self.database.reading() as connection:
            return list(connection.execute(query).scalars())

    def resolve(self, filters: Filters) -> Filters:
        """The filters with each source and author replaced by the stored spellings (casefolded) that contain it."""
        if not (filters.sources or filters.authors):
            return filters
        with self.database.reading() as connection:
            return replace(
                filters,
                sources=_spellings(connection, articles.c.source_key, filters.sources),
                authors=_spellings(connection, articles.c.author_key, filters.authors),
            )

    def search(self, question: str, filters: Filters, limit: int) -> list[tuple[str, float]]:
        """Live passages by bm25 as (id, score), greatest first. `filters` are resolved."""
        condition, parameters = _condition(filters)
        with self.database.reading() as connection:
            return self.full_text.search(connection, question, condition, parameters, limit)

    def _stored(self, column: Any, values: Sequence[str], state: str | None = None) -> list[Stored]:
        found: list[Stored] = []
        with self.database.reading() as connection:
            for chunk in chunks(values):
                rows = connection.execute(select(passages).where(column.in_(chunk))).mappings().all()
                ids = {row["article_id"] for row in rows}
                owners = connection.execute(select(articles).where(articles.c.id.in_(ids))).mappings().all()
                by_id = {row["id"]: (to_article(row), row["story"]) for row in owners if state in (None, row["state"])}
                found += [
                    Stored(row["number"], to_passage(row), *by_id[row["article_id"]])
                    for row in rows
                    if row["article_id"] in by_id
                ]
        return found


def _listed() -> Select[Any]:
    columns = [column for column in articles.c if column.name not in {"text", "signature"}]
    return select(*columns, func.length(articles.c.text).label("characters"))


def _newest(query: Select[Any], words: str | None) -> Select[Any]:
    query = query.where(articles.c.state != "superseded")
    if words:
        named = (articles.c.title, articles.c.source, articles.c.key)
        wanted = words.casefold()
        folded = (func.casefold(column, type_=Text) for column in named)
        query = query.where(or_(*(column.contains(wanted, autoescape=True) for column in folded)))
    return query


def _spellings(connection: Connection, column: Any, names: Sequence[str]) -> tuple[str, ...]:
    found: list[str] = []
    for name in names:
        query = select(column).distinct().where(column.contains(name.casefold(), autoescape=True)).order_by(column)
        found += connection.execute(query).scalars().all() or [name.casefold()]
    return tuple(dict.fromkeys(found))


def _condition(filters: Filters) -> tuple[str, dict[str, object]]:
    """SQL that narrows what is indexed, which is live, and its parameters; empty where nothing narrows it."""
    clauses: list[str] = []
    parameters: dict[str, object] = {}
    for name, sign, value in (("since", ">=", filters.since), ("until", "<=", filters.until)):
        if value:
            clauses.append(f"articles.published {sign} :{name}")
            parameters[name] = value.isoformat()
    for column, values in (
        ("source_key", filters.sources),
        ("author_key", filters.authors),
        ("id", filters.articles),
    ):
        if values:
            names = [f"{column}_{index}" for index in range(len(values))]
            clauses.append(f"articles.{column} IN ({', '.join(':' + name for name in names)})")
            parameters |= dict(zip(names, values, strict=True))
    return " AND ".join(clauses), parameters
