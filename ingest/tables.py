"""The catalog's tables. Their schema is made and changed by `ingest/migrations`."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()
NUMBER = BigInteger().with_variant(Integer, "sqlite")

articles = Table(
    "articles",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("key", Text, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("story", String(16), nullable=False, index=True),
    Column("origin", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("url", Text),
    Column("source", Text),
    Column("source_key", Text, index=True, comment="casefolded, for filters"),
    Column("author", Text),
    Column("author_key", Text, index=True, comment="casefolded, for filters"),
    Column("published", Date, index=True),
    Column("updated", Date),
    Column("text", Text, nullable=False),
    Column("content_hash", String(64), nullable=False, index=True),
    Column("signature", LargeBinary, nullable=False, comment="MinHash, see ingest.stories"),
    Column("ingested_at", DateTime, nullable=False, comment="UTC"),
    Column("sequence", NUMBER, index=True, comment="greater for what was admitted later, whatever the clock says"),
    Index("articles_by_state", "state", "sequence"),
)

passages = Table(
    "passages",
    metadata,
    Column("number", NUMBER, primary_key=True, comment="row number, shared with the full-text index"),
    Column("id", Text, nullable=False, unique=True),
    Column("article_id", String(16), ForeignKey("articles.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("ordinal", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("heading", Text),
    Column("sentences", Text, nullable=False, comment="JSON list: start, end, start, end, ..."),
)

origins = Table(
    "origins",
    metadata,
    Column("origin", Text, primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("article_id", String(16), ForeignKey("articles.id", ondelete="CASCADE"), nullable=False, index=True),
)

bands = Table(
    "bands",
    metadata,
    Column("band", Text, primary_key=True, comment="hash of one band of a MinHash"),
    Column("article_id", String(16), ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)

stale_vectors = Table(
    "stale_vectors",
    metadata,
    Column("passage_id", Text, primary_key=True, comment="to be deleted from the vector index"),
)

facts = Table(
    "facts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
