"""The store's tables."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Integer, LargeBinary, MetaData, String, Table, Text

metadata = MetaData()

conversations = Table(
    "conversations",
    metadata,
    Column("id", String, primary_key=True),
    Column("created", String, nullable=False),
    Column("owner", String, nullable=False, server_default="", index=True, comment="id of a key; empty without keys"),
)

answers = Table(
    "answers",
    metadata,
    # The clock may step back; the order of writing does not.
    Column("sequence", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("conversation_id", String, ForeignKey("conversations.id"), index=True),
    Column("asked", String, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", String, primary_key=True),
    Column("answer_id", String, nullable=False, index=True),
    Column("owner", String, nullable=False),
    Column("verdict", String, nullable=False),
    Column("comment", Text),
    Column("created", String, nullable=False),
)

keys = Table(
    "keys",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("hash", LargeBinary, nullable=False, comment="SHA-256 of the secret, which is random and never kept"),
    Column("scopes", String, nullable=False, comment="separated by spaces"),
    Column("created", String, nullable=False),
    Column("revoked", String),
)

jobs = Table(
    "jobs",
    metadata,
    Column("sequence", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("owner", String, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("created", String, nullable=False),
    Column("finished", String),
    Column("reason", Text),
    Column("documents", Integer, nullable=False),
    Column("passages", Integer, nullable=False),
    Column("outcomes", Text, nullable=False, comment="JSON list"),
)

parcels = Table(
    "parcels",
    metadata,
    Column("job_id", String, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", String, nullable=False, comment="see service.parcels"),
    Column("body", Text, nullable=False),
)

receipts = Table(
    "receipts",
    metadata,
    Column("owner", String, primary_key=True),
    Column("request", String, primary_key=True, comment="method, path and the client's key"),
    Column("digest", String, nullable=False, comment="of the body"),
    Column("made", Float, nullable=False, comment="seconds since 1970"),
    Column("status", Integer),
    Column("headers", Text),
    Column("body", LargeBinary),
)
