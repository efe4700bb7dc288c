"""What several of these folders share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.support.serving import serving, settings_for


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, index_folder: Path) -> Iterator[TestClient]:
    """A client of a service with the small corpus."""
    folder = tmp_path_factory.mktemp("service")
    with serving(settings_for(folder, index_dir=index_folder)) as client:
        yield client
