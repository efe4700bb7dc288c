"""Damaged versions with the real encoder, and a real process that has to start and to end."""

import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from index import open_index
from index.errors import IndexCorrupt
from index.versions import version_store
from tests.integration.live.test_damaged_versions import SIGNED, device, pipe, sign
from tests.support.running import get, started

pytestmark = pytest.mark.model


@pytest.fixture
def version(real_index: Path, tmp_path: Path) -> Path:
    out = Path(shutil.copytree(real_index, tmp_path / "index"))
    return version_store.version_folder(out, version_store.current(out))


@pytest.mark.parametrize("name", ["encoder.onnx", "tokenizer.json", "languages.npz.xz"])
@pytest.mark.parametrize("fault", SIGNED)
def test_damaged_encoder_is_refused_by_name(fault: str, name: str, version: Path) -> None:
    SIGNED[fault](version / name)
    sign(version)

    with pytest.raises(IndexCorrupt, match=name):
        open_index(version.parents[1])


@pytest.mark.socket
@pytest.mark.parametrize("place", ["current", "units.json", "manifest.json"])
@pytest.mark.parametrize("fault", [pipe, device], ids=["pipe", "device"])
def test_process_starts_and_ends_whatever_lies_in_the_index(
    fault: object, place: str, version: Path, tmp_path: Path
) -> None:
    assert callable(fault)
    fault(version.parents[1] / place if place == "current" else version / place)

    with started(tmp_path, FAQ_INDEX_DIR=str(version.parents[1])) as (process, address):
        statuses = [get(f"{address}{path}")[0] for path in ("/healthz", "/readyz")]
        until = time.monotonic() + 10
        os.kill(process.pid, signal.SIGTERM)
        while process.poll() is None and time.monotonic() < until:
            time.sleep(0.05)

        assert statuses == [200, 503]
        assert process.poll() is not None, "it ignores the signal"
