from pathlib import Path

import pytest

from index.quality.opened_version import OpenedVersion, open_version
from index.versions import version_store
from tests.support.encoding import HandEncoder


@pytest.fixture
def version(index_folder: Path) -> OpenedVersion:
    """The built index, opened."""
    return open_version(version_store.load(index_folder), HandEncoder())
