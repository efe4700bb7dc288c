"""Validators of settings; each raises ValueError with what to write instead."""

import re
from ipaddress import ip_address, ip_network

from pydantic import SecretStr

_ORIGIN = re.compile(r"https?://[a-z0-9._-]+(:\d{1,5})?|https?://\[[0-9a-f:.]+\](:\d{1,5})?|\*")
_RATE = re.compile(r"[1-9]\d*/(?:[1-9]\d* ?)?(?:second|minute|hour|day)s?|off")


def split(value: object) -> object:
    """Split a comma-separated text."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def origin(value: str) -> str:
    """Accept an origin, in lower case."""
    if not _ORIGIN.fullmatch(value.lower()):
        raise ValueError("write an origin such as https://careers.example.org, without a path")
    return value.lower()


def rate(value: str) -> str:
    """Accept a rate."""
    if not _RATE.fullmatch(value):
        raise ValueError("write a number and a time such as 120/minute, or off")
    return value


def store(value: str | None) -> str | None:
    """Accept the URL of a store; empty is None."""
    if value and not re.fullmatch(r"[a-z][a-z0-9+.-]*://.+", value):
        raise ValueError("write a URL such as file:///mnt/index")
    return value or None


def counting(value: SecretStr) -> SecretStr:
    """Accept `memory` or the address of a Redis."""
    if not re.fullmatch(r"memory|rediss?://.+|redis\+unix://.+", value.get_secret_value()):
        raise ValueError("write memory, or the address of a Redis such as redis://host:6379/0")
    return value


def network(value: str) -> str:
    """Accept an address or a network."""
    try:
        return str(ip_network(value)) if "/" in value else str(ip_address(value))
    except ValueError:
        raise ValueError(
            "write addresses or networks such as 10.0.0.5 or 172.16.0.0/12; what is trusted "
            "says who the visitors are, so neither names nor * will do"
        ) from None


def token(value: SecretStr | None) -> SecretStr | None:
    """Accept a token that is long enough not to be guessed."""
    if value is not None and len(value.get_secret_value()) < 16:
        raise ValueError("write 16 characters or more")
    return value


def absolute(value: str | None) -> str | None:
    """Accept an address that a visitor can follow; empty is None."""
    if value and not value.startswith(("https://", "http://", "mailto:")):
        raise ValueError("write an address that begins with https://, http:// or mailto:")
    return value or None


def web(value: str | None) -> str | None:
    """Accept a web address; empty is None."""
    if value and not value.startswith(("https://", "http://")):
        raise ValueError("write an address that begins with https:// or http://")
    return value or None


def vector_store(value: str) -> str:
    """Accept the engine of the vector search."""
    if value != "faiss" and not re.fullmatch(r"https?://\S+", value):
        raise ValueError("write faiss, or the address of a Milvus such as http://milvus:19530")
    return value


def database(value: SecretStr) -> SecretStr:
    """Accept the URL of a database that threads can share."""
    url = value.get_secret_value()
    if "://" not in url:
        raise ValueError("write an SQLAlchemy URL such as sqlite:///var/interactions.db")
    if url.startswith("sqlite") and url.split("://", 1)[1] in ("", "/", "/:memory:"):
        raise ValueError("name a file: a database in memory cannot be shared between threads")
    return value
