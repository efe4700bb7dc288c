from collections.abc import Iterator
from pathlib import Path

import pytest

from service.analytics.database import Database


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    """The database in a file that a module names."""
    database = Database(f"sqlite:///{file}")
    yield database
    database.close()
