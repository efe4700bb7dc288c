"""Schemathesis over the whole description of the API, against the real server."""

import subprocess
import sysconfig
from pathlib import Path

import pytest

from tests.support.running import started
from tests.support.serving import TOKEN

EXAMPLES = 10
"""For each operation and phase; the coverage phase adds its own."""
SECONDS = 300.0
"""Far more than it takes; past it something hangs."""
HEADERS = ("-H", f"Authorization: Bearer {TOKEN}")


@pytest.mark.socket
def test_every_response_is_as_the_description_says(real_index: Path, tmp_path: Path) -> None:
    schemathesis = str(Path(sysconfig.get_path("scripts"), "schemathesis"))
    settings = {
        "FAQ_INDEX_DIR": str(real_index),
        "FAQ_RATE_LIMIT": "off",
        "FAQ_ADMIN_TOKEN": TOKEN,
        "FAQ_LOG_LEVEL": "warning",
    }
    with started(tmp_path, **settings) as (_, address):
        command = [schemathesis, "run", f"{address}/openapi.json", *HEADERS]
        phases = ["--phases", "examples,coverage,fuzzing,stateful", "--checks", "all"]
        bounds = ["--max-examples", str(EXAMPLES), "--seed", "20261125"]
        quiet = ["--generation-database", "none", "--no-color"]

        done = subprocess.run(
            [*command, *phases, *bounds, *quiet],
            cwd=tmp_path,
            capture_output=True,
            check=False,
            text=True,
            timeout=SECONDS,
        )

    log = (tmp_path / "log").read_text("utf-8")
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2000:]
    assert "Traceback" not in log
