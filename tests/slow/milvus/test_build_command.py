"""The command that publishes, with the vectors in Milvus."""

from pathlib import Path

import pytest

from index import Answered, open_index
from index.milvus import addresses
from index.milvus.client import Milvus
from index.versions import publication_history, version_store
from tests.support.commands import run
from tests.support.milvus_server import MilvusServer

pytestmark = [pytest.mark.socket, pytest.mark.model]


@pytest.fixture(scope="module")
def embeddings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache of vectors: what one test has encoded needs no model in the next one."""
    return tmp_path_factory.mktemp("embeddings")


@pytest.fixture
def out(index_place: Path, embeddings: Path) -> Path:
    (index_place.parent / "cache" / "embeddings").symlink_to(embeddings)
    return index_place


def edit(content: Path) -> None:
    answers = content / "faqs" / "jobs.yaml"
    answers.write_text(answers.read_text().replace("Pay is much the same", "Pay is the same"))


def test_versions_are_compared_and_published_one_after_the_other(
    server: MilvusServer, milvus: Milvus, content: Path, out: Path
) -> None:
    arguments = ("--corpus", content, "--out", out, "--vector-store", server.address)

    first = run("build", *arguments)
    first_version = version_store.current(out)
    aliased = milvus.published()
    edit(content)
    second = run("build", *arguments)
    second_version = version_store.current(out)
    answered = open_index(out, load=addresses.loader(server.address)).answer("Tasks of a baker")

    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    assert first_version != second_version
    assert [entry.version for entry in publication_history.history(out)] == [
        first_version,
        second_version,
    ]
    assert (aliased, milvus.published()) == (first_version, second_version)
    assert "faq-pay" in second.output
    assert isinstance(answered, Answered)
    assert answered.unit.id == "art-baker-tasks"
    assert not answered.trace.is_partial


def test_nothing_is_published_when_some_texts_cannot_be_searched(
    server: MilvusServer,
    milvus: Milvus,
    content: Path,
    out: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("index.milvus.search.COMMAND_SECONDS", 3.0)  # pymilvus retries until then
    arguments = ("--corpus", content, "--out", out, "--vector-store", server.address)
    run("build", *arguments)
    first_version = version_store.current(out)
    milvus._call("drop_alias", "faq_live")
    milvus.drop(first_version)
    edit(content)

    refused = run("build", *arguments)
    live = version_store.current(out)
    forced = run("build", *arguments, "--force")

    assert (refused.exit_code, live) == (1, first_version)
    assert first_version in refused.output
    assert forced.exit_code == 0
    assert milvus.published() == version_store.current(out) != first_version


@pytest.mark.usefixtures("milvus")
def test_version_of_the_other_engine_is_compared_on_the_way_there_and_back(
    server: MilvusServer, content: Path, out: Path
) -> None:
    arguments = ("--corpus", content, "--out", out)
    run("build", *arguments)

    moved = run("build", *arguments, "--vector-store", server.address)
    remote = version_store.current(out)
    unnamed = run("build", *arguments)
    live = version_store.current(out)
    back = run("build", *arguments, "--live-store", server.address)
    history = publication_history.history(out)

    assert [done.exit_code for done in (moved, unnamed, back)] == [0, 1, 0]
    assert "--live-store" in unnamed.output
    assert live == remote != version_store.current(out)
    assert [entry.changed_answers for entry in history[1:]] == [0, 0]
