"""What an operator can set: the only module that reads the environment.

Every setting is an environment variable with the prefix ``FAQ_``, or a line of the same name in a
file ``.env`` in the working directory; the environment wins. docs/operations.md lists them all.

    SettingsError    a variable is unknown, or its value cannot be used
"""

import os
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from dotenv import dotenv_values
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "FAQ_"
DOTENV = Path(".env")
_ORIGIN = re.compile(r"https?://[a-z0-9._-]+(:\d{1,5})?|https?://\[[0-9a-f:.]+\](:\d{1,5})?|\*")
_RATE = re.compile(r"[1-9]\d*/(?:[1-9]\d* ?)?(?:second|minute|hour|day)s?|off")


class SettingsError(Exception):
    """A variable is unknown or unusable. The message names it and never holds its value."""


class QuestionLog(StrEnum):
    """What is kept of a question's text."""

    OFF = "off"
    REDACTED = "redacted"
    FULL = "full"


class LogFormat(StrEnum):
    """How log lines are written."""

    CONSOLE = "console"
    JSON = "json"


class Switch(StrEnum):
    """Whether an optional part is there."""

    OFF = "off"
    ON = "on"


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _origin(value: str) -> str:
    if not _ORIGIN.fullmatch(value.lower()):
        raise ValueError("write an origin such as https://careers.example.org, without a path")
    return value.lower()


def _rate(value: str) -> str:
    if not _RATE.fullmatch(value):
        raise ValueError("write a number and a time such as 120/minute, or off")
    return value


def _store(value: str | None) -> str | None:
    if value and not re.fullmatch(r"[a-z][a-z0-9+.-]*://.+", value):
        raise ValueError("write a URL such as file:///mnt/index")
    return value or None


def _counting(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"memory|rediss?://.+|redis\+unix://.+", value.get_secret_value()):
        raise ValueError("write memory, or the address of a Redis such as redis://host:6379/0")
    return value


def _network(value: str) -> str:
    try:
        return str(ip_network(value)) if "/" in value else str(ip_address(value))
    except ValueError:
        raise ValueError(
            "write addresses or networks such as 10.0.0.5 or 172.16.0.0/12; what is trusted "
            "says who the visitors are, so neither names nor * will do"
        ) from None


def _token(value: SecretStr | None) -> SecretStr | None:
    if value is not None and len(value.get_secret_value()) < 16:
        raise ValueError("write 16 characters or more")
    return value


def _absolute(value: str | None) -> str | None:
    if value and not value.startswith(("https://", "http://", "mailto:")):
        raise ValueError("write an address that begins with https://, http:// or mailto:")
    return value or None


def _web(value: str | None) -> str | None:
    if value and not value.startswith(("https://", "http://")):
        raise ValueError("write an address that begins with https:// or http://")
    return value or None


def _vector_store(value: str) -> str:
    if value != "faiss" and not re.fullmatch(r"https?://\S+", value):
        raise ValueError("write faiss, or the address of a Milvus such as http://milvus:19530")
    return value


def _database(value: SecretStr) -> SecretStr:
    url = value.get_secret_value()
    if "://" not in url:
        raise ValueError("write an SQLAlchemy URL such as sqlite:///var/interactions.db")
    if url.startswith("sqlite") and url.split("://", 1)[1] in ("", "/", "/:memory:"):
        raise ValueError("name a file: a database in memory cannot be shared between threads")
    return value


