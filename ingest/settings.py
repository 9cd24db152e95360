"""Settings of the corpus room, read from the environment (`DOSSIER_*`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import platformdirs
from pydantic import Field, SecretStr, ValidationError
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

    api_key: SecretStr | None = Field(
        default=None, description="Key for the service that owns the data folder, where it asks for keys."
    )

    @property
    def folder(self) -> Path:
        """The data folder as an absolute path, whatever links and `~` it was named by."""
        return self.data.expanduser().resolve()


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
