"""Settings of the corpus room, read from the environment (`DOSSIER_*`)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Self, TypeVar

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.errors import SettingsError
from ingest.processor import Variant


class IngestSettings(BaseSettings):
    """Where things are kept, and which embedder is used."""

    model_config = SettingsConfigDict(env_prefix="DOSSIER_", env_ignore_empty=True, extra="ignore")

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
    embedder_variant: Variant = Field(
        default="auto",
        description="Numeric variant of an exported model: auto (the fastest for this processor), fp32, or int8 for "
        "another kind of processor, to have its figures.",
    )
    embedder_url: str | None = Field(
        default=None,
        description="Address of an OpenAI-compatible embeddings server, such as http://127.0.0.1:8080/v1: it runs the "
        "embedder, by that name.",
    )
    embedder_api_key: SecretStr | None = Field(default=None, description="Key for that server.")
    allow_private_addresses: bool = Field(
        default=False, description="Let `dossier ingest ADDRESS` fetch from private networks, such as an intranet."
    )
    extract_seconds: float = Field(
        default=60.0,
        gt=0,
        description="Seconds that the text of one web page, PDF or Word document may take to extract.",
    )
    extract_memory: int = Field(
        default=1000, ge=200, description="Megabytes that the process which extracts such documents may use."
    )

    database_url: SecretStr | None = Field(
        default=None,
        description="PostgreSQL database, as postgresql://USER:PASSWORD@HOST/NAME, that keeps catalog, full text and "
        "journal for any number of processes; it goes with DOSSIER_CHROMA_URL.",
    )
    chroma_url: str | None = Field(
        default=None, description="Chroma server that keeps the vectors, as http://HOST:8000; goes with the former."
    )
    chroma_token: SecretStr | None = Field(default=None, description="What the Chroma server asks for, if it does.")
    chroma_tenant: str = Field(default="default_tenant", description="Tenant on the Chroma server.")
    chroma_database: str = Field(default="default_database", description="Database on the Chroma server.")

    api_key: SecretStr | None = Field(
        default=None, description="Key for the service that owns the data folder, where it asks for keys."
    )

    @field_validator("embedder_url")
    @classmethod
    def _address(cls, given: str | None) -> str | None:
        if given is not None and not re.fullmatch(r"https?://[^\s/@?#]+(/[^\s?#]*)?", given):
            raise ValueError("write it as http://host:8080/v1; a key goes into DOSSIER_EMBEDDER_API_KEY")
        return given

    @property
    def folder(self) -> Path:
        """The data folder as an absolute path, whatever links and `~` it was named by."""
        return self.data.expanduser().resolve()

    @property
    def shared(self) -> bool:
        """Whether servers keep everything, for any number of processes, and no folder does for one."""
        return self.database_url is not None

    def within(self, folder: Path) -> Self:
        """The same, but for a corpus of its own in that folder."""
        return self.model_copy(update={"data": folder, "database_url": None, "chroma_url": None})

    @model_validator(mode="after")
    def _both_servers(self) -> Self:
        if (self.database_url is None) != (self.chroma_url is None):
            raise ValueError("DOSSIER_DATABASE_URL and DOSSIER_CHROMA_URL go together: set both, or neither")
        return self


S = TypeVar("S", bound=BaseSettings)


def read_settings(kind: type[S], **given: Any) -> S:
    """Settings of that kind, with what the command line gave (None means not given) over the environment.

    Raises: SettingsError that names the variable.
    """
    try:
        return kind(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        why = first["msg"].removeprefix("Value error, ")
        if not first["loc"]:
            raise SettingsError(f"{why}.", "Correct the environment.") from None
        name = str(first["loc"][0])
        place = f"--{name}" if given.get(name) is not None else f"{kind.model_config['env_prefix']}{name}".upper()
        raise SettingsError(f"The setting {name} cannot be used: {why}.", f"Correct {place}.") from None
