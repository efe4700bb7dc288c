"""The administrator's sign-in for a browser, which cannot send a bearer token by itself.

The token buys a signed cookie that says until when it holds, and nothing else. Its key follows
from the token, so every worker knows it, and another token ends every session. Nothing is stored.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from service.api.rate_limits import memory_limiter

SECONDS = 4 * 3600
COOKIE = "faq_admin"
PATH = "/admin"
TRIES = "10/minute"
"""Of signing in, by one client; the token has 16 characters or more."""


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in."""

    form_key: str
    """What every form of this session must send back; no other page can know it."""


class Sessions:
    """Makes and checks the cookies of one token."""

    def __init__(self, token: str, place: str = "", now: Callable[[], float] = time.time) -> None:
        """Take the token, and the path under which the pages are: a cookie holds there alone."""
        self._token = token.encode()
        said = f"careers-faq admin session{place}".encode()
        self._key = hmac.digest(self._token, said, hashlib.sha256)
        self._now = now
        self._limiter = memory_limiter(TRIES)

    async def may_try(self, client: str) -> bool:
        """Count a try of this client; false when it has tried too often."""
        return await self._limiter.seconds_to_wait(client, "login") == 0

    def accepts(self, token: str) -> bool:
        """Compare in a time that tells nothing."""
        return hmac.compare_digest(token.encode(), self._token)

    def begin(self) -> str:
        """Make the value of a new cookie."""
        said = f"{int(self._now()) + SECONDS}.{secrets.token_urlsafe(12)}"
        return f"{said}.{self._sign(said)}"

    def find(self, cookie: str | None) -> Session | None:
        """Return the session of a cookie that we signed and that still holds."""
        said, _, signature = (cookie or "").rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(said).encode()):
            return None
        until = said.partition(".")[0]
        if not until.isdecimal() or int(until) <= self._now():
            return None
        return Session(self._sign(f"form {said}"))

    def is_own_form(self, session: Session, given: str) -> bool:
        """Tell whether a form came from a page of this session."""
        return hmac.compare_digest(given.encode(), session.form_key.encode())

    def _sign(self, said: str) -> str:
        return hmac.new(self._key, said.encode(), hashlib.sha256).hexdigest()
