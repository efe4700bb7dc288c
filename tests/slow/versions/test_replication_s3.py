"""Versions in S3 over HTTP: what is pushed and fetched by whom, and that no secret is told."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.errors import Unreachable
from index.versions import version_store
from index.versions.replication import StoreLocation
from tests.support.paths import ROOT
from tests.support.running import START_SECONDS, environment, get, started
from tests.support.s3_server import BUCKET, KEY, SECRET, SESSION, s3_server
from tests.support.visiting import wait_until_all_answer_from

URL = f"s3://{BUCKET}/guide"
pytestmark = pytest.mark.socket


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, str]]:
    with s3_server() as variables, pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        yield variables


def push(out: Path, url: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "scripts/manage_index.py", "push", url, "--out", str(out)],
        cwd=ROOT,
        env=environment(out),
        capture_output=True,
        check=False,
        text=True,
    )


def wait_for_line(log: Path, words: str) -> None:
    until = time.monotonic() + START_SECONDS
    while words not in log.read_text("utf-8"):
        assert time.monotonic() < until, log.read_text("utf-8")
        time.sleep(0.05)


def secrets_in(text: str) -> list[str]:
    return [secret for secret in (KEY, SECRET, SESSION, "Credential=") if secret in text]


@pytest.mark.model
@pytest.mark.usefixtures("s3")
def test_service_answers_from_s3_and_goes_on_when_what_is_there_is_not_whole(
    real_index: Path, tmp_path: Path
) -> None:
    version = version_store.current(real_index)
    pushed = push(real_index, URL)
    settings = {"FAQ_INDEX_SOURCE": URL, "FAQ_LOG_LEVEL": "debug", "FAQ_WATCH_SECONDS": "0.1"}

    with started(tmp_path, **settings) as (_, address):
        wait_until_all_answer_from([address], version)
        StoreLocation(URL).write("current", b"bbbbbbbbbbbb\n")
        wait_for_line(tmp_path / "log", "bbbbbbbbbbbb/manifest.json is missing. Push it again.")
        ready = get(f"{address}/readyz")[0]
        told = get(f"{address}/v1/index")[1].decode()

    assert (pushed.returncode, pushed.stdout) == (0, f"Version {version} is live in {URL}.\n")
    assert (ready, version in told) == (200, True)
    assert secrets_in((tmp_path / "log").read_text("utf-8")) == []


@pytest.mark.usefixtures("s3")
def test_missing_bucket_is_reported_and_not_created(index_folder: Path) -> None:
    told = push(index_folder, "s3://carrers-index/guide")
    again = push(index_folder, "s3://carrers-index/guide")

    assert (told.returncode, again.returncode) == (1, 1)
    assert "s3://carrers-index/guide cannot be read or written" in told.stderr
    assert "Traceback" not in told.stderr
    assert secrets_in(told.stderr) == []


def test_rejected_keys_are_reported_without_showing_them(
    index_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The bucket is made before anybody asks who is there.
    with s3_server(INITIAL_NO_AUTH_ACTION_COUNT="1") as variables:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        told = push(index_folder, URL)

    assert told.returncode == 1
    assert "InvalidAccessKeyId" in told.stderr or "PermissionError" in told.stderr, told.stderr
    assert secrets_in(told.stderr) == []


@pytest.mark.parametrize("kind", ["ftp", "http", "carrier-pigeon"])
def test_password_in_a_url_is_not_shown(kind: str) -> None:
    with pytest.raises(Unreachable) as told:
        StoreLocation(f"{kind}://ann:sesame@127.0.0.1:1/guide").read("current")

    assert f"{kind}://127.0.0.1:1/guide cannot be read or written" in str(told.value)
    assert "sesame" not in str(told.value)
