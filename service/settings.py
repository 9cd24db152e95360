"""Settings of the answer's side, read from the environment (`DOSSIER_*`)."""

from __future__ import annotations

import os
import re
from ipaddress import ip_network
from typing import Annotated, Any, Literal, Self

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from ingest.settings import IngestSettings


def _names(given: Any) -> Any:
    return tuple(name for name in given.replace(",", " ").split() if name) if isinstance(given, str) else given


LogLevel = Annotated[Literal["INFO", "WARNING", "ERROR"], BeforeValidator(str.upper)]
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_names)]


class ServiceSettings(BaseSettings):
    """Which LLM words the answers, where the service listens, whom it lets in, and what it tells of its work."""

    model_config = SettingsConfigDict(env_prefix="DOSSIER_", env_ignore_empty=True, extra="ignore")

    llm: str = Field(
        default="none",
        description="`none` (answers are quotes), `embedded` (SmolLM2 in process), or a name for LangChain's "
        "init_chat_model such as openai:gpt-4o-mini.",
    )
    llm_base_url: str | None = Field(
        default=None,
        description="Address of an OpenAI-compatible server; several of one model, such as vLLM's replicas, by commas.",
    )
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
    allow_hosts: Names = Field(
        default=(), description="Further Host names to answer to, such as a proxy's; separated by commas."
    )
    allow_origins: Names = Field(
        default=(), description="Origins whose pages may call the service, such as https://desk.example."
    )
    trusted_proxies: Names = Field(
        default=(), description="Addresses of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed."
    )
    require_keys: bool | None = Field(
        default=None, description="Whether API keys are asked for; left out, on every address but loopback."
    )
    rate_limit: str = Field(default="600/minute", description="How many requests one key is good for.")
    key_concurrency: int = Field(default=10, ge=1, description="How many questions of one key may be under way.")
    ask_concurrency: int = Field(
        default=2, ge=1, description="How many questions are worked on at once: one a core, more with a remote LLM."
    )
    queue: int = Field(default=16, ge=0, description="How many more may wait; what comes on top is refused.")

    public_url: str | None = Field(
        default=None, description="Address of the web page as its readers reach it, for the links in Slack."
    )
    log_level: LogLevel = Field(default="INFO", description="The least that the service logs: INFO, WARNING or ERROR.")
    log_questions: bool = Field(default=False, description="Log the text of each question with its answer's figures.")
    otlp_endpoint: str | None = Field(
        default=None,
        validation_alias=AliasChoices("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"),
        description="OpenTelemetry collector that traces are sent to over HTTP; the other standard variables hold too.",
    )

    @field_validator("allow_hosts")
    @classmethod
    def _hosts(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if not all(re.fullmatch(r"[\w.-]+|[0-9a-fA-F:]+", name) for name in given):
            raise ValueError("write names alone, such as dossier.example.org")
        return given

    @field_validator("allow_origins")
    @classmethod
    def _origins(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if not all(re.fullmatch(r"https?://[^/*\s]+", origin) for origin in given):
            raise ValueError("write each as https://desk.example.org, without a path or a star")
        return given

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in given:
            try:
                ip_network(proxy)
            except ValueError:
                raise ValueError("write addresses or networks, such as 127.0.0.1 or 10.0.0.0/8") from None
        return given

    @field_validator("rate_limit")
    @classmethod
    def _rate(cls, given: str) -> str:
        from limits import parse

        try:
            parse(given)
        except ValueError:
            raise ValueError("write it as 600/minute") from None
        return given


class SlackSettings(BaseSettings):
    """The Slack app that the bot is, and what it may do there."""

    model_config = SettingsConfigDict(env_prefix="DOSSIER_SLACK_", env_ignore_empty=True, extra="ignore")

    bot_token: SecretStr | None = Field(default=None, description="Bot token (xoxb-...) of the one workspace.")
    app_token: SecretStr | None = Field(
        default=None, description="App-level token (xapp-...) with connections:write, for `dossier slack`."
    )
    signing_secret: SecretStr | None = Field(
        default=None, description="Signing secret of the app: `dossier serve` then takes Slack's requests."
    )
    client_id: str | None = Field(default=None, description="Client id of the app, to be installed by many workspaces.")
    client_secret: SecretStr | None = Field(default=None, description="The client secret that goes with it.")
    token_key: SecretStr | None = Field(
        default=None, description="What the workspaces' tokens are encrypted with; make one with `dossier slack key`."
    )
    listen: Literal["mentions", "threads", "all"] = Field(
        default="threads",
        description="What is answered in a channel that says nothing else: mentions; follow-ups in threads too; all "
        "questions.",
    )
    writers: Names = Field(default=(), description="Ids of the Slack users who may add articles; separated by commas.")
    api_url: str = Field(default="https://slack.com/api/", description="Slack's Web API; another one for GovSlack.")

    @property
    def over_http(self) -> bool:
        """Whether the service takes Slack's requests."""
        return self.signing_secret is not None

    @property
    def by_many(self) -> bool:
        """Whether workspaces install the app by themselves."""
        return self.client_id is not None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.by_many and (self.client_secret is None or self.token_key is None):
            raise ValueError(
                "DOSSIER_SLACK_CLIENT_ID goes with DOSSIER_SLACK_CLIENT_SECRET and DOSSIER_SLACK_TOKEN_KEY"
            )
        if self.over_http and not self.by_many and self.bot_token is None:
            raise ValueError(
                "DOSSIER_SLACK_SIGNING_SECRET goes with DOSSIER_SLACK_BOT_TOKEN, or with DOSSIER_SLACK_CLIENT_ID"
            )
        if self.by_many and self.bot_token is not None:
            raise ValueError(
                "DOSSIER_SLACK_BOT_TOKEN is for one workspace, DOSSIER_SLACK_CLIENT_ID for many: leave one out"
            )
        return self


def unknown_settings() -> list[str]:
    """Variables of the environment that look like settings and are none, such as misspelt ones."""
    kinds: tuple[type[BaseSettings], ...] = (IngestSettings, ServiceSettings, SlackSettings)
    known = {f"{kind.model_config['env_prefix']}{name}".upper() for kind in kinds for name in kind.model_fields}
    return sorted(name for name in os.environ if name.startswith("DOSSIER_") and name not in known)
