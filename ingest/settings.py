"""Settings of the corpus room, read from the environment (`DOSSIER_*`)."""

from __future__ import annotations

from pathlib import Path

import platformdirs
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class IngestSettings(BaseSettings):
    """Where things are kept, and which embedder is used."""

    model_config = SettingsConfigDict(env_prefix="DOSSIER_", extra="ignore")

    data: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("dossier", appauthor=False)),
        description="Folder of the catalog, the vectors and the journal.",
    )
    cache: Path = Field(
        default_factory=lambda: Path(platformdirs.user_cache_dir("dossier", appauthor=False)),
        description="Folder of exported models; it can be deleted at any time.",
    )
    embedder: str = Field(
        default="all-MiniLM-L6-v2",
        description="A sentence-transformers model: the packaged one, a folder, or a hub name.",
    )
    allow_private_addresses: bool = Field(
        default=False, description="Let `dossier ingest ADDRESS` fetch from private networks, such as an intranet."
    )
