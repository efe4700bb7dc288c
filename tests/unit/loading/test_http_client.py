import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from threading import Event
from typing import Any

import pytest

from corpus import CorpusError, http_client
from corpus.http_client import Download, _is_public, download, within

pytestmark = pytest.mark.socket


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/moved":
            self._head(302, "Location", "/page%20one.html")
        elif self.path == "/inwards":
            inside = self.headers["Host"].replace("127.0.0.1", "127.0.0.2")
            self._head(302, "Location", f"http://{inside}/page")
        elif self.path == "/file":
            self._head(302, "Location", "file:///etc/hostname")
        elif self.path == "/missing":
            self.send_error(404)
        elif self.path == "/slow":
            self._drip()
        elif self.path == "/LIST.CSV":
            self._head(200, "Content-Type", "application/octet-stream")
        elif self.path == "/table":
            self._head(200, "Content-Type", "text/csv")
            self.wfile.write(b"question,answer\n")
        else:
            self._head(200, "Content-Type", "text/html; charset=ISO-8859-1")
            self.wfile.write(b"<p>caf\xe9</p>")

    def _head(self, code: int, key: str, value: str) -> None:
        self.send_response(code)
        self.send_header(key, value)
        self.end_headers()

    def _drip(self) -> None:
        self._head(200, "Content-Type", "text/html")
        try:
            for _ in range(50):
                self.wfile.write(b"x" * 10)
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            pass

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_page_is_fetched_with_its_encoding(site: str) -> None:
    found = download(f"{site}/page one.html")

    address = f"{site}/page%20one.html"
    assert found == Download(b"<p>caf\xe9</p>", address, ".html", "iso-8859-1")


@pytest.mark.parametrize("path", ["/page one.html", "/moved"])
def test_private_network_is_not_reached_where_only_the_public_one_may_be(
    site: str, path: str
) -> None:
    with pytest.raises(CorpusError, match="leads into a private network"):
        download(f"{site}{path}", only_public=True)


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Take 127.0.0.1 for public; its name leads there once, and then into a private network."""
    looked_up: list[str] = []
    look_up = socket.getaddrinfo

    def answer(host: str, *args: Any, **given: Any) -> Any:
        if host != "site.example":
            return look_up(host, *args, **given)
        looked_up.append(host)
        return look_up("127.0.0.1" if len(looked_up) == 1 else "127.0.0.2", *args, **given)

    monkeypatch.setattr(http_client, "_is_public", lambda address: str(address) == "127.0.0.1")
    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return looked_up


@pytest.mark.usefixtures("public")
def test_redirect_from_the_public_internet_into_a_private_network_is_refused(site: str) -> None:
    assert download(f"{site}/page", only_public=True).raw == b"<p>caf\xe9</p>"
    with pytest.raises(CorpusError, match="leads into a private network"):
        download(f"{site}/inwards", only_public=True)


def test_name_is_looked_up_once_and_what_was_checked_is_connected_to(
    site: str, public: list[str]
) -> None:
    named = site.replace("127.0.0.1", "site.example")

    assert download(f"{named}/page", only_public=True).raw == b"<p>caf\xe9</p>"
    assert public == ["site.example"]


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - nothing is bound
        ("10.0.0.1", False),
        ("172.31.255.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:0a00:0001::1", False),
        ("64:ff9b::7f00:1", False),
        ("::127.0.0.1", False),
        ("64:ff9b::5db8:d822", True),
    ],
)
def test_public_addresses_are_distinguished_from_others(address: str, is_public: bool) -> None:
    assert _is_public(ip_address(address)) is is_public


def test_redirect_is_followed_and_named(site: str) -> None:
    assert download(f"{site}/moved").address == f"{site}/page%20one.html"


def test_format_is_what_the_server_says(site: str) -> None:
    assert download(f"{site}/table").ending == ".csv"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/missing", "the server answers 404"),
        ("/file", "the server answers 302"),
    ],
)
def test_failure_is_reported(site: str, path: str, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        download(site + path)


def test_download_has_a_limit_of_time(site: str) -> None:
    with pytest.raises(CorpusError, match=r"longer than 0\.2 seconds"):
        download(f"{site}/slow", seconds=0.2)


def test_download_has_a_limit_of_size(site: str) -> None:
    with pytest.raises(CorpusError, match="larger than 5 bytes"):
        download(f"{site}/page", most=5)


def test_missing_server_is_reported() -> None:
    with pytest.raises(CorpusError, match=r"http://127.0.0.1:9/: it cannot be fetched"):
        download("http://127.0.0.1:9/")


def test_function_that_takes_too_long_is_cut_off() -> None:
    forever = Event()

    with pytest.raises(TimeoutError):
        within(0.01, forever.wait)

    forever.set()
    assert within(5, lambda: "done") == "done"


def test_ending_of_an_address_is_read_in_capitals_too(site: str) -> None:
    assert download(f"{site}/LIST.CSV").ending == ".csv"
