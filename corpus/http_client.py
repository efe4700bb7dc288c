"""HTTP client: fetches an http(s) address within a limit on time and size."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from http.client import HTTPException
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


def download(address: str, seconds: float = _SECONDS, most: int = _MOST) -> Download:
    """Fetch an address; raises `CorpusError` when that fails or takes too long or too much."""
    try:
        return within(seconds, lambda: _download(address, seconds, most))
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


def _download(address: str, seconds: float, most: int) -> Download:
    deadline = time.monotonic() + seconds
    headers = {"User-Agent": "careers-faq-importer", "Accept": "text/html, */*;q=0.5"}
    request = Request(encoded(address), headers=headers)  # noqa: S310 - the opener knows no other scheme
    with opener().open(request, timeout=seconds) as response:
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


def opener() -> OpenerDirector:
    """Return what follows redirects, but to no other schemes, such as files."""
    opener = OpenerDirector()
    for handler in (
        ProxyHandler(),
        HTTPHandler(),
        HTTPSHandler(),
        HTTPRedirectHandler(),
        HTTPDefaultErrorHandler(),
        HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


def _failure(address: str, problem: str) -> CorpusError:
    remedy = "Check the address, or save the page and import the file"
    return CorpusError([Fault(address, 0, problem, remedy)])
