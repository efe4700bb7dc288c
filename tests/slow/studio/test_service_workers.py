"""The studio of the real server: several workers, and a folder that may not be written to."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from corpus import load
from index.versions import version_store
from tests.support.building import build_real
from tests.support.paths import CONTENT
from tests.support.running import started

TOKEN = "sesame-sesame-sesame"  # noqa: S105 - of the tests only
ENTRY = "/v1/content/entries/faq-start"
QUESTION = {"question": "How do I become a baker?"}
DEADLINE_SECONDS = 60.0
"""Far more than the second that it takes, for a machine that is busy."""
READ_ONLY = """
set -e
mount --make-rprivate /
mount --bind content content
mount -o remount,bind,ro content
exec "$0" -m service "$@"
"""

pytestmark = [pytest.mark.model, pytest.mark.socket]


@pytest.fixture
def folder(encoders: Path, tmp_path: Path) -> Path:
    shutil.copytree(CONTENT, tmp_path / "content")
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "encoders").symlink_to(encoders)
    build_real(load(CONTENT), encoders, tmp_path)
    return tmp_path


def settings(folder: Path) -> dict[str, str]:
    return {
        "FAQ_CORPUS_DIR": str(folder / "content"),
        "FAQ_ADMIN_TOKEN": TOKEN,
        "FAQ_RATE_LIMIT": "off",
    }


def send(
    method: str, url: str, body: object = None, headers: dict[str, str] | None = None
) -> tuple[int, Any, str]:
    """Status, body and entity tag, over a connection of its own, so that any worker may answer."""
    request = Request(  # noqa: S310 - always http
        url,
        None if body is None else json.dumps(body).encode(),
        {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {TOKEN}",
            **(headers or {}),
        },
        method=method,
    )
    try:
        with urlopen(request, timeout=DEADLINE_SECONDS) as response:  # noqa: S310 - as above
            return response.status, json.load(response), response.headers.get("ETag", "")
    except HTTPError as error:
        with error:
            return error.code, json.load(error), ""


def edit(address: str, answer: str) -> tuple[int, Any, str]:
    _, entry, etag = send("GET", f"{address}{ENTRY}")
    body = {key: value for key, value in entry.items() if key not in ("file", "etag")}
    return send("PUT", f"{address}{ENTRY}", {**body, "answer": answer}, {"If-Match": etag})


def wait_for(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + DEADLINE_SECONDS
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_every_worker_follows_what_one_of_them_publishes(folder: Path) -> None:
    def loaded(version: str) -> int:
        log = (folder / "log").read_text("utf-8")
        return len(re.findall(f"index loaded: version {version}", log))

    old = version_store.current(folder / "index")
    with started(folder, "--workers", "2", **settings(folder)) as (_, address):
        wait_for(lambda: loaded(old) == 2)
        assert edit(address, "Ask at a bakery.")[0] == 200

        status, report, _ = send("POST", f"{address}/v1/content/publish")

        assert status == 200, report
        wait_for(lambda: loaded(report["version"]) == 2)
        answers = [send("POST", f"{address}/v1/ask", QUESTION)[1] for _ in range(10)]

    assert {answer["index_version"] for answer in answers} == {report["version"]}
    assert {answer["answer"]["text"] for answer in answers} == {"Ask at a bakery."}


def test_folder_that_may_only_be_read_is_shown_and_not_changed(folder: Path) -> None:
    jail = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user", "--user"])]
    if shutil.which("unshare") is None or subprocess.run([*jail, "true"], check=False).returncode:
        pytest.skip("deploy: this machine allows no namespaces")
    before = {path: path.read_bytes() for path in (folder / "content").rglob("*.*")}
    command = (*jail, "/bin/sh", "-c", READ_ONLY, sys.executable)

    with started(folder, command=command, **settings(folder)) as (_, address):
        status, refused, _ = edit(address, "Ask at a bakery.")
        published, report, _ = send("POST", f"{address}/v1/content/publish")
        answered, _, _ = send("POST", f"{address}/v1/ask", QUESTION)

    assert (status, answered, published) == (507, 200, 200), report
    assert "so I saved nothing. Let me write there" in refused["detail"]
    assert str(folder) not in refused["detail"]
    assert {path: path.read_bytes() for path in (folder / "content").rglob("*.*")} == before
