"""Somebody else's web server, with the pages that a test puts there."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self

PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Careers</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    "</head><body><main>{body}</main></body></html>"
)


class Host:
    """Serves `show`n pages under `localhost`, another origin than the service's 127.0.0.1."""

    def __init__(self) -> None:
        self._pages: dict[str, tuple[bytes, str, str]] = {}
        pages = self._pages

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content, policy, kind = pages.get(self.path.split("?")[0], (b"", "", ""))
                self.send_response(200 if content else 204)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                if policy:
                    self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://localhost:{self._server.server_port}"

    def show(self, body: str, policy: str = "") -> str:
        """Put a page there, and give its address."""
        path = f"/page-{len(self._pages)}"
        self.put(path, PAGE.format(body=body), "text/html; charset=utf-8", policy)
        return f"{self.origin}{path}"

    def put(self, path: str, text: str, kind: str, policy: str = "") -> None:
        self._pages[path] = (text.encode(), policy, kind)

    def __enter__(self) -> Self:
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