class Settings(BaseModel):
    """Everything an operator can set. Making one reads no environment; `load_settings` does."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    index_dir: Path = Field(
        Path("var/index"), description="Folder of the index that `scripts/build_index.py` writes."
    )
    index_source: Annotated[str | None, AfterValidator(_store)] = Field(
        None,
        description="Store that versions are fetched from into `FAQ_INDEX_DIR`, such as "
        "`file:///mnt/index`, or whatever fsspec opens; needs the extra `store`.",
    )
    watch_seconds: float = Field(
        1.0,
        ge=0,
        le=3600,
        description="How often to look for a newly published version; `0` for at start and reload "
        "only.",
    )
    allowed_origins: Annotated[
        tuple[Annotated[str, AfterValidator(_origin)], ...], NoDecode, BeforeValidator(_split)
    ] = Field(
        (),
        description="Origins whose pages may call the service from a browser, comma-separated; "
        "`*` allows any. The service's own pages need none.",
    )
    admin_token: Annotated[SecretStr | None, AfterValidator(_token)] = Field(
        None,
        description="Bearer token for the administrator's routes, 16 characters or more; "
        "without it they are off.",
    )
    database_url: Annotated[SecretStr, AfterValidator(_database)] = Field(
        SecretStr("sqlite:///var/interactions.db"),
        description="SQLAlchemy URL of the database for interactions and feedback.",
    )
    log_questions: QuestionLog = Field(
        QuestionLog.REDACTED,
        description="What the database keeps of a question: `off` nothing, `redacted` without "
        "personal data, `full` everything.",
    )
    retention_days: int = Field(
        30, ge=1, le=3650, description="Days after which interactions and feedback are deleted."
    )
    rate_limit: Annotated[str, AfterValidator(_rate)] = Field(
        "120/minute",
        description="Requests that one client may make to each kind of `/v1/` route; `off` for "
        "no limit.",
    )
    rate_limit_storage: Annotated[SecretStr, AfterValidator(_counting)] = Field(
        SecretStr("memory"),
        description="Where requests are counted: `memory`, each worker for itself; or in Redis for "
        "all of them, `redis://host:6379/0` (also `rediss://`), which needs the extra `redis`.",
    )
    conversations: Annotated[SecretStr, AfterValidator(_counting)] = Field(
        SecretStr("memory"),
        description="Where the last turns of a conversation are kept: `memory`, each worker for "
        "itself; or in Redis for all of them, `redis://host:6379/0`, which needs the extra "
        "`redis`.",
    )
    trusted_proxies: Annotated[
        tuple[Annotated[str, AfterValidator(_network)], ...], NoDecode, BeforeValidator(_split)
    ] = Field(
        ("127.0.0.1",),
        description="Addresses or networks of proxies whose `X-Forwarded-For` is believed, "
        "comma-separated.",
    )
    vector_store: Annotated[str, AfterValidator(_vector_store)] = Field(
        "faiss",
        description="Engine of the vector search: `faiss`, built in, or the address of a Milvus, "
        "such as `http://milvus:19530` (extra `milvus`).",
    )
    vector_store_seconds: float = Field(
        0.5,
        gt=0,
        le=60,
        description="How long a question may wait for Milvus; after that only what the service "
        "holds itself is searched.",
    )
    contact_url: Annotated[str | None, AfterValidator(_absolute)] = Field(
        None, description="Address offered to visitors whose question has no answer here."
    )
    max_waiting: int = Field(
        64,
        ge=1,
        le=10_000,
        description="Questions that may wait for a free thread; past it the service says 503.",
    )
    deadline_seconds: float = Field(
        5.0,
        gt=0,
        le=60,
        description="Seconds within which a question is answered, its waiting counted; past it the "
        "service says 503.",
    )
    remembered_answers: int = Field(
        2000,
        ge=0,
        le=1_000_000,
        description="Answers that each worker remembers for whoever asks the same, some 10 kB "
        "each; `0` for none.",
    )
    mcp: Switch = Field(
        Switch.OFF,
        description="Whether agents are answered at `/mcp`; `on` needs the extra `mcp`.",
    )
    otlp_endpoint: Annotated[str | None, AfterValidator(_web)] = Field(
        None,
        description="Address of an OpenTelemetry collector that takes OTLP over HTTP, such as "
        "`http://127.0.0.1:4318`; without it nothing is traced.",
    )
    log_format: LogFormat = Field(
        LogFormat.CONSOLE, description="Form of the log lines: `console` or `json`."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least level that is logged."
    )


class _Environment(BaseSettings, Settings):
    """The same settings, filled from the environment and ``.env``."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_prefix=PREFIX, hide_input_in_errors=True
    )


def known_variables() -> tuple[str, ...]:
    """Names of all variables, in the order of the fields."""
    return tuple(PREFIX + name.upper() for name in Settings.model_fields)


def load_settings(dotenv: Path = DOTENV) -> Settings:
    """Read the environment and `dotenv`, which need not exist. Raises SettingsError."""
    _check_names(_given_names(os.environ, dotenv))  # noqa: TID251 - the one place that may
    arguments: dict[str, Any] = {"_env_file": dotenv, "_env_file_encoding": "utf-8"}
    try:
        return _Environment(**arguments)
    except ValidationError as error:
        raise SettingsError(_faults(error)) from None


def _given_names(environment: Mapping[str, str], dotenv: Path) -> Iterable[str]:
    return [*environment, *(dotenv_values(dotenv) if dotenv.is_file() else ())]


def _check_names(names: Iterable[str]) -> None:
    known = known_variables()
    for name in sorted({name.upper() for name in names if name.upper().startswith(PREFIX)}):
        if name not in known:
            closest = get_close_matches(name, known, n=1, cutoff=0.0)[0]
            raise SettingsError(f"{name} is no setting. Did you mean {closest}?")


def _faults(error: ValidationError) -> str:
    lines = []
    for fault in error.errors(include_input=False, include_url=False, include_context=False):
        name = str(fault["loc"][0]).upper()
        message = fault["msg"].removeprefix("Value error, ")
        lines.append(f"{PREFIX}{name.removeprefix(PREFIX)}: {message}")
    return "\n".join(lines)
