"""A server of the S3 API for a test: moto's, in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import Request, urlopen

from benchmarks.servers import free_port
from tests.support.running import wait_until_open

BUCKET = "careers-index"
KEY, SECRET, SESSION = "AKIAIOSFODNN7TESTING", "wJalrXUtnFEMI-K7MDENG-secret", "FwoGZXIv-session"


@contextmanager
def s3_server(**settings: str) -> Iterator[dict[str, str]]:
    """Run one with an empty bucket; gives the variables by which clients find it.

    Args:
        settings: Of moto, such as who may do what.

    """
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", f"{port}"]
    environment = {**os.environ, **settings}  # noqa: TID251 - a child needs it
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until_open(process, port)
            made = Request(f"{address}/{BUCKET}", method="PUT")  # noqa: S310 - always http
            urlopen(made, timeout=60).close()  # noqa: S310 - as above
            yield {
                "AWS_ENDPOINT_URL": address,
                "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_ACCESS_KEY_ID": KEY,
                "AWS_SECRET_ACCESS_KEY": SECRET,
                "AWS_SESSION_TOKEN": SESSION,
            }
        finally:
            process.terminate()
