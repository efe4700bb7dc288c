import shutil
from pathlib import Path

import pytest


@pytest.fixture
def out(index_folder: Path, tmp_path: Path) -> Path:
    """A copy of the built index, to change; nothing recorded its publication."""
    return shutil.copytree(index_folder, tmp_path / "index")
