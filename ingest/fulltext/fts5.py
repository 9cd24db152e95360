"""The full-text index in SQLite: FTS5."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, text

from ingest import fulltext
from ingest.fulltext import Hits, Row
from ingest.fulltext.words import content_words


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
        rare = words if _small(connection) else _rare(connection, words)
        found = dict(_search(connection, rare, condition, parameters, limit)) if rare else {}
        if len(found) < limit and len(rare) < len(words):
            for passage_id, score in _search(connection, words, condition, parameters, limit):
                found[passage_id] = max(score, found.get(passage_id, 0.0))
        return sorted(found.items(), key=lambda hit: (-hit[1], hit[0]))[:limit]


def _small(connection: Connection) -> bool:
    """Whether there are no more passages than are looked at."""
    return (connection.execute(text("SELECT max(number) FROM passages")).scalar() or 0) <= fulltext.CANDIDATES


def _rare(connection: Connection, words: Sequence[str]) -> list[str]:
    """The rarest words, as many as have no more candidates than are looked at."""
    found: list[str] = []
    total = 0
    for count, word in sorted((_count(connection, word), word) for word in words):
        total += count
        if total > fulltext.CANDIDATES:
            break
        found.append(word)
    return found


def _count(connection: Connection, word: str) -> int:
    """How many passages hold the word; no more are counted than make it a common one."""
    statement = text("SELECT count(*) FROM (SELECT 1 FROM full_text WHERE full_text MATCH :word LIMIT :most)")
    return int(connection.execute(statement, {"word": _quoted(word), "most": fulltext.CANDIDATES + 1}).scalar_one())


def _search(
    connection: Connection, words: Sequence[str], condition: str, parameters: Mapping[str, object], limit: int
) -> Iterable[tuple[str, float]]:
    joined = (
        "JOIN passages ON passages.number = full_text.rowid JOIN articles ON articles.id = passages.article_id "
        if condition
        else ""
    )
    narrowed = f"AND {condition} " if condition else ""
    statement = text(
        "WITH looked_at AS MATERIALIZED (SELECT full_text.rowid AS number, -bm25(full_text) AS score "  # noqa: S608 - the condition is our own SQL; values are bound
        f"FROM full_text {joined}WHERE full_text MATCH :expression {narrowed}"
        "ORDER BY full_text.rowid DESC LIMIT :most) "
        "SELECT passages.id, looked_at.score FROM looked_at JOIN passages ON passages.number = looked_at.number "
        "ORDER BY looked_at.score DESC, passages.id LIMIT :limit"
    )
    expression = " OR ".join(map(_quoted, words))
    bound = {**parameters, "expression": expression, "limit": limit, "most": fulltext.CANDIDATES}
    return [(row[0], float(row[1])) for row in connection.execute(statement, bound)]


def _quoted(word: str) -> str:
    """So that nothing in a question is read as FTS5's syntax."""
    return f'"{word}"'
