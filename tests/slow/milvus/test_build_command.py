"""The command that publishes, run as it is, with the vectors in Milvus."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from index import Answered, open_index
from index.search.milvus import addresses
from index.search.milvus.collections import Milvus
from index.versions import publication_history, version_store
from scripts import build_index
from tests.support.milvus_server import MilvusServer
from tests.support.running import run_script

pytestmark = [pytest.mark.socket, pytest.mark.model]


def here(*arguments: object) -> Result:
    """The same command in this process, which has loaded the model before."""
    app = typer.Typer()
    app.command()(build_index.main)
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def edit(content: Path, before: str, after: str) -> None:
    answers = content / "faqs" / "jobs.yaml"
    answers.write_text(answers.read_text().replace(before, after))


def test_versions_are_compared_and_published_one_after_the_other(
    own_milvus: MilvusServer, content: Path, index_place: Path
) -> None:
    """One story in one test, since each new process that loads the model takes seconds."""
    milvus = Milvus(own_milvus.address)
    arguments = ("--corpus", content, "--out", index_place)
    there = ("--vector-store", own_milvus.address)

    first = run_script("build_index.py", *arguments, *there)
    one = version_store.current(index_place)
    aliased = milvus.published()
    edit(content, "Pay is much the same", "Pay is the same")
    second = run_script("build_index.py", *arguments, *there)
    two = version_store.current(index_place)
    answered = open_index(index_place, vectors=addresses.whole(own_milvus.address)).answer(
        "Tasks of a baker"
    )

    assert (first.returncode, second.returncode) == (0, 0), first.stdout + second.stdout
    assert len({one, two}) == 2
    assert [noted.version for noted in publication_history.history(index_place)] == [one, two]
    assert (aliased, milvus.published()) == (one, two)
    assert "Changed: faq-pay" in second.stdout
    assert "No questions get another answer than before." in second.stdout
    assert isinstance(answered, Answered)
    assert answered.unit.id == "art-baker-tasks"
    assert not answered.trace.is_partial


def test_nothing_is_published_by_a_part_of_the_texts(
    own_milvus: MilvusServer, content: Path, index_place: Path
) -> None:
    milvus = Milvus(own_milvus.address)
    arguments = ("--corpus", content, "--out", index_place)
    there = ("--vector-store", own_milvus.address)
    here(*arguments, *there)
    one = version_store.current(index_place)
    milvus._call("drop_alias", "faq_live")
    milvus.drop(one)
    edit(content, "Pay is much the same", "Pay is the same")

    refused = here(*arguments, *there)
    live = version_store.current(index_place)
    forced = here(*arguments, *there, "--force")

    assert refused.exit_code == 1
    assert f"Not all texts of version {one} can be searched" in refused.output
    assert "Not published: what was live stays live." in refused.output
    assert live == one
    assert forced.exit_code == 0
    assert "What changes cannot be told: Not all texts" in forced.output
    assert milvus.published() == version_store.current(index_place) != one


def test_version_of_the_other_engine_is_compared_on_the_way_there_and_back(
    own_milvus: MilvusServer, content: Path, index_place: Path
) -> None:
    arguments = ("--corpus", content, "--out", index_place)
    here(*arguments)

    moved = here(*arguments, "--vector-store", own_milvus.address)
    remote = version_store.current(index_place)
    unnamed = here(*arguments)
    live = version_store.current(index_place)
    back = here(*arguments, "--live-store", own_milvus.address)

    assert [done.exit_code for done in (moved, unnamed, back)] == [0, 1, 0]
    for done in (moved, back):
        assert "No questions get another answer than before." in done.output
    assert f"Version {remote} has its vectors in milvus" in unnamed.output
    assert "--live-store" in unnamed.output
    assert live == remote != version_store.current(index_place)
