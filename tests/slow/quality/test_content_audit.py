from pathlib import Path

import pytest

from corpus import load
from index.quality.content_audit import audit
from index.quality.opened_version import open_version
from index.versions import version_store
from tests.support.paths import ROOT


@pytest.mark.model
def test_shipped_content_is_clean(shipped_index: Path) -> None:
    assert audit(load(ROOT / "corpus"), open_version(version_store.load(shipped_index))) == ()
