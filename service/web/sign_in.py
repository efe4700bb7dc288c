"""The administrator's sign-in for a browser, which cannot send a bearer token by itself.

The token is exchanged for a signed cookie that holds an id and a time. Its key is derived from the
token, so every worker accepts it, and another token ends every session. The database holds the ids
of sessions that were ended by signing out, so that every worker refuses them.
"""

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from itsdangerous import BadSignature, Signer, TimestampSigner

from service.api.rate_limits import memory_limiter

SECONDS = 4 * 3600
COOKIE = "faq_admin"
PATH = "/admin"
TRIES = "10/minute"
"""Sign-ins that one client may attempt; the token has 16 characters or more."""


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in."""

    id: str
    form_key: str
    """What every form of this session must send back; no other page can know it."""


class Sessions:
    """Makes and checks the cookies of one token."""

    def __init__(self, token: str, place: str = "", now: Callable[[], float] = time.time) -> None:
        """Take the token, and the path of the pages, where alone a cookie is valid."""
        self._token = token.encode()
        self._cookies = _CookieSigner(token, f"cookie{place}", now)
        self._forms = Signer(token, f"form{place}", key_derivation="hmac", digest_method=sha256)
        self._limiter = memory_limiter(TRIES)

    async def may_try(self, client: str) -> bool:
        """Count an attempt of this client; false when there were too many."""
        return await self._limiter.seconds_to_wait(client, "login") == 0

    def accepts(self, token: str) -> bool:
        """Compare in constant time."""
        return hmac.compare_digest(token.encode(), self._token)

    def begin(self) -> str:
        """Make the value of a new cookie."""
        return self._cookies.sign(secrets.token_urlsafe(12)).decode()

    def find(self, cookie: str) -> Session | None:
        """Return the session of a cookie that we signed in the last four hours."""
        try:
            id_ = self._cookies.unsign(cookie, max_age=SECONDS).decode()
        except BadSignature:
            return None
        return Session(id_, self._forms.get_signature(id_).decode())

    def is_own_form(self, session: Session, form_key: str) -> bool:
        """Tell whether a form came from a page of this session."""
        return hmac.compare_digest(form_key.encode(), session.form_key.encode())


class _CookieSigner(TimestampSigner):
    def __init__(self, token: str, salt: str, now: Callable[[], float]) -> None:
        super().__init__(token, salt, key_derivation="hmac", digest_method=sha256)
        self._now = now

    def get_timestamp(self) -> int:
        return int(self._now())
