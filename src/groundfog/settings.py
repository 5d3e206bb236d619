"""One place for configuration: environment variables `GROUNDFOG_*`, then `groundfog.toml`, then these defaults.

The settings of one model stand under ``[models."@cf/author/name"]`` in the file; the keys are those of `ModelSettings`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

SourceName = Literal["weights", "stand-in", "echo"]


class ModelSettings(BaseModel):
    """How one model is run. Everything is optional: the defaults come from the model's file and from this machine."""

    model_config = ConfigDict(extra="forbid")

    path: Path | None = None
    """A local file or folder with the weights; wins over what was pulled."""
    mmproj: Path | None = None
    """Vision projector (GGUF)."""
    draft: Path | None = None
    """Small model for speculative decoding (GGUF)."""
    lora: dict[str, Path] = Field(default_factory=dict)
    """Adapters by the name that requests give in `lora`."""
    engine: str | None = None
    """Engine by name, when several can read the file."""
    context_size: int | None = Field(None, ge=64)
    """Tokens for one request, prompt and answer together."""
    slots: int | None = Field(None, ge=1, le=256)
    """Requests that are answered at the same time."""
    threads: int | None = Field(None, ge=1)
    """Processor threads that compute; default: what the engine finds best for this machine."""
    gpu_layers: int | None = Field(None, ge=-1)
    """Layers kept on the GPU; -1 is all of them."""
    sources: tuple[SourceName, ...] | None = None
    """Who may answer for this model, in this order; default: `sources` of the server."""
    precision: Literal["fp32", "fp16", "bf16", "int8"] | None = None
    """Precision of an ONNX model, when several files are there."""


class Settings(BaseSettings):
    """Everything a person can configure."""

    model_config = SettingsConfigDict(env_prefix="GROUNDFOG_", env_nested_delimiter="__", extra="ignore")

    host: str = "127.0.0.1"
    """Address to listen on. One that other machines can reach needs a key to exist."""
    port: int = Field(9787, ge=0, le=65535)
    """0 picks a free one."""
    state: Path = Field(default_factory=lambda: default_state())
    """Directory of everything that is kept: database, pulled weights, run-time sockets."""
    account: str = "local"
    """Account id that the printed examples use. Any id is accepted in a path."""
    sources: Annotated[tuple[SourceName, ...], NoDecode] = ("weights", "stand-in", "echo")
    """Who may answer, in this order. `GROUNDFOG_SOURCES=weights,echo`."""
    models: dict[str, ModelSettings] = Field(default_factory=dict)
    """Settings of single models, by id; best written in `groundfog.toml` (see below)."""
    echo_script: Path | None = None
    """TOML file with scripted answers for the echo source."""

    max_body_bytes: int = Field(100 * 1024 * 1024, ge=1024)
    """Longest request body; past it the answer is 3006."""
    body_timeout_s: float = Field(30.0, gt=0)
    """How long the next piece of a request body may take to come; past it the answer is 3007."""
    request_timeout_s: float = Field(300.0, gt=0)
    """Deadline of one request, waiting included; past it the answer is 3007."""
    queue_limit: int = Field(1024, ge=0)
    """Requests of one model that may wait; one more is answered 3040."""
    idle_unload_s: float = Field(900.0, gt=0)
    """A model that nobody asked for this long is unloaded."""
    memory_limit_bytes: int | None = None
    """Memory that loaded models may take together; default: 80 % of the machine's."""
    load_timeout_s: float = Field(300.0, gt=0)
    """How long a model may take to load; past it its process is ended."""

    cors_origins: Annotated[tuple[str, ...], NoDecode] = ("loopback",)
    """Web pages that may call the server: exact origins, `loopback` (pages of this machine), or `*` (any)."""

    refuse_deprecated: bool = False
    """Answer 5028 for models past their deprecation date, instead of going on to serve them."""
    allow_json_stream: bool = False
    """Stream the text of a JSON answer, instead of refusing `stream` with a schema (5023)."""
    unknown_fields: Literal["refuse", "ignore", "strict"] = "refuse"
    """What to do with an input field that the model's schema does not have: `refuse` tolerates what clients are known
    to send beside the schema (and extras of flux-1-schnell), `strict` does not."""

    gateway_durability: Literal["power", "process", "deferred"] = "process"
    """When a gateway's answer counts as recorded: `power` waits until the disk has the record, `process` until the
    operating system has it (a killed server loses nothing, a power cut may lose seconds), `deferred` for nothing."""
    gateway_spill_bytes: int = Field(1 << 30, ge=1 << 20)
    """How much may be recorded while the store is down; past it gateways answer 503."""
    gateway_cache_bytes: int = Field(256 << 20, ge=0)
    """Memory and disk that cached answers of all gateways may take together."""
    gateway_create: Literal["default", "open", "always"] = "open"
    """Which gateways are made at their first use: only `default`, any on a server that needs no keys, or any."""
    gateway_key_file: Path | None = None
    """File with the secret that stored provider keys are encrypted with; default: made in the state directory."""
    gateway_provider_keys: dict[str, SecretStr] = Field(default_factory=dict)
    """The operator's keys, by provider, for requests that bring none and gateways that have none stored; they go to the
    providers' own hosts only. `GROUNDFOG_GATEWAY_PROVIDER_KEYS__OPENAI=…`."""
    gateway_allow_http: bool = False
    """Allow custom providers with `http://` addresses."""
    gateway_allow_private: bool = False
    """Allow custom providers at private addresses (this machine, the local network)."""
    gateway_total_timeout_s: float = Field(600.0, gt=0)
    """Total time for one gateway request, with all retries and fallbacks, until an answer begins."""

    log_format: Literal["text", "json"] = "text"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """`info` writes a line per request; `warning` does not."""

    @field_validator("sources", "cors_origins", mode="before")
    @classmethod
    def _comma_list(cls, value: Any) -> Any:
        """Lists in environment variables are written `a,b`, or as JSON."""
        if not isinstance(value, str):
            return value
        return (
            json.loads(value) if value.startswith("[") else [part.strip() for part in value.split(",") if part.strip()]
        )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        toml = TomlConfigSettingsSource(settings_cls, toml_file=os.environ.get("GROUNDFOG_CONFIG", "groundfog.toml"))
        return (init_settings, env_settings, toml)


def default_state() -> Path:
    """`.groundfog/` of the project when there is one, else the user's data directory."""
    project = Path(".groundfog")
    if project.is_dir():
        return project.resolve()
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "groundfog"
