"""HTTP client: fetches an http(s) address within a limit on time and size."""

import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from pathlib import PurePosixPath
from threading import Thread
from typing import TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from corpus.errors import CorpusError, Fault

Result = TypeVar("Result")

_SECONDS = 30.0
_MOST = 20_000_000
"""Bytes; the longest articles with their markup are a tenth of it."""
_CHUNK = 65536
_ENDINGS = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "text/markdown": ".md",
    "application/json": ".json",
    "application/ld+json": ".jsonld",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}


_OF_IPV4 = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))
"""Addresses of IPv4 as a network of IPv6 sees them, now and formerly."""


@dataclass(frozen=True, slots=True)
class Download:
    """A response: its bytes, and what the server says of them."""

    raw: bytes
    address: str
    """After redirects."""
    ending: str
    """Of the format, as the server names it, else as the address ends."""
    encoding: str
    """Empty if the server names none."""


def download(
    address: str, seconds: float = _SECONDS, most: int = _MOST, *, only_public: bool = False
) -> Download:
    """Fetch an address; raises `CorpusError` when that fails or takes too long or too much.

    With `only_public` no host is connected to, by a redirect neither, but those of the public
    internet, and no proxy is used, which might reach others.
    """
    try:
        return within(seconds, lambda: _download(address, seconds, most, opener(only_public)))
    except NotPublic as error:
        raise _failure(address, "it leads into a private network") from error
    except HTTPError as error:
        error.close()
        raise _failure(address, f"the server answers {error.code}") from error
    except TimeoutError as error:
        raise _failure(address, f"it takes longer than {seconds:g} seconds") from error
    except (URLError, HTTPException, OSError, ValueError) as error:
        if isinstance(getattr(error, "reason", None), TimeoutError):
            raise _failure(address, f"it takes longer than {seconds:g} seconds") from error
        reason = getattr(error, "reason", None) or error
        raise _failure(address, f"it cannot be fetched ({reason})") from error


def _download(address: str, seconds: float, most: int, opener: OpenerDirector) -> Download:
    deadline = time.monotonic() + seconds
    headers = {"User-Agent": "careers-faq-importer", "Accept": "text/html, */*;q=0.5"}
    request = Request(encoded(address), headers=headers)  # noqa: S310 - the opener knows no other scheme
    with opener.open(request, timeout=seconds) as response:
        raw = bytearray()
        while chunk := response.read1(_CHUNK):
            raw += chunk
            if len(raw) > most:
                raise _failure(address, f"it is larger than {most:,} bytes")
            if time.monotonic() > deadline:
                raise TimeoutError
        final, kind = response.geturl(), response.headers.get_content_type()
        encoding = response.headers.get_content_charset() or ""
    ending = PurePosixPath(urlsplit(final).path).suffix.lower()
    return Download(bytes(raw), final, _ENDINGS.get(kind, ending or ".html"), encoding)


def within(seconds: float, fetch: Callable[[], Result]) -> Result:
    """Return what a function returns; raises `TimeoutError` when it takes longer.

    The timeout of a socket is that of each read, so that a server which sends a byte of its headers
    now and then would hold a reader for ever. What is cut off goes on in a daemon thread.
    """
    outcome: Future[Result] = Future()
    Thread(target=_settle, args=(outcome, fetch), daemon=True).start()
    try:
        return outcome.result(seconds)
    finally:
        del outcome  # an error that it holds refers back to it, and to open connections


def _settle(outcome: Future[Result], fetch: Callable[[], Result]) -> None:
    try:
        outcome.set_result(fetch())
    except BaseException as error:  # noqa: BLE001 - handed to whoever waits
        outcome.set_exception(error)
    finally:
        del outcome


def encoded(address: str) -> str:
    """Return the address with what may not stand in one, such as a space, written as %20."""
    return quote(address, safe=":/?#[]@!$&'()*+,;=%~")


def opener(only_public: bool = False) -> OpenerDirector:
    """Return what follows redirects, but to no other schemes, such as files."""
    director = OpenerDirector()
    ways = (_PublicHttp, _PublicHttps) if only_public else (ProxyHandler, HTTPHandler, HTTPSHandler)
    for handler in (
        *ways,
        HTTPRedirectHandler,
        HTTPDefaultErrorHandler,
        HTTPErrorProcessor,
    ):
        director.add_handler(handler())
    return director


class NotPublic(Exception):
    """A host is not on the public internet."""


class _PublicConnection(HTTPConnection):
    """Looks a host up once, so that it cannot be another one by the time it is connected to."""

    def connect(self) -> None:
        kind = socket.SOCK_STREAM
        found = [str(place[4][0]) for place in socket.getaddrinfo(self.host, self.port, type=kind)]
        if not all(_is_public(ip_address(host)) for host in found):
            raise NotPublic
        self.sock = socket.create_connection((found[0], self.port), self.timeout)


class _PublicTlsConnection(HTTPSConnection, _PublicConnection):
    """Connects as `_PublicConnection`, then checks the certificate against the name."""


class _PublicHttp(HTTPHandler):
    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_PublicConnection, req)


class _PublicHttps(HTTPSHandler):
    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_PublicTlsConnection, req)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address, and one of IPv4 that it stands for, is of the public internet."""
    if not address.is_global or address.is_multicast:
        return False
    if isinstance(address, IPv4Address):
        return True
    embedded = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if any(address in network for network in _OF_IPV4):
        embedded.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return all(_is_public(one) for one in embedded if one)


def _failure(address: str, problem: str) -> CorpusError:
    remedy = "Check the address, or save the page and import the file"
    return CorpusError([Fault(address, 0, problem, remedy)])
