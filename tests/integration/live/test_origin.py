"""A service whose versions come from a store."""

import shutil
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from index.versions import publication_history, version_store
from service.app import create_app
from service.commands import versions
from service.settings import SettingsError
from tests.support.running import START_SECONDS
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


def push(url: str, out: Path) -> str:
    result = CliRunner().invoke(versions.app, ["push", url, "--out", str(out)])
    assert result.exit_code == 0, result.output
    return result.output


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
        printed = push(url, out)
        until = time.monotonic() + START_SECONDS
        while client.get("/readyz").status_code != 200 and time.monotonic() < until:
            time.sleep(0.05)
        first = client.get("/v1/index").json()["version"]
        publication_history.publish(out, NEXT, "Ann")
        push(url, out)
        while client.get("/v1/index").json()["version"] == first and time.monotonic() < until:
            time.sleep(0.05)
        second = client.get("/v1/index").json()["version"]
        shared.rename(tmp_path / "gone")
        while "Nothing is published" not in caplog.text.split(NEXT)[-1]:
            assert time.monotonic() < until
            time.sleep(0.05)
        alive = client.post("/v1/ask", json={"question": "Do cooks earn more than bakers?"})
        metrics = client.get("/metrics").text

    assert empty == 503
    assert first in printed
    assert second == alive.json()["index_version"] == NEXT
    assert "faq_index_source_failures_total" in metrics


def test_store_that_cannot_be_opened_ends_the_start_with_a_sentence(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, index_source="carrier-pigeon://loft")

    with pytest.raises(SettingsError, match="FAQ_INDEX_SOURCE: carrier-pigeon://loft"):
        create_app(settings)
