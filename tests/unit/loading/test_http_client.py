import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event

import pytest

from corpus import CorpusError
from corpus.http_client import Download, download, within

pytestmark = pytest.mark.socket


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/moved":
            self._head(302, "Location", "/page%20one.html")
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
def test_failure_is_told(site: str, path: str, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        download(site + path)


def test_download_has_a_limit_of_time(site: str) -> None:
    with pytest.raises(CorpusError, match=r"longer than 0\.2 seconds"):
        download(f"{site}/slow", seconds=0.2)


def test_download_has_a_limit_of_size(site: str) -> None:
    with pytest.raises(CorpusError, match="larger than 5 bytes"):
        download(f"{site}/page", most=5)


def test_server_that_is_not_there_is_told() -> None:
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
