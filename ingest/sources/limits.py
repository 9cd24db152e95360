"""How much is read at most."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """`document_bytes` bounds one document or record, `archive_bytes` all that one archive unpacks to,
    `pages` the addresses taken from one feed or sitemap, `sitemaps` the sitemaps opened from one index."""

    document_bytes: int = 20 * MEGABYTE
    archive_bytes: int = 2000 * MEGABYTE
    pages: int = 500
    sitemaps: int = 50


USUAL_LIMITS = Limits()
