"""Validators of settings; each raises ValueError with what to write instead."""

import re
from ipaddress import ip_address, ip_network

from pydantic import SecretStr

_ORIGIN = re.compile(r"https?://[a-z0-9._-]+(:\d{1,5})?|https?://\[[0-9a-f:.]+\](:\d{1,5})?|\*")
_WIDEST = {4: 8, 6: 7}
"""Bits of the widest network that may be trusted, as private networks are: 10.0.0.0/8, fc00::/7."""
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
    if not _RATE.fullmatch(value) or max(map(int, re.findall(r"\d+", value)), default=0) > 10**6:
        raise ValueError("write a number and a time such as 120/minute, or off")
    return value


def pause(value: float) -> float:
    """Accept 0, or a pause that leaves time for the rest."""
    if 0 < value < 0.05:
        raise ValueError("write 0, or 0.05 seconds or more")
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
        found = ip_network(value)
        if found.prefixlen < _WIDEST[found.version] or found.network_address.is_unspecified:
            raise ValueError
        return str(found) if "/" in value else str(ip_address(value))
    except ValueError:
        raise ValueError(
            "write addresses or networks such as 10.0.0.5 or 172.16.0.0/12; what is trusted "
            "says who the visitors are, so neither names nor * nor half of all addresses will do"
        ) from None


def token(value: SecretStr | None) -> SecretStr | None:
    """Accept a token that is long enough not to be guessed, and that any header can carry."""
    if value is not None:
        secret = value.get_secret_value()
        if len(secret.strip()) < 16:
            raise ValueError("write 16 characters or more")
        if not re.fullmatch(r"[!-~]+", secret):
            raise ValueError("write letters, digits and signs of ASCII, without spaces")
    return value


def absolute(value: str | None) -> str | None:
    """Accept an address that a visitor can follow; empty is None."""
    if value and not re.fullmatch(r"(?:https?://|mailto:)[^\s<>\"]+", value):
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
