"""Questions to begin with."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.library import Library


def suggested(library: Library) -> Sequence[str]:
    """Questions."""
    return []
