"""The full-text index in SQLite: FTS5."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Connection, text

from ingest import fulltext
from ingest.fulltext import Hits, Row, ranked, rarest
from ingest.fulltext.words import content_words

AT_ONCE = 100
"""So many words are counted in one statement."""


class Fts5:
    """See `FullText`."""

    def add(self, connection: Connection, rows: Sequence[Row]) -> None:
        """See `FullText`."""
        statement = text(
            "INSERT OR REPLACE INTO full_text(rowid, title, heading, body) VALUES (:number, :title, :heading, :body)"
        )
        if rows:
            connection.execute(statement, [row._asdict() for row in rows])

    def remove(self, connection: Connection, numbers: Iterable[int]) -> None:
        """See `FullText`."""
        rows = [{"number": number} for number in numbers]
        if rows:
            connection.execute(text("DELETE FROM full_text WHERE rowid = :number"), rows)

    def purge(self, connection: Connection) -> None:
        """FTS5 keeps the words of what was deleted in its segments until they are merged."""
        connection.execute(text("INSERT INTO full_text(full_text) VALUES ('optimize')"))

    def clear(self, connection: Connection) -> None:
        """See `FullText`."""
        connection.execute(text("DELETE FROM full_text"))

    def numbers(self, connection: Connection) -> set[int]:
        """See `FullText`."""
        return set(connection.execute(text("SELECT rowid FROM full_text")).scalars())

    def differing(self, connection: Connection) -> int:
        """See `FullText`."""
        statement = text(
            "SELECT count(*) FROM full_text "
            "JOIN passages ON passages.number = full_text.rowid JOIN articles ON articles.id = passages.article_id "
            "WHERE articles.state = 'live' AND (full_text.title IS NOT articles.title "
            "OR full_text.heading IS NOT passages.heading "
            'OR full_text.body IS NOT substr(articles.text, passages.start + 1, passages."end" - passages.start))'
        )
        return int(connection.execute(statement).scalar_one())

    def search(
        self, connection: Connection, question: str, condition: str, parameters: Mapping[str, object], limit: int
    ) -> Hits:
        """See `FullText`."""
        words = content_words(question)
        narrowing = _Narrowing(connection, condition, parameters, limit)
        if not words:
            return []
        if _small(connection):
            return ranked(narrowing.search(_any(words)), (), limit)
        rare = rarest(_counted(connection, words))
        found = narrowing.search(f"({_any(rare)}) AND ({_any(words)})") if rare else []
        rest = narrowing.search(_any(words)) if len(found) < limit else []
        return ranked(found, rest, limit)


def _small(connection: Connection) -> bool:
    """Whether there are no more passages than are looked at."""
    return (connection.execute(text("SELECT max(number) FROM passages")).scalar() or 0) <= fulltext.CANDIDATES


def _counted(connection: Connection, words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """How many passages hold each of the words; no more are counted than make it a common one."""
    for start in range(0, len(words), AT_ONCE):
        chunk = words[start : start + AT_ONCE]
        matching = f"SELECT 1 FROM full_text WHERE full_text MATCH ? LIMIT {fulltext.CANDIDATES + 1}"  # noqa: S608 - a number
        counts = ", ".join([f"(SELECT count(*) FROM ({matching}))"] * len(chunk))  # noqa: S608 - our own SQL
        row = connection.exec_driver_sql(f"SELECT {counts}", tuple(map(_quoted, chunk))).one()
        yield from zip(row, chunk, strict=True)


class _Narrowing:
    """Searches among what a condition allows."""

    def __init__(self, connection: Connection, condition: str, parameters: Mapping[str, object], limit: int) -> None:
        self._connection = connection
        self._parameters = {**parameters, "limit": limit, "most": fulltext.CANDIDATES}
        joined = (
            "JOIN passages ON passages.number = full_text.rowid JOIN articles ON articles.id = passages.article_id "
        )
        self._statement = text(
            "WITH looked_at AS MATERIALIZED (SELECT full_text.rowid AS number, -bm25(full_text) AS score "  # noqa: S608 - the condition is our own SQL; values are bound
            f"FROM full_text {joined if condition else ''}"
            f"WHERE full_text MATCH :expression {f'AND {condition} ' if condition else ''}"
            "ORDER BY full_text.rowid DESC LIMIT :most) "
            "SELECT passages.id, looked_at.score FROM looked_at JOIN passages ON passages.number = looked_at.number "
            "ORDER BY looked_at.score DESC, passages.id LIMIT :limit"
        )

    def search(self, expression: str) -> Hits:
        """The best of the newest passages that an expression of FTS5 matches."""
        rows = self._connection.execute(self._statement, self._parameters | {"expression": expression})
        return [(row[0], float(row[1])) for row in rows]


def _any(words: Iterable[str]) -> str:
    return " OR ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    """So that nothing in a question is read as FTS5's syntax."""
    return f'"{word}"'
