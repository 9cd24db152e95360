"""The statements that every article goes through, built once: building one takes longer than running it.

A parameter bears the name of the column that it is compared with, in the plural where it is several values.
"""

from __future__ import annotations

from sqlalchemy import bindparam, delete, func, insert, or_, select

from ingest.tables import articles, bands, origins, passages, stale_vectors

SEEN = (
    select(origins.c.article_id)
    .join(articles)
    .where(origins.c.origin == bindparam("origin"), origins.c.fingerprint == bindparam("fingerprint"))
    .where(or_(articles.c.state != "superseded", articles.c.url.is_not(None)))
)
"""The article that came from a document, unless it is a copy whose twin has changed since."""

SAME_TEXT = select(articles.c.id, articles.c.key, articles.c.state, articles.c.url).where(
    articles.c.content_hash == bindparam("content_hash"), articles.c.state != "superseded"
)

OTHERS = select(articles.c.id).where(
    articles.c.key == bindparam("key"),
    articles.c.id != bindparam("id"),
    articles.c.state.in_(bindparam("states", expanding=True)),
)
"""Other versions that are in one of the states."""

LAST = select(func.max(articles.c.version), func.max(articles.c.story)).where(articles.c.key == bindparam("key"))

LAST_SEQUENCE = select(func.max(articles.c.sequence))

TELLINGS = (
    select(articles.c.story, articles.c.signature)
    .distinct()
    .join(bands, bands.c.article_id == articles.c.id)
    .where(bands.c.band.in_(bindparam("bands", expanding=True)), articles.c.state != "superseded")
)
"""What may tell the same story as an article with these bands."""

ADD_PASSAGES = insert(passages)

NOT_STALE = delete(stale_vectors).where(stale_vectors.c.passage_id == bindparam("id"))

PENDING = (
    select(articles.c.id, func.count(passages.c.number).label("passages"))
    .join(passages)
    .where(articles.c.state == "pending")
    .group_by(articles.c.id, articles.c.sequence)
    .order_by(articles.c.sequence)
)

WAITING = (
    select(articles.c.id, articles.c.key)
    .where(articles.c.id.in_(bindparam("ids", expanding=True)), articles.c.state == "pending")
    .order_by(articles.c.sequence)
)

REPLACED = select(articles.c.id).where(
    articles.c.key.in_(bindparam("keys", expanding=True)), articles.c.id.not_in(bindparam("ids", expanding=True))
)
"""Every version with one of the keys but those."""

INDEXED = (
    select(passages, articles.c.title, articles.c.text)
    .join(articles)
    .where(articles.c.id.in_(bindparam("ids", expanding=True)))
)
"""What the full-text index is made of."""

PUBLISHED = (
    select(passages.c.id, articles.c.state, articles.c.published)
    .join(articles)
    .where(passages.c.id.in_(bindparam("ids", expanding=True)))
)
"""The state is told, not asked for: SQLite would go through all articles in it to find those of a few passages."""

KEPT = select(passages.c.id).where(passages.c.id.in_(bindparam("ids", expanding=True)))
