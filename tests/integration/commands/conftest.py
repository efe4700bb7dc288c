"""What the tests of commands share."""

from pathlib import Path

import pytest

from index.encoding.export import find_model, runtime_folder
from service.commands.options import Tools
from tests.support import commands


@pytest.fixture
def by_hand(runtime: Path) -> Tools:
    """Encodes with the hand-written encoder."""
    return commands.by_hand(runtime)


@pytest.fixture(scope="session")
def exported(encoders: Path) -> Tools:
    """Encodes with the real encoder, without torch."""
    return commands.exported(runtime_folder(find_model(), encoders))
