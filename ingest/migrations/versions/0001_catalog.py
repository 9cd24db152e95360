"""The first catalog.

It is written out, not read from `ingest.tables`: later changes of the tables must not change this step.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# PostgreSQL orders text by the customs of a country unless it is told not to.
WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NAME = sa.String(16).with_variant(sa.String(16, collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Makes the tables and the full-text index."""
    op.create_table(
        "articles",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("key", WORDS, nullable=False, index=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("story", NAME, nullable=False, index=True),
        sa.Column("origin", WORDS, nullable=False),
        sa.Column("title", WORDS, nullable=False),
        sa.Column("url", WORDS),
        sa.Column("source", WORDS),
        sa.Column("source_key", WORDS, index=True),
        sa.Column("author", WORDS),
        sa.Column("author_key", WORDS, index=True),
        sa.Column("published", sa.Date, index=True),
        sa.Column("updated", sa.Date),
        sa.Column("text", WORDS, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False, index=True),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.Column("ingested_at", sa.DateTime, nullable=False),
    )
    op.create_index("articles_by_state", "articles", ["state", "ingested_at"])
    article = ("article_id", NAME, sa.ForeignKey("articles.id", ondelete="CASCADE"))
    op.create_table(
        "passages",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("id", WORDS, nullable=False, unique=True),
        sa.Column(*article, nullable=False, index=True),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("heading", WORDS),
        sa.Column("sentences", WORDS, nullable=False),
    )
    op.create_table(
        "origins",
        sa.Column("origin", WORDS, primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("article_id", NAME, sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False, index=True),
    )
    op.create_table(
        "bands",
        sa.Column("band", WORDS, primary_key=True),
        sa.Column("article_id", NAME, sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, index=True),
        sqlite_with_rowid=False,
    )
    op.create_table("stale_vectors", sa.Column("passage_id", WORDS, primary_key=True))
    op.create_table("facts", sa.Column("name", WORDS, primary_key=True), sa.Column("value", WORDS, nullable=False))
    if op.get_bind().dialect.name == "postgresql":
        _index_in_postgres()
    else:
        op.execute(
            "CREATE VIRTUAL TABLE full_text USING fts5"
            "(title, heading, body, tokenize = 'porter unicode61 remove_diacritics 2')"
        )


def _index_in_postgres() -> None:
    op.execute(
        "CREATE TABLE full_text (number bigint PRIMARY KEY, tokens integer NOT NULL, words tsvector NOT NULL, "
        "digest text NOT NULL)"
    )
    op.execute("CREATE INDEX full_text_words ON full_text USING gin (words)")
    op.execute('CREATE TABLE lexicon (lexeme text COLLATE "C" PRIMARY KEY, passages bigint NOT NULL)')
    op.execute("CREATE TABLE full_text_totals (passages bigint NOT NULL, tokens bigint NOT NULL)")
    op.execute("INSERT INTO full_text_totals VALUES (0, 0)")
    # The columns' own order knows no letters but those of English; without ICU, the database's has to do.
    icu = op.get_bind().execute(sa.text("SELECT 1 FROM pg_collation WHERE collname = 'und-x-icu'")).scalar()
    letters = "und-x-icu" if icu else "default"
    folding = f'SELECT lower($1 COLLATE "{letters}")'
    op.execute(f"CREATE FUNCTION casefold(text) RETURNS text LANGUAGE sql IMMUTABLE AS '{folding}'")
