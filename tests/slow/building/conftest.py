from pathlib import Path

import pytest

from tests.support import history as works


@pytest.fixture(scope="module")
def history(runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three published versions, and content that gives a fourth; not to be changed."""
    return works.prepare(tmp_path_factory.mktemp("history"), runtime)
