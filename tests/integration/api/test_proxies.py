"""Who a visitor is, behind proxies that are trusted and others that are not."""

import asyncio
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import ValidationError
from starlette.types import Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from service.api.middleware import client_of
from service.settings import Settings
from tests.support.serving import settings_for

EDGE, INNER, VISITOR, FORGED = "10.0.0.5", "172.18.0.9", "198.51.100.7", "203.0.113.99"
TRUSTED = (EDGE, "172.16.0.0/12", "2001:db8:1::/48")


def counted_as(peer: str, *headers: tuple[str, str], trusted: tuple[str, ...] = TRUSTED) -> str:
    """Whose account a request from `peer` is put on, through the parts that the command wires."""
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(client_of(scope))

    settings = settings_for(Path(), trusted_proxies=trusted)
    proxied = ProxyHeadersMiddleware(cast(Any, app), list(settings.trusted_proxies))
    scope = {
        "type": "http",
        "client": (peer, 5000),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
    }

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        raise AssertionError

    asyncio.run(proxied(cast(Any, scope), cast(Any, receive), cast(Any, send)))
    return seen[0]


XFF = "X-Forwarded-For"


@pytest.mark.parametrize(
    ("peer", "headers", "expected"),
    [
        (VISITOR, [], VISITOR),
        (VISITOR, [(XFF, FORGED)], VISITOR),
        (VISITOR, [(XFF, EDGE)], VISITOR),
        (VISITOR, [("Forwarded", f"for={FORGED}"), ("X-Real-IP", FORGED)], VISITOR),
        (EDGE, [(XFF, VISITOR)], VISITOR),
        (EDGE, [(XFF, f"{FORGED}, {VISITOR}")], VISITOR),
        (EDGE, [(XFF, FORGED), (XFF, VISITOR)], VISITOR),
        (EDGE, [(XFF, f"{FORGED},{EDGE}, {VISITOR} ,{INNER}")], VISITOR),
        (EDGE, [(XFF, f"{VISITOR}:4711")], VISITOR),
        (EDGE, [("Forwarded", f"for={FORGED}")], EDGE),
        (EDGE, [("X-Real-IP", FORGED), ("Client-IP", FORGED), ("True-Client-IP", FORGED)], EDGE),
        (EDGE, [(XFF, "")], EDGE),
        (EDGE, [(XFF, "2001:db8:2::1, 172.31.255.255")], "2001:db8:2::/64"),
        (EDGE, [(XFF, "[2001:db8:2::1]:4711")], "2001:db8:2::/64"),
        ("2001:db8:1::5", [(XFF, VISITOR)], VISITOR),
        ("2001:db8:9::5", [(XFF, VISITOR)], "2001:db8:9::/64"),
        ("::ffff:198.51.100.7", [], VISITOR),
    ],
)
def test_request_is_counted_as_its_visitors(
    peer: str, headers: list[tuple[str, str]], expected: str
) -> None:
    assert counted_as(peer, *headers) == expected


@pytest.mark.parametrize("nonsense", ["unknown", "' OR 1=1", "999.1.1.1", "a" * 5000, "é"])
def test_nonsense_in_a_trusted_header_is_an_account_of_its_own(nonsense: str) -> None:
    assert counted_as(EDGE, (XFF, f"{FORGED}, {nonsense}")) != FORGED


@pytest.mark.parametrize("value", ["*", "proxy.internal", "10.0.0.0/33", "10.0.0.1/8", "10.0.0"])
def test_trust_is_in_addresses_and_networks_alone(value: str) -> None:
    with pytest.raises(ValidationError, match="write addresses or networks"):
        Settings(trusted_proxies=value)
