"""An http(s) address -> its bytes, with a limit on time and size."""

import time
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import PurePosixPath
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
    """What an address gave."""

    raw: bytes
    address: str
    """After redirects."""
    ending: str
    """Of the format, as the server names it, else as the address ends."""
    encoding: str
    """Empty when the server names none."""


def download(address: str, seconds: float = _SECONDS, most: int = _MOST) -> Download:
    """Fetch an address; raises `CorpusError` when that fails or takes too long or too much."""
    deadline = time.monotonic() + seconds
    headers = {"User-Agent": "careers-faq-importer", "Accept": "text/html, */*;q=0.5"}
    try:
        request = Request(encoded(address), headers=headers)  # noqa: S310 - the opener knows no other scheme
        with opener().open(request, timeout=seconds) as response:
            raw = bytearray()
            while chunk := response.read1(_CHUNK):
                raw += chunk
                if len(raw) > most:
                    raise _failure(address, f"it is larger than {most:,} bytes")
                if time.monotonic() > deadline:
                    raise _failure(address, f"it takes longer than {seconds:g} seconds")
            final, kind = response.geturl(), response.headers.get_content_type()
            encoding = response.headers.get_content_charset() or ""
    except HTTPError as error:
        raise _failure(address, f"the server answers {error.code}") from error
    except (URLError, HTTPException, OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise _failure(address, f"it cannot be fetched ({reason})") from error
    ending = PurePosixPath(urlsplit(final).path).suffix.lower()
    return Download(bytes(raw), final, _ENDINGS.get(kind, ending or ".html"), encoding)


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
