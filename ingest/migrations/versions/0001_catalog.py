"""The first catalog.

It is written out, not read from `ingest.tables`: later changes of the tables must not change this step.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes the tables and the full-text index."""
    op.create_table(
        "articles",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("key", sa.Text, nullable=False, index=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("story", sa.String(16), nullable=False, index=True),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("source", sa.Text),
        sa.Column("source_key", sa.Text, index=True),
        sa.Column("author", sa.Text),
        sa.Column("author_key", sa.Text, index=True),
        sa.Column("published", sa.Date, index=True),
        sa.Column("updated", sa.Date),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False, index=True),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.Column("ingested_at", sa.DateTime, nullable=False),
    )
    op.create_index("articles_by_state", "articles", ["state", "ingested_at"])
    article = ("article_id", sa.String(16), sa.ForeignKey("articles.id", ondelete="CASCADE"))
    op.create_table(
        "passages",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column(*article, nullable=False, index=True),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("heading", sa.Text),
        sa.Column("sentences", sa.Text, nullable=False),
    )
    op.create_table(
        "origins",
        sa.Column("origin", sa.Text, primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column(
            "article_id", sa.String(16), sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False, index=True
        ),
    )
    op.create_table(
        "bands",
        sa.Column("band", sa.Text, primary_key=True),
        sa.Column(
            "article_id", sa.String(16), sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, index=True
        ),
        sqlite_with_rowid=False,
    )
    op.create_table("stale_vectors", sa.Column("passage_id", sa.Text, primary_key=True))
    op.create_table("facts", sa.Column("name", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False))
    op.execute(
        "CREATE VIRTUAL TABLE full_text USING fts5"
        "(title, heading, body, tokenize = 'porter unicode61 remove_diacritics 2')"
    )
