"""The store's tables."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Integer, LargeBinary, MetaData, Table
from sqlalchemy import String as PlainString
from sqlalchemy import Text as PlainText

metadata = MetaData()
# PostgreSQL orders text by the customs of a country unless it is told not to.
String = PlainString().with_variant(PlainString(collation="C"), "postgresql")
Text = PlainText().with_variant(PlainText(collation="C"), "postgresql")
Sequence = BigInteger().with_variant(Integer, "sqlite")

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
    Column("sequence", Sequence, primary_key=True),
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
    Column("sequence", Sequence, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("owner", String, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("created", String, nullable=False),
    Column("finished", String),
    Column("reason", Text),
    Column("documents", Integer, nullable=False),
    Column("passages", Integer, nullable=False),
    Column("outcomes", Text, nullable=False, comment="JSON list"),
    Column("worker", String, comment="id of the worker who is at it; null while it waits"),
    Column("progress", String, comment="JSON, how far the worker is"),
)

parcels = Table(
    "parcels",
    metadata,
    Column("job_id", String, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", String, nullable=False, comment="see service.parcels"),
    Column("body", Text, nullable=False),
)

slack_tasks = Table(
    "slack_tasks",
    metadata,
    Column("key", String, primary_key=True, comment="what Slack calls the event, so that it is taken on once"),
    Column("body", Text, comment="JSON, what is to be done; null once it is"),
    Column("worker", String, comment="who works on it; null when it is done"),
    Column("lease", Float, nullable=False, comment="seconds since 1970 until which the worker is thought alive"),
    Column("made", Float, nullable=False, comment="seconds since 1970"),
)

slack_threads = Table(
    "slack_threads",
    metadata,
    Column("team", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("thread", String, primary_key=True, comment="Slack's timestamp of its first message"),
    Column("conversation_id", String, nullable=False),
)

slack_replies = Table(
    "slack_replies",
    metadata,
    Column("team", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("question", String, primary_key=True, comment="Slack's timestamp of the message that asked"),
    Column("thread", String, nullable=False),
    Column("messages", Text, nullable=False, comment="JSON list, Slack's timestamps of the messages that answered"),
    Column("answer_id", String, comment="null while there is none"),
    Column("whole", Boolean, nullable=False, comment="whether the messages hold all of the answer"),
    Column("streaming", Boolean, nullable=False, comment="whether the last of the messages is a stream that goes on"),
    Column("task", String, nullable=False, comment="key of the last task about it; later ones are greater"),
)

slack_channels = Table(
    "slack_channels",
    metadata,
    Column("team", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("listening", String, nullable=False),
)

slack_installations = Table(
    "slack_installations",
    metadata,
    Column("sequence", Sequence, primary_key=True),
    Column("enterprise", String, nullable=False, comment="empty where there is none"),
    Column("team", String, nullable=False, comment="empty where it is for a whole organisation"),
    Column("user", String, nullable=False, comment="empty for the bot's own"),
    Column("sealed", LargeBinary, nullable=False, comment="encrypted JSON, tokens among it"),
    Column("made", Float, nullable=False, comment="seconds since 1970"),
)

slack_states = Table(
    "slack_states",
    metadata,
    Column("hash", LargeBinary, primary_key=True, comment="SHA-256 of the state that Slack gives back"),
    Column("expires", Float, nullable=False, comment="seconds since 1970"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("owner", String, primary_key=True),
    Column("request", String, primary_key=True, comment="method, path and the client's key"),
    Column("digest", String, nullable=False, comment="of the body"),
    Column("made", Float, nullable=False, comment="seconds since 1970"),
    Column("worker", String, comment="id of the worker who is at it"),
    Column("status", Integer),
    Column("headers", Text),
    Column("body", LargeBinary),
)

workers = Table(
    "workers",
    metadata,
    Column("id", String, primary_key=True),
    Column("lease", Float, nullable=False, comment="seconds since 1970 until which it is thought alive"),
)

rates = Table(
    "rates",
    metadata,
    Column("key", String, primary_key=True, comment="whose requests are counted, and under which limit"),
    Column("window", Sequence, primary_key=True, autoincrement=False, comment="number of the stretch of time"),
    Column("requests", Integer, nullable=False),
    Column("expires", Float, nullable=False, comment="seconds since 1970"),
)
