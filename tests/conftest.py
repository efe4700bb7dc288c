"""What all tests share."""

import pytest

LOOPBACK = ["127.0.0.1", "::1", "localhost"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a test marked `socket` or `browser` reach this machine; else sockets are off."""
    for item in items:
        if item.get_closest_marker("socket") or item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK))
