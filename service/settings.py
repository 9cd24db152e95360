"""Settings of the answer's side, read from the environment (`DOSSIER_*`)."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """Which LLM words the answers, and where the service listens."""

    model_config = SettingsConfigDict(env_prefix="DOSSIER_", env_ignore_empty=True, extra="ignore")

    llm: str = Field(
        default="none",
        description="`none` (answers are quotes), `embedded` (SmolLM2 in process), or a name for LangChain's "
        "init_chat_model such as openai:gpt-4o-mini.",
    )
    llm_base_url: str | None = Field(default=None, description="Address of an OpenAI-compatible server.")
    llm_api_key: SecretStr | None = Field(default=None, description="Key for the LLM's provider.")
    llm_timeout: float = Field(default=30.0, gt=0, description="Seconds after which an answer is given in quotes.")
    reader: str = Field(
        default="packaged",
        description="`packaged`, or a CrossEncoder of sentence-transformers: the folder or hub name of one.",
    )
    reader_threshold: float = Field(
        default=0.5, ge=0, le=1, description="The score from which such a CrossEncoder's best sentence is an answer."
    )
    host: str = Field(default="127.0.0.1", description="Address the service listens on.")
    port: int = Field(default=8787, ge=0, le=65535, description="Port the service listens on; 0 takes a free one.")
