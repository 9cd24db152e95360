"""The order of admission gets a column of its own: neither the clock nor SQLite's row numbers keep it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds the column, filled as the articles came."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.add_column("articles", sa.Column("sequence", number))
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "UPDATE articles SET sequence = place FROM "
            "(SELECT id AS this, row_number() OVER (ORDER BY ingested_at, rowid) AS place FROM articles) "
            "WHERE this = articles.id"
        )
    op.create_index("ix_articles_sequence", "articles", ["sequence"])
    op.drop_index("articles_by_state", "articles")
    op.create_index("articles_by_state", "articles", ["state", "sequence"])
