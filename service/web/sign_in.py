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

from service.api.people import ADMINISTRATOR, People, Person, Role
from service.api.rate_limits import MemoryLimiter

SECONDS = 4 * 3600
KEPT_SECONDS = 24 * 3600
"""How long a browser keeps the cookie: what is sent after the session is kept, not thrown away."""
COOKIE = "faq_admin"
PATH = "/admin"
TRIES = "10/minute"
"""Sign-ins that one client may attempt; the token has 16 characters or more."""


_KEY = "~"
"""Between the id of a session and the key of its person."""


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in."""

    id: str
    person: Person
    form_key: str
    """What every form of this session must send back; no other page can know it."""


class Sessions:
    """Makes and checks the cookies of one token."""

    def __init__(
        self,
        token: str,
        people: People,
        place: str = "",
        now: Callable[[], float] = time.time,
    ) -> None:
        """Take the token, and the path of the pages, where alone a cookie is valid."""
        self._people = people
        self._cookies = _CookieSigner(token, f"cookie{place}", now)
        self._forms = Signer(token, f"form{place}", key_derivation="hmac", digest_method=sha256)
        self._limiter = MemoryLimiter(TRIES)

    async def may_try(self, client: str, what: str = "login") -> bool:
        """Count an attempt of this client; false when there were too many."""
        return await self._limiter.seconds_to_wait(client, what) == 0

    def begin(self, person: Person) -> str:
        """Make the value of a new cookie."""
        return self._cookies.sign(f"{secrets.token_urlsafe(12)}{_KEY}{person.key}").decode()

    def find(self, cookie: str, seconds: int = SECONDS) -> Session | None:
        """Return the session of a cookie that we signed in the last four hours.

        It is over when the person is gone, or has another token.
        """
        try:
            value = self._cookies.unsign(cookie, max_age=seconds).decode()
        except BadSignature:
            return None
        id_, _, key = value.partition(_KEY)
        administrator = Person(ADMINISTRATOR, Role.ADMINISTRATOR)
        person = self._people.by_key(key) if key else administrator
        return self.of(id_, person) if person else None

    def of(self, id_: str, person: Person) -> Session:
        """Return a session with this id."""
        return Session(id_, person, self._forms.get_signature(id_ + person.key).decode())

    def is_own_form(self, session: Session, form_key: str) -> bool:
        """Return whether a form came from a page of this session."""
        return hmac.compare_digest(form_key.encode(), session.form_key.encode())


class OneTimeKey:
    """Signs in once: for whoever started the service, on this machine."""

    def __init__(self) -> None:
        self.text = secrets.token_urlsafe(24)
        self._is_spent = False

    def spend(self, text: str) -> bool:
        """Whether this is the key, the first time it is sent."""
        fits = not self._is_spent and hmac.compare_digest(text.encode(), self.text.encode())
        self._is_spent = self._is_spent or fits
        return fits


class _CookieSigner(TimestampSigner):
    def __init__(self, token: str, salt: str, now: Callable[[], float]) -> None:
        super().__init__(token, salt, key_derivation="hmac", digest_method=sha256)
        self._now = now

    def get_timestamp(self) -> int:
        return int(self._now())
