"""The embedder that the settings name; apart from `ingest.wiring`, for workers that need neither catalog nor vectors:
those take seconds to import."""

from __future__ import annotations

from collections.abc import Callable

from ingest.embedder import Embedder
from ingest.embedding import load_embedder
from ingest.settings import IngestSettings


def open_embedder(
    settings: IngestSettings, announce: Callable[[str], None] | None = None, threads: int | None = None
) -> Embedder:
    """A server's where the settings give its address, else one in this process, on so many `threads`.

    Raises: EmbedderError.
    """
    if settings.embedder_url:
        from ingest.served import ServedEmbedder

        return ServedEmbedder(settings.embedder, settings.embedder_url, settings.embedder_api_key)
    cache = settings.cache.expanduser()
    return load_embedder(settings.embedder, cache, announce, settings.embedder_variant, threads)
