"""A service whose versions come from a store."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index.versions import publication_history, version_store
from tests.support.paths import ROOT
from tests.support.running import START_SECONDS, environment, run
from tests.support.serving import serving, settings_for

NEXT = "b" * 12


@pytest.fixture
def out(index_folder: Path, tmp_path: Path) -> Path:
    """Where it is built: an index with a second version, which is not live."""
    out = shutil.copytree(index_folder, tmp_path / "built")
    version = version_store.version_folder(out, version_store.current(out))
    copy = shutil.copytree(version, version.with_name(NEXT))
    manifest = copy / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace(version.name, NEXT), "utf-8")
    return out


def manage(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "scripts/manage_index.py", *arguments],
        cwd=ROOT,
        env=environment(folder),
        capture_output=True,
        check=False,
        text=True,
        timeout=START_SECONDS,
    )


def test_service_takes_what_is_pushed_and_outlives_the_store(
    out: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shared = tmp_path / "shared"
    url = f"file://{shared}"
    settings = settings_for(
        tmp_path, index_dir=tmp_path / "cache", index_source=url, watch_seconds=0.05
    )
    with serving(settings) as client:
        empty = client.get("/readyz").status_code
        told = manage(tmp_path, "push", url, "--out", str(out))
        until = time.monotonic() + START_SECONDS
        while client.get("/readyz").status_code != 200 and time.monotonic() < until:
            time.sleep(0.05)
        first = client.get("/v1/index").json()["version"]
        publication_history.publish(out, NEXT, "Ann")
        manage(tmp_path, "push", url, "--out", str(out))
        while client.get("/v1/index").json()["version"] == first and time.monotonic() < until:
            time.sleep(0.05)
        second = client.get("/v1/index").json()["version"]
        shared.rename(tmp_path / "gone")
        while "Nothing is published" not in caplog.text.split(NEXT)[-1]:
            assert time.monotonic() < until
            time.sleep(0.05)
        alive = client.post("/v1/ask", json={"question": "Do cooks earn more than bakers?"})
        metrics = client.get("/metrics").text

    assert (empty, told.returncode) == (503, 0), told.stderr
    assert told.stdout == f"Version {first} is live in {url}.\n"
    assert second == alive.json()["index_version"] == NEXT
    assert "faq_index_source_failures_total" in metrics


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mnt/index", "FAQ_INDEX_SOURCE: write a URL such as file:///mnt/index"),
        ("carrier-pigeon://loft", "FAQ_INDEX_SOURCE: carrier-pigeon://loft cannot be read"),
    ],
)
def test_store_that_cannot_be_opened_ends_the_start_with_a_sentence(
    url: str, sentence: str, tmp_path: Path
) -> None:
    ended = run(tmp_path, FAQ_INDEX_SOURCE=url)

    assert ended.returncode == 2
    assert ended.stderr.startswith(sentence)
    assert "Traceback" not in ended.stderr
