"""People who may work on the content: named tokens with a role, hashed in a file.

`careers-faq people` writes the file, FAQ_PEOPLE_FILE names it; whoever is added or removed counts
from the next request. A person without a token is signed in by a trusted proxy, which names them in
`X-Forwarded-User`: nobody is believed whom the file does not list.

    PeopleFileError    the file cannot be read
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

HEADER = "x-forwarded-user"
ADMINISTRATOR = "administrator"
"""Name of who has the token of the settings."""


class Role(IntEnum):
    """What somebody may do; each may do what those before it may."""

    VIEWER = 1
    EDITOR = 2
    PUBLISHER = 3
    ADMINISTRATOR = 4


@dataclass(frozen=True, slots=True)
class Person:
    """Who is at work."""

    name: str
    role: Role
    key: str = ""
    """Tells their sessions from those of others, and of an earlier token of theirs."""


class PersonRecord(BaseModel):
    """One person, as the file lists them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f<>]+$")]
    role: Annotated[str, Field(pattern="^(viewer|editor|publisher|administrator)$")]
    token_sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None
    """None for who is signed in by a proxy."""

    @property
    def person(self) -> Person:
        """Who that is."""
        key = self.token_sha256 or sha256(f"proxy:{self.name}".encode()).hexdigest()
        return Person(self.name, Role[self.role.upper()], key[:16])


RECORDS = TypeAdapter(list[PersonRecord])


class PeopleFileError(Exception):
    """The file of the people cannot be read."""


def read_people(path: Path) -> list[PersonRecord]:
    """Read the file; without one there is nobody. Raises PeopleFileError."""
    try:
        return RECORDS.validate_json(path.read_bytes())
    except FileNotFoundError:
        return []
    except (OSError, ValidationError) as error:
        raise PeopleFileError(
            f"{path} cannot be read; write it with `careers-faq people`."
        ) from error


class People:
    """The people of one site. An unreadable file lets nobody in."""

    def __init__(self, path: Path | None, proxies: Sequence[str]) -> None:
        self._path = path
        self._networks = [ip_network(network) for network in proxies]

    def by_token(self, token: str) -> Person | None:
        """Find who has a token, in constant time for each person."""
        digest = sha256(token.encode()).hexdigest()
        found = None
        for record in self._records():
            if hmac.compare_digest(record.token_sha256 or "", digest):
                found = record.person
        return found

    def by_key(self, key: str) -> Person | None:
        """Find whose session has a key."""
        people = (record.person for record in self._records())
        return next((person for person in people if person.key == key), None)

    def by_proxy(self, request: Request) -> Person | None:
        """Find whom a trusted proxy names in a request."""
        names = request.headers.getlist(HEADER)
        if len(names) != 1 or not self._is_proxy(request):
            return None
        records = (record for record in self._records() if record.token_sha256 is None)
        return next((record.person for record in records if record.name == names[0]), None)

    def _is_proxy(self, request: Request) -> bool:
        """Whether the other end of the connection, not the visitor it speaks of, is trusted."""
        client = request.client.host if request.client else ""
        try:
            address = ip_address(request.scope.get("state", {}).get("peer") or client)
        except ValueError:
            return False
        return any(address in network for network in self._networks)

    def _records(self) -> list[PersonRecord]:
        if self._path is None:
            return []
        try:
            return read_people(self._path)
        except PeopleFileError:
            return []
