"""The real app in-process, for the tests of the service."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response
from pydantic import SecretStr

from index import Retriever, open_index
from service.app import create_app
from service.live.live_index import OpenRetriever
from service.settings import Settings
from tests.support.encoding import HandEncoder

TOKEN = "sesame-sesame-sesame"  # noqa: S105 - of the tests only
ADMIN = {"Authorization": f"Bearer {TOKEN}"}
JSON_HEADER = {"Content-Type": "application/json"}


def settings_for(folder: Path, **given: Any) -> Settings:
    """Settings whose files all lie in `folder`; no rate limit, watch or memory unless given."""
    usual: dict[str, Any] = {
        "index_dir": folder,
        "database_url": SecretStr(f"sqlite:///{folder}/interactions.db"),
        "admin_token": SecretStr(TOKEN),
        "rate_limit": "off",
        "watch_seconds": 0.0,
        "remembered_answers": 0,  # so that every question is answered
        "deadline_seconds": 60.0,  # far more than it takes, for a machine that is busy
    }
    return Settings(**{**usual, **given})


def open_small(folder: Path) -> Retriever:
    """Open an index of the tiny corpus, which was built with the hand-written encoder."""
    return open_index(folder, HandEncoder())


@contextmanager
def serving(settings: Settings, open_retriever: OpenRetriever = open_small) -> Iterator[TestClient]:
    """A client of the started app. A fault of the app is a response, as it is for a visitor."""
    app = create_app(settings, open_retriever)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client
    gc.unfreeze()  # what `service.live.live_index` keeps for good is of no use to the next test


def problem_of(response: Response) -> dict[str, Any]:
    """The body of a refusal, after checking that it is the one envelope."""
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["type"] == "about:blank"
    assert body["status"] == response.status_code
    assert body["title"]
    assert body["detail"].endswith(".")
    assert set(body) == {"type", "title", "status", "detail"} | (
        {"errors"} if response.status_code == 422 else set()
    )
    for error in body.get("errors", []):
        assert set(error) == {"field", "message"}
        assert error["message"]
    assert "Traceback" not in response.text
    assert str(Path.home()) not in response.text
    return body
