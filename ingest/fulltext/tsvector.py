"""The full-text index in PostgreSQL: a tsvector a passage, a GIN index, and how many passages hold each word.

PostgreSQL's own ranking knows nothing of how rare a word is; bm25 is computed here, from the vectors.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from ingest import fulltext
from ingest.fulltext import Hits, Row, ranked, rarest
from ingest.fulltext.words import content_words, lexemes

LEAST_WEIGHT = 1e-6
"""Of a word that more than half of the passages hold, as in FTS5."""
PLACES = 255
"""A tsvector keeps no more places of a word."""

_ADD = text(
    "INSERT INTO full_text (number, tokens, words, digest) SELECT :number, :tokens, given.words, "
    "md5(:title || chr(10) || coalesce(:heading, chr(1)) || chr(10) || :body || CAST(given.words AS text)) "
    "FROM (SELECT CAST(:words AS tsvector) AS words) AS given"
)
_DIFFERING = text(
    "SELECT count(*) FROM full_text "
    "JOIN passages ON passages.number = full_text.number JOIN articles ON articles.id = passages.article_id "
    "WHERE articles.state = 'live' AND full_text.digest IS DISTINCT FROM "
    "md5(articles.title || chr(10) || coalesce(passages.heading, chr(1)) || chr(10) || "
    'substr(articles.text, passages.start + 1, passages."end" - passages.start) || CAST(full_text.words AS text))'
)
_COUNTED = (
    "SELECT word.lexeme, count(*) AS passages FROM full_text, unnest(words) AS word "
    "WHERE number = ANY(:numbers) GROUP BY word.lexeme ORDER BY word.lexeme"
)
_TOTALS = (
    "UPDATE full_text_totals SET passages = full_text_totals.passages {sign} changed.passages, "
    "tokens = full_text_totals.tokens {sign} changed.tokens "
    "FROM (SELECT count(*) AS passages, coalesce(sum(tokens), 0) AS tokens FROM full_text "
    "WHERE number = ANY(:numbers)) AS changed"
)
_COUNT_IN = (
    text(_TOTALS.format(sign="+")),
    text(
        f"INSERT INTO lexicon (lexeme, passages) {_COUNTED} "
        "ON CONFLICT (lexeme) DO UPDATE SET passages = lexicon.passages + excluded.passages"
    ),
)
_COUNT_OUT = (
    text(_TOTALS.format(sign="-")),
    text(
        f"UPDATE lexicon SET passages = lexicon.passages - counted.passages FROM ({_COUNTED}) AS counted "  # noqa: S608 - our own SQL
        "WHERE lexicon.lexeme = counted.lexeme"
    ),
)
_SEARCH = (
    "WITH question AS (SELECT * FROM unnest(CAST(:lexemes AS text[]), CAST(:weights AS float8[])) "
    "AS asked(lexeme, weight)), "
    "looked_at AS MATERIALIZED (SELECT full_text.number, full_text.tokens, full_text.words FROM full_text {joined}"
    "WHERE full_text.words @@ CAST(:expression AS tsquery) {narrowed}ORDER BY full_text.number DESC LIMIT :most), "
    "scored AS (SELECT looked_at.number, sum(question.weight * cardinality(word.positions) * 2.2 / "
    "(cardinality(word.positions) + 1.2 * (0.25 + 0.75 * looked_at.tokens / :mean))) AS score "
    "FROM looked_at CROSS JOIN LATERAL unnest(looked_at.words) AS word "
    "JOIN question ON question.lexeme = word.lexeme GROUP BY looked_at.number) "
    "SELECT passages.id, scored.score FROM scored JOIN passages ON passages.number = scored.number "
    'ORDER BY scored.score DESC, passages.id COLLATE "C" LIMIT :limit'
)
_JOINED = "JOIN passages ON passages.number = full_text.number JOIN articles ON articles.id = passages.article_id "


class TsVector:
    """See `FullText`. Whoever writes is the one writer of the catalog."""

    def add(self, connection: Connection, rows: Sequence[Row]) -> None:
        """See `FullText`."""
        if rows:
            self.remove(connection, [row.number for row in rows])
            connection.execute(_ADD, [_indexed(row) for row in rows])
            _count(connection, _COUNT_IN, [row.number for row in rows])

    def remove(self, connection: Connection, numbers: Iterable[int]) -> None:
        """See `FullText`."""
        gone = list(numbers)
        if gone:
            _count(connection, _COUNT_OUT, gone)
            connection.execute(text("DELETE FROM full_text WHERE number = ANY(:numbers)"), {"numbers": gone})

    def purge(self, connection: Connection) -> None:
        """See `FullText`."""
        connection.execute(text("DELETE FROM lexicon WHERE passages <= 0"))

    def clear(self, connection: Connection) -> None:
        """See `FullText`."""
        connection.execute(text("DELETE FROM full_text"))
        connection.execute(text("DELETE FROM lexicon"))
        connection.execute(text("UPDATE full_text_totals SET passages = 0, tokens = 0"))

    def numbers(self, connection: Connection) -> set[int]:
        """See `FullText`."""
        return set(connection.execute(text("SELECT number FROM full_text")).scalars())

    def differing(self, connection: Connection) -> int:
        """See `FullText`."""
        return int(connection.execute(_DIFFERING).scalar_one())

    def search(
        self, connection: Connection, question: str, condition: str, parameters: Mapping[str, object], limit: int
    ) -> Hits:
        """See `FullText`."""
        index = _Index(connection, {lexeme for word in content_words(question) for lexeme in lexemes(word)})
        words = list(index.counts)
        if not words:
            return []
        if index.small:
            return ranked(index.search(words, (), condition, parameters, limit), (), limit)
        rare = rarest((passages, lexeme) for lexeme, passages in index.counts.items())
        found = index.search(rare, rare, condition, parameters, limit) if rare else []
        rest = index.search(words, (), condition, parameters, limit) if len(found) < limit else []
        return ranked(found, rest, limit)


class _Index:
    """What the index knows of a question's words: how many passages hold each of those that any holds."""

    def __init__(self, connection: Connection, asked: Iterable[str]) -> None:
        self._connection = connection
        counted = text("SELECT lexeme, passages FROM lexicon WHERE lexeme = ANY(:lexemes) AND passages > 0")
        rows = connection.execute(counted, {"lexemes": sorted(asked)}).all()
        self.counts: dict[str, int] = dict(sorted(((row[0], row[1]) for row in rows), key=lambda row: (row[1], row[0])))
        totals = connection.execute(text("SELECT passages, tokens FROM full_text_totals")).one()
        self._passages, self._tokens = int(totals.passages), int(totals.tokens)

        self.small = self._passages <= fulltext.CANDIDATES
        """Whether there are no more passages than are looked at."""

    def search(
        self,
        wanted: Iterable[str],
        twice: Collection[str],
        condition: str,
        parameters: Mapping[str, object],
        limit: int,
    ) -> Hits:
        """The best of the newest passages with any of the wanted words, by all words of the question, some for two."""
        statement = text(
            _SEARCH.format(joined=_JOINED if condition else "", narrowed=f"AND {condition} " if condition else "")
        )
        weights = [self._weight(passages) * (1 + (lexeme in twice)) for lexeme, passages in self.counts.items()]
        bound = {
            **parameters,
            "lexemes": list(self.counts),
            "weights": weights,
            "expression": " | ".join(f"'{lexeme}'" for lexeme in wanted),
            "mean": self._tokens / max(1, self._passages),
            "most": fulltext.CANDIDATES,
            "limit": limit,
        }
        return [(row[0], float(row[1])) for row in self._connection.execute(statement, bound)]

    def _weight(self, passages: int) -> float:
        """The inverse document frequency."""
        odds = (self._passages - passages + 0.5) / (passages + 0.5)
        return max(math.log(odds), LEAST_WEIGHT) if odds > 0 else LEAST_WEIGHT


def _indexed(row: Row) -> dict[str, Any]:
    counted = Counter(lexeme for part in (row.title, row.heading or "", row.body) for lexeme in lexemes(part))
    words = " ".join(f"'{lexeme}':{_places(times)}" for lexeme, times in counted.items())
    return row._asdict() | {"words": words, "tokens": counted.total()}


def _places(times: int) -> str:
    """So many places: where a word stands is not asked, only how often; counted from 1, none is too great to keep."""
    return ",".join(map(str, range(1, min(times, PLACES) + 1)))


def _count(connection: Connection, statements: Iterable[Any], numbers: Sequence[int]) -> None:
    for statement in statements:
        connection.execute(statement, {"numbers": list(numbers)})
