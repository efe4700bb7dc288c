"""No secret of the settings reaches a log or a response of the real server."""

from pathlib import Path

import pytest

from benchmarks.servers import free_port
from tests.support.running import get, started

MARKER = "marker-7c1f9e-secret"


@pytest.mark.socket
def test_secrets_are_in_no_log_and_no_response(real_index: Path, tmp_path: Path) -> None:
    secrets = {
        "FAQ_ADMIN_TOKEN": f"{MARKER}-token",
        "FAQ_DATABASE_URL": f"postgresql+psycopg://faq:{MARKER}@127.0.0.1:{free_port()}/faq",
        "FAQ_RATE_LIMIT_STORAGE": f"redis://:{MARKER}@127.0.0.1:{free_port()}/0",
        "FAQ_LOG_LEVEL": "debug",
        "FAQ_LOG_FORMAT": "json",
        "FAQ_INDEX_DIR": str(real_index),
    }
    paths = ("/", "/faq", "/docs", "/openapi.json", "/metrics", "/healthz", "/readyz", "/admin")
    more = ("/v1/index", "/v1/suggest?q=what", "/v1/answers/none", "/nowhere", "/v1/ask")
    wrong = {"Authorization": f"Bearer {MARKER}-wrong"}
    with started(tmp_path, **secrets) as (_, address):
        bodies = [get(f"{address}{path}", wrong)[1].decode() for path in (*paths, *more)]
        token = {"Authorization": f"Bearer {secrets['FAQ_ADMIN_TOKEN']}"}
        bodies.append(get(f"{address}/admin", token)[1].decode())
        asked = [get(f"{address}/v1/questions")[0] for _ in range(3)]

    assert [body for body in bodies if MARKER in body] == []
    assert asked == [200] * 3, "answers flow without either store"
    assert MARKER not in (tmp_path / "log").read_text("utf-8")
