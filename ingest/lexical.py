"""The full-text index: FTS5 with bm25, in the catalog's own database and transactions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, text

STOPWORDS = frozenset(
    [
        "a",
        "about",
        "after",
        "all",
        "also",
        "am",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "because",
        "been",
        "before",
        "being",
        "between",
        "both",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "doing",
        "during",
        "each",
        "for",
        "from",
        "further",
        "had",
        "has",
        "have",
        "having",
        "he",
        "her",
        "here",
        "hers",
        "him",
        "his",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "just",
        "many",
        "me",
        "more",
        "most",
        "much",
        "my",
        "no",
        "nor",
        "not",
        "now",
        "of",
        "off",
        "on",
        "once",
        "only",
        "or",
        "other",
        "our",
        "out",
        "over",
        "own",
        "same",
        "she",
        "should",
        "so",
        "some",
        "such",
        "tell",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "through",
        "to",
        "too",
        "under",
        "until",
        "up",
        "us",
        "very",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "whom",
        "whose",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
    ]
)
_WORD = re.compile(r"\w+(?:['’]\w+)?")


def query(question: str) -> str | None:
    """The question as an FTS5 expression: any of its content words. None when it has no word at all.

    Words are quoted, so that nothing in a question is read as FTS5 syntax.
    """
    words = dict.fromkeys(re.split(r"['’]", word)[0].casefold() for word in _WORD.findall(question))
    content = [word for word in words if word not in STOPWORDS] or list(words)
    return " OR ".join(f'"{word}"' for word in content) or None


def add(connection: Connection, rows: Sequence[tuple[int, str, str | None, str]]) -> None:
    """Indexes passages: (number, title, heading, body). A number that is there already is replaced."""
    statement = text(
        "INSERT OR REPLACE INTO full_text(rowid, title, heading, body) VALUES (:number, :title, :heading, :body)"
    )
    if rows:
        names = ("number", "title", "heading", "body")
        connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])


def remove(connection: Connection, numbers: Iterable[int]) -> None:
    """Takes passages out of the index."""
    rows = [{"number": number} for number in numbers]
    if rows:
        connection.execute(text("DELETE FROM full_text WHERE rowid = :number"), rows)


def purge(connection: Connection) -> None:
    """Drops the words of passages that were taken out, which FTS5 keeps in its segments until they are merged."""
    connection.execute(text("INSERT INTO full_text(full_text) VALUES ('optimize')"))


def clear(connection: Connection) -> None:
    """Empties the index."""
    connection.execute(text("DELETE FROM full_text"))


def numbers(connection: Connection) -> set[int]:
    """The passages that are indexed."""
    return set(connection.execute(text("SELECT rowid FROM full_text")).scalars())


def differing(connection: Connection, condition: str) -> int:
    """How many passages are indexed with other words than their article's. `condition` is SQL over `articles`."""
    statement = text(
        "SELECT count(*) FROM full_text "  # noqa: S608 - the condition is our own SQL
        "JOIN passages ON passages.number = full_text.rowid JOIN articles ON articles.id = passages.article_id "
        f"WHERE {condition} AND (full_text.title IS NOT articles.title OR full_text.heading IS NOT passages.heading "
        'OR full_text.body IS NOT substr(articles.text, passages.start + 1, passages."end" - passages.start))'
    )
    return int(connection.execute(statement).scalar_one())


def search(
    connection: Connection, question: str, condition: str, parameters: dict[str, object], limit: int
) -> list[tuple[str, float]]:
    """The best passages as (id, score), greatest first. `condition` is SQL over `articles` and `passages`."""
    expression = query(question)
    if expression is None:
        return []
    statement = text(
        "SELECT passages.id, -bm25(full_text) AS score FROM full_text "  # noqa: S608 - the condition is our own SQL; values are bound
        "JOIN passages ON passages.number = full_text.rowid JOIN articles ON articles.id = passages.article_id "
        f"WHERE full_text MATCH :expression AND {condition} ORDER BY score DESC, passages.id LIMIT :limit"
    )
    rows = connection.execute(statement, parameters | {"expression": expression, "limit": limit})
    return [(row[0], float(row[1])) for row in rows]
