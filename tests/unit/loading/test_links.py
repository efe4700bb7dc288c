from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from corpus import load
from corpus.links import dead_links
from tests.support.content_files import write

pytestmark = pytest.mark.socket
ENTRY = (
    "- id: a\n  question: Why?\n  answer: 'See [this]({0}/there?a=1&b=2) and [that]({0}/gone).'\n"
    "  sources: ['{0}/gone#part', '{0}/moved', '/faq', '{0}/shy', 'mailto:a@example.org']\n"
)


class Handler(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self._answer(head=True)

    def do_GET(self) -> None:
        self._answer(head=False)

    def _answer(self, *, head: bool) -> None:
        status = {"/there?a=1&b=2": 200, "/moved": 301, "/broken": 500}.get(self.path, 404)
        if self.path == "/shy":
            status = 405 if head else 200
        self.send_response(status)
        if status == 301:
            self.send_header("Location", "/there?a=1&b=2")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def found(folder: Path, text: str) -> list[str]:
    return [str(link) for link in dead_links(load(write(folder, {"faqs/a.yaml": text})), 5.0)]


def test_only_addresses_that_fail_are_reported(tmp_path: Path, site: str) -> None:
    remedy = "is answered with 404. Correct the address, or remove the link"

    assert found(tmp_path, ENTRY.format(site)) == [
        f"faqs/a.yaml:3: warning: the link to '{site}/gone#part' in 'a' {remedy}",
        f"faqs/a.yaml:3: warning: the link to '{site}/gone' in 'a' {remedy}",
    ]


def test_error_of_the_server_is_reported(tmp_path: Path, site: str) -> None:
    text = f"- id: a\n  question: Why?\n  answer: A.\n  sources: ['{site}/broken']\n"

    assert "is answered with 500" in found(tmp_path, text)[0]


def test_address_without_a_server_is_reported(tmp_path: Path) -> None:
    text = "- id: a\n  question: Why?\n  answer: A.\n  sources: ['http://127.0.0.1:9/']\n"

    assert "cannot be followed" in found(tmp_path, text)[0]


def test_content_without_addresses_needs_no_network(tmp_path: Path) -> None:
    assert found(tmp_path, "- id: a\n  question: Why?\n  answer: A.\n") == []
