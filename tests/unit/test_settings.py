import re
from enum import StrEnum
from pathlib import Path
from types import NoneType
from typing import Literal, get_args, get_origin

import pytest
from pydantic import SecretStr, ValidationError

from service.settings import (
    LogFormat,
    QuestionLog,
    Settings,
    SettingsError,
    known_variables,
    load_settings,
)
from tests.support.paths import ROOT

OPERATIONS = ROOT / "docs" / "operations.md"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in known_variables():
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def dotenv(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def _type_name(annotation: object) -> str:
    if get_origin(annotation) is Literal:
        return " · ".join(f"`{value}`" for value in get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return " · ".join(f"`{value}`" for value in annotation)
    parts = [part for part in get_args(annotation) if part not in (NoneType, Ellipsis)]
    if get_origin(annotation) is tuple:
        return "list"
    if parts:
        return _type_name(parts[0])
    names = {Path: "path", str: "text", int: "number", float: "number", SecretStr: "secret"}
    return names[annotation]  # type: ignore[index]  # a name that is not there fails the test


def _default(value: object) -> str:
    if isinstance(value, tuple):
        value = ",".join(value)
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    return f"`{value}`" if value not in (None, "") else "–"  # noqa: RUF001 - it is what the page shows


def expected_table() -> list[str]:
    """Rows of the table in docs/operations.md, as the settings are."""
    return [
        f"| `FAQ_{name.upper()}` | {_type_name(field.annotation)} | {_default(field.default)} "
        f"| {field.description} |"
        for name, field in Settings.model_fields.items()
    ]


def test_documentation_lists_every_setting_as_it_is() -> None:
    rows = [
        line for line in OPERATIONS.read_text("utf-8").splitlines() if line.startswith("| `FAQ_")
    ]

    assert rows == expected_table()


def test_every_setting_has_a_sentence() -> None:
    sentences = [field.description or "" for field in Settings.model_fields.values()]

    assert [sentence for sentence in sentences if not re.fullmatch(r"[A-Z].*\.", sentence)] == []


def test_nothing_set_gives_the_defaults(dotenv: Path) -> None:
    assert load_settings(dotenv).model_dump() == Settings().model_dump()


def test_making_settings_by_hand_reads_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQ_RETENTION_DAYS", "7")

    assert Settings().retention_days == 30


def test_environment_wins_over_the_file(dotenv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dotenv.write_text("FAQ_RETENTION_DAYS=7\nFAQ_LOG_FORMAT=json\nOTHER=1\n", "utf-8")
    monkeypatch.setenv("FAQ_RETENTION_DAYS", "8")

    settings = load_settings(dotenv)

    assert (settings.retention_days, settings.log_format) == (8, LogFormat.JSON)


def test_lists_are_comma_separated(dotenv: Path) -> None:
    dotenv.write_text(
        "FAQ_ALLOWED_ORIGINS=https://a.example, HTTP://B.example:8080,\nFAQ_TRUSTED_PROXIES=\n",
        "utf-8",
    )

    settings = load_settings(dotenv)

    assert settings.allowed_origins == ("https://a.example", "http://b.example:8080")
    assert settings.trusted_proxies == ()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "FAQ_ALOWED_ORIGIN=x",
            ("FAQ_ALOWED_ORIGIN is no setting. Did you mean FAQ_ALLOWED_ORIGINS?"),
        ),
        ("faq_indexdir=x", "FAQ_INDEXDIR is no setting. Did you mean FAQ_INDEX_DIR?"),
        (
            "FAQ_ALLOWED_ORIGINS=https://a.example/page",
            (
                "FAQ_ALLOWED_ORIGINS: write an origin such"
                " as https://careers.example.org, without a path"
            ),
        ),
        *(
            (f"FAQ_ADMIN_TOKEN={token}", "FAQ_ADMIN_TOKEN: write 16 characters or more")
            for token in ("short", "'                    '")
        ),
        *(
            (
                f"FAQ_ADMIN_TOKEN={token}",
                "FAQ_ADMIN_TOKEN: write letters, digits and signs of ASCII, without spaces",
            )
            for token in ("'sixteen characters'", "\u00fc" * 16)
        ),
        ("FAQ_WATCH_SECONDS=0.0001", "FAQ_WATCH_SECONDS: write 0, or 0.05 seconds or more"),
        (
            "FAQ_DEADLINE_SECONDS=0.0001",
            "FAQ_DEADLINE_SECONDS: Input should be greater than or equal to 0.1",
        ),
        (
            "FAQ_DEADLINE_SECONDS=nan",
            "FAQ_DEADLINE_SECONDS: Input should be less than or equal to 60",
        ),
        (
            "FAQ_RATE_LIMIT=10000000/second",
            "FAQ_RATE_LIMIT: write a number and a time such as 120/minute, or off",
        ),
        (
            "FAQ_CONTACT_URL=https://a.example/ b",
            "FAQ_CONTACT_URL: write an address that begins with https://, http:// or mailto:",
        ),
        (
            "FAQ_DATABASE_URL=file.db",
            ("FAQ_DATABASE_URL: write an SQLAlchemy URL such as sqlite:///var/interactions.db"),
        ),
        (
            "FAQ_DATABASE_URL=sqlite://",
            (
                "FAQ_DATABASE_URL: name a file: a database in memory cannot"
                " be shared between threads"
            ),
        ),
        (
            "FAQ_LOG_QUESTIONS=some",
            ("FAQ_LOG_QUESTIONS: Input should be 'off', 'redacted' or 'full'"),
        ),
        ("FAQ_RETENTION_DAYS=0", "FAQ_RETENTION_DAYS: Input should be greater than or equal to 1"),
        (
            "FAQ_RATE_LIMIT=fast",
            ("FAQ_RATE_LIMIT: write a number and a time such as 120/minute, or off"),
        ),
        (
            "FAQ_VECTOR_STORE=milvus",
            "FAQ_VECTOR_STORE: write faiss, or the address of a Milvus such as http://milvus:19530",
        ),
        (
            "FAQ_CONTACT_URL=javascript:alert(1)",
            ("FAQ_CONTACT_URL: write an address that begins with https://, http:// or mailto:"),
        ),
    ],
    ids=lambda value: value.split("=")[0] if "=" in value else "",
)
def test_unusable_variable_is_an_error_that_says_what_to_write(
    line: str, message: str, dotenv: Path
) -> None:
    dotenv.write_text(line, "utf-8")

    with pytest.raises(SettingsError) as caught:
        load_settings(dotenv)

    assert str(caught.value) == message


def test_secrets_do_not_print() -> None:
    settings = Settings(
        admin_token=SecretStr("swordfish-swordfish"),
        database_url=SecretStr("postgresql://me:swordfish@host/db"),
    )

    assert "swordfish" not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_error_does_not_echo_a_secret() -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(admin_token=SecretStr("swordfish"))

    assert "swordfish" not in str(caught.value)


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        Settings().log_questions = QuestionLog.FULL  # type: ignore[misc]  # that is the claim


@pytest.mark.parametrize("network", ["10.0.0.5", "10.0.0.0/8", "172.16.0.0/12", "::1", "fc00::/7"])
def test_proxies_of_a_private_network_may_be_trusted(network: str) -> None:
    assert Settings(trusted_proxies=(network,)).trusted_proxies == (network,)


@pytest.mark.parametrize(
    "network",
    ["*", "proxy", "0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "::", "2000::/3"],
)
def test_nobody_can_trust_everybody(network: str) -> None:
    """Each visitor could then be whoever they say."""
    with pytest.raises(ValidationError, match="write addresses or networks"):
        Settings(trusted_proxies=(network,))
