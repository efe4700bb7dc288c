"""Who may do what in the studio."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials

from service.api.dependencies import bearer, require_admin


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


async def signed_in(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Person:
    """Return who sends a request. Raises AdminOff or Unauthorised."""
    await require_admin(request, credentials)
    return Person("administrator", Role.ADMINISTRATOR)
