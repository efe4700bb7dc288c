"""Settings: the only module that reads the environment.

Every setting is an environment variable with the prefix ``FAQ_``, or a line of the same name in a
file ``.env`` in the working directory; the environment wins. docs/operations.md lists them all.

    SettingsError    a variable is unknown, or its value is invalid
"""

import os
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from enum import StrEnum
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

from service import setting_checks

PREFIX = "FAQ_"
DOTENV = Path(".env")


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


class Settings(BaseModel):
    """Everything an operator can set. Making one reads no environment; `load_settings` does."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    index_dir: Path = Field(
        Path("var/index"), description="Folder of the index that `careers-faq build` writes."
    )
    corpus_dir: Path | None = Field(
        None,
        description="Folder of the content that the studio edits; unset: no studio.",
    )
    content_commits: Switch = Field(
        Switch.OFF,
        description="Commit each edit of the studio to git in the editor's name.",
    )
    import_private: Switch = Field(
        Switch.OFF,
        description="Let the studio's editors import whatever this machine reaches, such as an "
        "intranet.",
    )
    index_source: Annotated[str | None, AfterValidator(setting_checks.store)] = Field(
        None,
        description="Store to fetch versions from, such as `file:///mnt/index` (extra `store`).",
    )
    sites: Path | None = Field(
        None,
        description="File that lists several sites, each under `/sites/KEY/`.",
    )
    watch_seconds: Annotated[float, AfterValidator(setting_checks.pause)] = Field(
        0.1,
        ge=0,
        le=3600,
        description="Seconds between looks for a new version; `0`: only at start, at a reload, "
        "and for a conversation that has seen it.",
    )
    allowed_origins: Annotated[
        tuple[Annotated[str, AfterValidator(setting_checks.origin)], ...],
        NoDecode,
        BeforeValidator(setting_checks.split),
    ] = Field(
        (),
        description="Origins of other pages that may call the service, comma-separated; `*`: any.",
    )
    admin_token: Annotated[SecretStr | None, AfterValidator(setting_checks.token)] = Field(
        None,
        description="Bearer token for the administrator's routes, 16 characters or more; unset: "
        "they are off.",
    )
    people_file: Path | None = Field(
        None,
        description="File of further editors, made by `careers-faq people`.",
    )
    database_url: Annotated[SecretStr, AfterValidator(setting_checks.database)] = Field(
        SecretStr("sqlite:///var/interactions.db"),
        description="SQLAlchemy URL of the database for interactions and feedback.",
    )
    log_questions: QuestionLog = Field(
        QuestionLog.REDACTED,
        description="What the database keeps of a question: nothing, its text without personal "
        "data, or all.",
    )
    retention_days: int = Field(
        30, ge=1, le=3650, description="Days after which interactions and feedback are deleted."
    )
    rate_limit: Annotated[str, AfterValidator(setting_checks.rate)] = Field(
        "120/minute",
        description="Requests that one client may make to each kind of `/v1/` route; `off`: no "
        "limit.",
    )
    rate_limit_storage: Annotated[SecretStr, AfterValidator(setting_checks.counting)] = Field(
        SecretStr("memory"),
        description="Where requests are counted: `memory` of each worker, or "
        "`redis://host:6379/0` (also `rediss://`; extra `redis`).",
    )
    trusted_proxies: Annotated[
        tuple[Annotated[str, AfterValidator(setting_checks.network)], ...],
        NoDecode,
        BeforeValidator(setting_checks.split),
    ] = Field(
        ("127.0.0.1",),
        description="Addresses or networks of proxies whose `X-Forwarded-For` is believed, "
        "comma-separated.",
    )
    vector_store: Annotated[str, AfterValidator(setting_checks.vector_store)] = Field(
        "faiss",
        description="Vector search: `faiss`, or a Milvus, such as `http://milvus:19530` (extra "
        "`milvus`).",
    )
    vector_store_seconds: float = Field(
        0.5,
        ge=0.01,
        le=60,
        description="Seconds that a question may wait for Milvus; past it, it is answered without.",
    )
    contact_url: Annotated[str | None, AfterValidator(setting_checks.absolute)] = Field(
        None, description="Address offered to visitors whose question has no answer."
    )
    security_contact: Annotated[str | None, AfterValidator(setting_checks.absolute)] = Field(
        None,
        description="Address for reports of vulnerabilities, shown at `/.well-known/security.txt`.",
    )
    max_waiting: int = Field(
        64,
        ge=1,
        le=10_000,
        description="Questions that may wait for a thread; past it 503.",
    )
    deadline_seconds: float = Field(
        5.0,
        ge=0.1,
        le=60,
        description="Seconds for an answer, waiting included; past it 503.",
    )
    remembered_answers: int = Field(
        2000,
        ge=0,
        le=1_000_000,
        description="Answers that each worker caches, some 3 kB each; `0`: none.",
    )
    mcp: Switch = Field(
        Switch.OFF,
        description="Answer agents at `/mcp` (extra `mcp`).",
    )
    otlp_endpoint: Annotated[str | None, AfterValidator(setting_checks.web)] = Field(
        None,
        description="OpenTelemetry collector, such as `http://127.0.0.1:4318` (extra `tracing`); "
        "unset: no traces.",
    )
    log_format: LogFormat = Field(LogFormat.CONSOLE, description="Form of the log lines.")
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
    _check_names(_names_in(os.environ, dotenv))  # noqa: TID251 - the one place that may
    arguments: dict[str, Any] = {"_env_file": dotenv, "_env_file_encoding": "utf-8"}
    try:
        return _Environment(**arguments)
    except ValidationError as error:
        raise SettingsError(_faults(error)) from None


def _names_in(environment: Mapping[str, str], dotenv: Path) -> Iterable[str]:
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
