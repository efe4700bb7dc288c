"""A real Redis for a test: on loopback, ended at its end."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.running import wait_until_open


@contextmanager
def redis_server(port: int) -> Iterator[str]:
    """A real Redis that keeps nothing; gives its address."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis: redis-server is not installed")
    command = [program, "--bind", "127.0.0.1", "--port", str(port), "--save", ""]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            wait_until_open(process, port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
