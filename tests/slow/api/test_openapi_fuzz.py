"""Schemathesis over the whole description of the API, against the real server."""

import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

from tests.support.paths import CONTENT
from tests.support.running import started
from tests.support.serving import TOKEN

EXAMPLES = 10
"""For each operation and phase; the coverage phase adds its own."""
SECONDS = 300.0
"""Far more than it takes; past it something hangs."""
HEADERS = ("-H", f"Authorization: Bearer {TOKEN}")


CONTENT_ROUTES = "/v1/content/entries"
PUBLISHING = "/v1/content/(publish|rollback)"
"""A build takes seconds and judges what the others wrote: tests/integration/studio has these."""
BY_CONTENT = "positive_data_acceptance,negative_data_rejection,missing_required_header"
"""What the schema allows may still be content at fault, a list too long is past 64 KiB first
(413), and a missing If-Match is 428."""


@pytest.mark.socket
@pytest.mark.parametrize(
    "selected",
    [
        ("--exclude-path-regex", f"{CONTENT_ROUTES}|{PUBLISHING}"),
        ("--include-path-regex", CONTENT_ROUTES, "--exclude-checks", BY_CONTENT),
    ],
    ids=["answers", "content"],
)
def test_every_response_is_as_the_description_says(
    selected: tuple[str, ...], real_index: Path, tmp_path: Path
) -> None:
    schemathesis = str(Path(sysconfig.get_path("scripts"), "schemathesis"))
    content = shutil.copytree(CONTENT, tmp_path / "content")
    settings = {
        "FAQ_INDEX_DIR": str(real_index),
        "FAQ_CORPUS_DIR": str(content),
        "FAQ_RATE_LIMIT": "off",
        "FAQ_ADMIN_TOKEN": TOKEN,
        "FAQ_LOG_LEVEL": "warning",
    }
    with started(tmp_path, **settings) as (_, address):
        command = [schemathesis, "run", f"{address}/openapi.json", *HEADERS, *selected]
        phases = ["--phases", "examples,coverage,fuzzing,stateful", "--checks", "all"]
        bounds = ["--max-examples", str(EXAMPLES), "--seed", "20261125"]
        quiet = ["--generation-database", "none", "--no-color"]

        completed = subprocess.run(
            [*command, *phases, *bounds, *quiet],
            cwd=tmp_path,
            capture_output=True,
            check=False,
            text=True,
            timeout=SECONDS,
        )

    log = (tmp_path / "log").read_text("utf-8")
    assert completed.returncode == 0, completed.stdout[-20_000:] + completed.stderr[-2000:]
    assert "Traceback" not in log
