"""The page at /docs: the API's description, readable and to be tried out.

Its script and style come from a public address, as with every FastAPI service; nothing else here
loads anything from elsewhere. The policy lets in just that, and the page's own script by its hash.
"""

import base64
import hashlib
import re

from fastapi import APIRouter
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse

CDN = "https://cdn.jsdelivr.net/npm/swagger-ui-dist@5/"
_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.S)

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def docs() -> HTMLResponse:
    """Show the API's description."""
    page = get_swagger_ui_html(
        openapi_url="/openapi.json",
        title="Careers FAQ: the API",
        swagger_js_url=f"{CDN}swagger-ui-bundle.js",
        swagger_css_url=f"{CDN}swagger-ui.css",
        swagger_favicon_url="data:,",
    )
    page.headers["Content-Security-Policy"] = _policy(bytes(page.body).decode())
    return page


def _policy(html: str) -> str:
    hashes = [hashlib.sha256(text.encode()).digest() for text in _INLINE_SCRIPT.findall(html)]
    scripts = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src {CDN} {scripts}; style-src {CDN} 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
