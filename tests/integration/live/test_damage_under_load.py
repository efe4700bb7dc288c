"""Damaged versions offered while visitors ask, and files that the service may not read."""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest
from fastapi.testclient import TestClient

from index.versions import version_store
from tests.integration.live.test_damaged_versions import (
    PAY,
    SEEN,
    SIGNED,
    UNSEEN,
    names_of,
    refusal,
    sign,
)
from tests.support.paths import CONTENT
from tests.support.publishing import built, edit
from tests.support.serving import ADMIN, serving, settings_for

VISITORS = 4
NOBODY = 65534


def ask(client: TestClient, over: Event) -> Counter[str]:
    """Ask until told that it is over; what came back."""
    said: Counter[str] = Counter()
    while not over.is_set():
        response = client.post("/v1/ask", json={"question": PAY})
        given = response.json().get("answer") or {}
        said[f"{response.status_code} {given.get('id')}"] += 1
    return said


@pytest.mark.parametrize("kind", ["seen", "signed"])
def test_answers_go_on_while_damaged_versions_are_offered(
    kind: str, runtime: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    faults = SEEN if kind == "seen" else SIGNED
    out, content = tmp_path / "index", shutil.copytree(CONTENT, tmp_path / "content")
    first = built(content, runtime, out, publish=True).loaded.manifest.version
    edit(content, {"Pay is much the same": "Pay is the same"})
    second = built(content, runtime, out).loaded.manifest.version
    version, whole = version_store.version_folder(out, second), tmp_path / "whole"
    shutil.copytree(version, whole)
    names = [name for name in names_of(version) if name not in UNSEEN]
    refused, over = [], Event()

    with (
        serving(settings_for(tmp_path, index_dir=out)) as client,
        ThreadPoolExecutor(VISITORS) as visitors,
    ):
        asking = [visitors.submit(ask, client, over) for _ in range(VISITORS)]
        (out / "current").write_text(second)
        for number, (fault, damage) in enumerate(faults.items()):
            name = names[number % (len(names) - 1)]  # the last is the manifest, which signs
            damage(version / name)
            if kind == "signed":
                sign(version)
            caplog.clear()
            status = client.post("/v1/index/reload", headers=ADMIN).status_code
            refused.append((fault, status, name in caplog.text))
            shutil.rmtree(version)
            shutil.copytree(whole, version)
        live = client.get("/v1/index").json()["version"]
        over.set()
        said = sum((future.result() for future in asking), Counter[str]())
        loaded = client.post("/v1/index/reload", headers=ADMIN)

    assert refused == [(fault, 409, True) for fault in faults]
    assert live == first
    assert set(said) == {"200 faq-pay"}
    assert said.total() >= VISITORS
    assert (loaded.status_code, loaded.json()["version"]) == (200, second)


@contextmanager
def somebody() -> Iterator[None]:
    """Be a user whom permissions bind; root reads whatever it wants."""
    if os.geteuid() != 0:  # pragma: no cover - as root or not
        yield
        return
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@pytest.fixture
def own_index(index_folder: Path) -> Iterator[Path]:
    """An index of that user, in a folder that they may enter, which pytest's own is not."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(shutil.copytree(index_folder, Path(folder) / "index"))
        if os.geteuid() == 0:  # pragma: no branch - as root or not
            for path in (Path(folder), out, *out.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
        with somebody():
            yield out


def places(out: Path) -> dict[str, Path]:
    version = version_store.version_folder(out, version_store.current(out))
    files = {name: version / name for name in names_of(version)}
    return files | {
        "current": out / "current",
        version.name: version,
        "lexical/": version / "lexical",
    }


@contextmanager
def forbidden(path: Path) -> Iterator[None]:
    mode = path.stat().st_mode
    path.chmod(0)
    try:
        yield
    finally:
        path.chmod(mode)


def test_file_that_may_not_be_read_is_refused_and_named(own_index: Path) -> None:
    said = {}
    for name, path in places(own_index).items():
        with forbidden(path):
            said[name] = refusal(own_index)

    assert len(said) > 14
    assert {name: text for name, text in said.items() if name not in text} == {}


@pytest.mark.parametrize("name", ["current", "manifest.json", "units.json", "lexical/"])
def test_service_goes_on_and_starts_with_a_file_that_it_may_not_read(
    name: str, own_index: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = settings_for(own_index.parent, index_dir=own_index)
    place = places(own_index)[name]

    with serving(settings) as client, forbidden(place):
        reloaded = client.post("/v1/index/reload", headers=ADMIN).status_code
        answered = client.post("/v1/ask", json={"question": PAY}).status_code
    with forbidden(place), serving(settings) as client:
        begun = [client.get(path).status_code for path in ("/healthz", "/readyz")]

    assert (reloaded, answered, begun) == (409, 200, [200, 503])
    refusals = [message for message in caplog.messages if message.startswith("index refused")]
    assert ["refused" if name in one else one for one in refusals] == ["refused"] * 2
