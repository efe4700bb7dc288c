"""Mixed load on a running service, for hours if need be: what is sent, and what may come back."""

import http.client
import json
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

TOKEN = "soak-soak-soak-soak"  # noqa: S105 - of a service that lives as long as the soak
JSON = {"Content-Type": "application/json"}
ADMIN = {"Authorization": f"Bearer {TOKEN}"}
PATHS = ("/", "/faq", "/faq.jsonld", "/widget.js", "/docs", "/openapi.json", "/metrics")
TIMEOUT_SECONDS = 60.0
UNKNOWN = "01890000-0000-7000-8000-000000000000"
_MAX_NOTED = 20


@dataclass
class Tally:
    """What happened, from all clients."""

    statuses: Counter[str] = field(default_factory=Counter)
    """By action and status, such as `ask 200`."""
    unexpected: list[str] = field(default_factory=list)
    """The first few."""
    count_unexpected: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, action: str, status: int | str, allowed: Sequence[int | str]) -> None:
        """Count one request."""
        with self._lock:
            self.statuses[f"{action} {status}"] += 1
            if status not in allowed:
                self.count_unexpected += 1
                if len(self.unexpected) < _MAX_NOTED:
                    self.unexpected.append(f"{action} got {status}")


class Client:
    """One visitor after another, each doing something of the mix."""

    def __init__(
        self, url: str, asked: Sequence[str], published: Path | None, tally: Tally, seed: int
    ) -> None:
        self._address = urlsplit(url)
        self._asked = asked
        self._published = published
        self._tally = tally
        self._random = random.Random(seed)  # noqa: S311 - for a mix, not for secrets
        self._connection = self._connect()
        self._exchange = ""
        self._conversation = ""
        self._mix: list[tuple[int, Callable[[], None]]] = [
            (60, self._ask),
            (20, self._suggest),
            (8, self._feedback),
            (8, self._page),
            (8, self._nonsense),
            (4, self._leave),
            (1, self._publish),
        ]

    def run(self, until: float, pause: float) -> None:
        """Act until then (`time.monotonic`), with about so many seconds between two acts."""
        weights, acts = zip(*self._mix, strict=True)
        while time.monotonic() < until:
            self._random.choices(acts, weights)[0]()
            time.sleep(self._random.uniform(0, 2 * pause))
        self._connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        host, port = self._address.hostname or "", self._address.port
        return http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)

    def _send(
        self, action: str, request: tuple[str, str], allowed: Sequence[int], body: object = None
    ) -> bytes:
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        headers = ADMIN if action == "reload" else JSON
        try:
            self._connection.request(*request, content, headers)
            response = self._connection.getresponse()
            received = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._tally.note(action, type(error).__name__, ())
            self._connection.close()
            return b""
        self._tally.note(action, response.status, allowed)
        return received if response.status == 200 else b""

    def _ask(self) -> None:
        body = {"question": self._random.choice(self._asked)}
        if self._conversation and self._random.random() < 0.3:
            body["conversation_id"] = self._conversation
        received = self._send("ask", ("POST", "/v1/ask"), [200], body)
        if received:
            reply = json.loads(received)
            self._exchange, self._conversation = reply["interaction_id"], reply["conversation_id"]

    def _suggest(self) -> None:
        typed = self._random.choice(self._asked)[: self._random.randint(1, 30)]
        self._send("suggest", ("GET", f"/v1/suggest?q={quote(typed)}"), [200])

    def _feedback(self) -> None:
        if self._exchange:
            helpful = self._random.random() < 0.7
            body = {"interaction_id": self._exchange, "helpful": helpful, "comment": "So it is."}
            self._send("feedback", ("POST", "/v1/feedback"), [204], body)

    def _page(self) -> None:
        self._send("page", ("GET", self._random.choice(PATHS)), [200])

    def _nonsense(self) -> None:
        action, status, method, path, body = self._random.choice(NONSENSE)
        self._send(action, (method, path), [status], body)

    def _leave(self) -> None:
        """Go away in the middle of the question, or before the answer."""
        body = json.dumps({"question": self._random.choice(self._asked)}).encode()
        head = f"POST /v1/ask HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n"
        sent = f"{head}Content-Type: application/json\r\n\r\n".encode() + body
        place = (self._address.hostname or "", self._address.port or 80)
        with socket.create_connection(place, timeout=TIMEOUT_SECONDS) as connection:
            connection.sendall(sent[: self._random.randint(1, len(sent))])
        self._tally.note("leave", "gone", ["gone"])

    def _publish(self) -> None:
        """Publish another version where there is one, and have it taken in any case."""
        if self._published is not None:
            names = sorted(one.name for one in (self._published / "versions").iterdir())
            draft = self._published / f"current.{threading.get_ident()}"
            draft.write_text(f"{self._random.choice(names)}\n", encoding="utf-8")
            draft.replace(self._published / "current")
        self._send("reload", ("POST", "/v1/index/reload"), [200])


NONSENSE: tuple[tuple[str, int, str, str, object], ...] = (
    ("no question", 422, "POST", "/v1/ask", {"question": " "}),
    ("no text", 422, "POST", "/v1/ask", {"question": "a\x00"}),
    ("no JSON", 422, "POST", "/v1/ask", b"{"),
    ("too deep", 400, "POST", "/v1/ask", b"[" * 20_000),
    ("too large", 413, "POST", "/v1/ask", b" " * 70_000),
    ("unknown exchange", 404, "POST", "/v1/feedback", {"interaction_id": UNKNOWN, "helpful": True}),
    ("unknown page", 404, "GET", "/nowhere", None),
    ("wrong method", 405, "PUT", "/v1/ask", None),
    ("no token", 401, "POST", "/v1/index/reload", None),
)
