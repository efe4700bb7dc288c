"""The address that `make run` prints."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.web.sign_in import OneTimeKey
from tests.support.commands import run
from tests.support.serving import serving, settings_for


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    (tmp_path / "content").mkdir()
    with serving(settings_for(tmp_path, corpus_dir=tmp_path / "content")) as client:
        app = cast(FastAPI, client.app)
        app.state.one_time_key = OneTimeKey()
        yield app


def enter(app: FastAPI, key: str, host: str = "127.0.0.1") -> TestClient:
    client = TestClient(app, client=(host, 1), follow_redirects=False)
    response = client.get("/admin/enter", params={"key": key})
    client.headers["x-status"] = str(response.status_code)
    return client


def test_key_signs_in_once(app: FastAPI) -> None:
    key = app.state.one_time_key.text

    first, second = enter(app, key), enter(app, key)

    assert (first.headers["x-status"], second.headers["x-status"]) == ("303", "401")
    assert first.get("/admin/content").status_code == 200
    assert second.get("/admin/content").status_code == 401


@pytest.mark.parametrize("host", ["10.0.0.7", "::2", "testclient"])
def test_key_is_for_this_machine_alone(app: FastAPI, host: str) -> None:
    key = app.state.one_time_key.text

    assert enter(app, key, host).headers["x-status"] == "401"
    assert enter(app, key).headers["x-status"] == "303"  # and it is not spent


@pytest.mark.parametrize("key", ["", "guess", "é"])
def test_guess_signs_nobody_in(app: FastAPI, key: str) -> None:
    assert enter(app, key).headers["x-status"] == "401"


def test_service_that_printed_no_address_has_none(app: FastAPI) -> None:
    del app.state.one_time_key

    assert enter(app, "").headers["x-status"] == "401"


@pytest.mark.parametrize("option", [("--workers", "2"), ("--port", "0")])
def test_address_goes_with_one_worker_and_a_known_port(option: tuple[str, str]) -> None:
    assert run("serve", "--sign-in", *option).exit_code == 2
