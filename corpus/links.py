"""Dead links: addresses in content that nobody answers at. The only check that uses the network.

Each address is asked for once, with HEAD, and with GET where a server does not know that.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.request import Request

from corpus.documents import Corpus, Span
from corpus.http_client import encoded, opener, within
from corpus.linter import Finding, Severity, linked

SECONDS = 10.0
AT_ONCE = 8
"""Addresses that are asked for at the same time."""
_HEADERS = {"User-Agent": "careers-faq-links"}
_NOT_FOR_HEAD = {
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.NOT_IMPLEMENTED,
}
"""What servers say to HEAD that may say something else to GET."""


def dead_links(corpus: Corpus, seconds: float = SECONDS) -> tuple[Finding, ...]:
    """Find the http(s) addresses that cannot be reached now, in file and line order."""
    places: dict[str, list[tuple[str, Span]]] = {}
    for unit, span, address in linked(corpus):
        if address.lower().startswith(("http://", "https://")):
            places.setdefault(address, []).append((unit, span))
    with ThreadPoolExecutor(AT_ONCE) as threads:
        faults = threads.map(lambda address: _fault(address, seconds), places)
        return tuple(sorted(_findings(dict(zip(places, faults, strict=True)), places)))


def _findings(
    faults: dict[str, str], places: dict[str, list[tuple[str, Span]]]
) -> Iterator[Finding]:
    for address, fault in faults.items():
        for unit, span in places[address] if fault else ():
            problem = f"the link to '{address}' in '{unit}' {fault}"
            remedy = "Correct the address, or remove the link"
            yield Finding(span.file, span.line, Severity.WARNING, problem, remedy)


def _fault(address: str, seconds: float) -> str:
    """Say what is wrong with an address; empty when it answers."""
    try:
        status = within(seconds, lambda: _status(address, "HEAD", seconds))
        if status in _NOT_FOR_HEAD:
            status = within(seconds, lambda: _status(address, "GET", seconds))
    except TimeoutError:
        return f"gives no answer in {seconds:g} seconds"
    except (URLError, HTTPException, OSError, ValueError) as error:
        return f"cannot be followed ({getattr(error, 'reason', None) or error})"
    return f"is answered with {status}" if status >= HTTPStatus.BAD_REQUEST else ""


def _status(address: str, method: str, seconds: float) -> int:
    """Ask for an address, through redirects, without reading what comes."""
    url = encoded(address.partition("#")[0])
    request = Request(url, headers=_HEADERS, method=method)  # noqa: S310 - no other scheme
    try:
        with opener().open(request, timeout=seconds) as response:
            return int(response.status)
    except HTTPError as error:
        return error.code
