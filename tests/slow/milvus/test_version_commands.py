"""The commands with vectors in Milvus: verify, roll back, prune; and the service."""

import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from typer.testing import Result

from benchmarks.servers import free_port
from corpus import Corpus
from index import open_index
from index.building.builder import build, recipe
from index.errors import VectorStoreUnavailable
from index.milvus import addresses
from index.milvus.client import Milvus
from index.versions import version_store
from service.app import create_app
from service.settings import SettingsError
from tests.support import commands
from tests.support.encoding import HandEncoder
from tests.support.milvus_server import MilvusServer
from tests.support.paths import ROOT
from tests.support.serving import serving, settings_for

pytestmark = pytest.mark.socket
QUESTION = "How long does it take to become a baker?"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def versions(milvus: Milvus, corpus: Corpus, runtime: Path, out: Path, tmp_path: Path) -> list[str]:
    """Three versions with their collections, the last one live."""
    steps = replace(recipe(runtime), store=milvus)
    built = []
    for number in range(3):
        changed = replace(corpus, content_hash=f"content {number}")
        manifest = build(changed, out, HandEncoder(), steps, cache=tmp_path / "cache")
        milvus.publish(manifest.version)
        built.append(manifest.version)
    return built


def run(server: MilvusServer, out: Path, *arguments: object) -> Result:
    where = ("--out", out, "--vector-store", server.address)
    return commands.run("versions", *arguments, *where)


def test_commands_keep_collections_and_versions_together(
    server: MilvusServer, out: Path, versions: list[str]
) -> None:
    milvus = Milvus(server.address)

    verified = run(server, out, "verify")
    rolled = run(server, out, "rollback", versions[1])
    pruned = run(server, out, "prune", "--keep", 1)

    assert (verified.exit_code, rolled.exit_code, pruned.exit_code) == (0, 0, 0)
    assert milvus.published() == version_store.current(out) == versions[1]
    assert set(milvus.versions()) == set(version_store.version_names(out))
    assert versions[1] in milvus.versions()


def test_lost_collection_fails_to_verify_and_is_written_again(
    server: MilvusServer, out: Path, versions: list[str], corpus: Corpus, runtime: Path
) -> None:
    milvus = Milvus(server.address)
    milvus.drop(versions[0])

    verified = run(server, out, "verify", versions[0])
    again = build(
        replace(corpus, content_hash="content 0"),
        out,
        HandEncoder(),
        replace(recipe(runtime), store=milvus),
        cache=out.parent / "cache",
    )

    assert verified.exit_code == 1
    assert "Milvus holds 0 of the" in verified.stdout
    assert again.version == versions[0]
    assert run(server, out, "verify", versions[0]).exit_code == 0


def test_version_whose_collection_an_alias_names_is_not_pruned(
    server: MilvusServer, out: Path, versions: list[str]
) -> None:
    milvus = Milvus(server.address)
    milvus.publish(versions[0])

    pruned = run(server, out, "prune", "--keep", 1)

    assert pruned.exit_code == 0
    kept = f"I kept version {versions[0]}: an alias in Milvus still names its collection."
    assert kept in pruned.stdout
    assert versions[0] in version_store.version_names(out)
    assert versions[0] in milvus.versions()


def test_rollback_works_while_milvus_is_down(out: Path, versions: list[str]) -> None:
    rolled = run(MilvusServer(out, free_port()), out, "rollback", versions[0])

    assert rolled.exit_code == 0
    assert f"Version {versions[0]} is live." in rolled.stdout
    assert "I couldn't move the alias in Milvus." in rolled.stderr
    assert version_store.current(out) == versions[0]


@pytest.mark.usefixtures("versions")
def test_service_reports_that_some_content_cannot_be_searched(
    server: MilvusServer, out: Path, tmp_path: Path
) -> None:
    settings = settings_for(out, database_url=f"sqlite:///{tmp_path}/asked.db")
    opened = partial(open_index, encoder=HandEncoder(), load=addresses.loader(server.address, 30))
    with serving(settings, opened) as client:
        before = client.post("/v1/ask", json={"question": QUESTION}).json()
        server.stop()
        try:
            after = client.post("/v1/ask", json={"question": QUESTION}).json()
            metrics = client.get("/metrics").text
        finally:
            server.start()

    assert "can't be searched" not in before["message"]
    assert "can't be searched" in after["message"]
    assert "faq_partial_total 1.0" in metrics


def test_missing_client_is_reported_at_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    settings = settings_for(tmp_path, vector_store="http://127.0.0.1:1")

    with pytest.raises(VectorStoreUnavailable, match=r"\[milvus\]"):
        addresses.connect("http://127.0.0.1:1")
    with pytest.raises(SettingsError, match="FAQ_VECTOR_STORE: The client of Milvus"):
        create_app(settings)


def test_nothing_of_milvus_is_loaded_unless_it_is_set() -> None:
    code = (
        "import sys; from service.commands.serve import make_app; make_app();"
        "ours = {f'index.milvus.{name}' for name in ('search', 'client')};"
        "unwanted = {'pymilvus', 'grpc', 'pandas', 'pybreaker'} | ours;"
        "print(unwanted & {*sys.modules})"
    )
    completed = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert completed.stdout == "set()\n"
