"""Two sites in one PostgreSQL."""

from pathlib import Path

import pytest

from service.analytics.database import Database
from tests.support.postgres import postgres
from tests.support.site_reports import EXCHANGES, PAY, THUMBS, reports, write_two_sites

pytestmark = pytest.mark.socket


def test_reports_of_a_site_are_as_if_it_were_alone(tmp_path: Path) -> None:
    alone = Database(f"sqlite:///{tmp_path}/alone.db")
    alone.write(EXCHANGES, THUMBS)
    with postgres() as url:
        database = Database(url, by_site=True)
        write_two_sites(database)

        assert reports(database.of("a")) == reports(alone)
        assert not database.of("b").erase(PAY.id)
        assert database.of("a").has(PAY.id)
        database.close()
    alone.close()
