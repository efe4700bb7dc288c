"""The command that publishes, run as it is, with the vectors in Milvus."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from index import Answered, journal, open_index, store, stores
from index.milvus import Milvus
from scripts import build_index
from tests.conftest import ROOT
from tests.milvus_server import MilvusServer, milvus_lite

pytestmark = [pytest.mark.socket, pytest.mark.model]
QUESTION = "Why does a baker's workday start so early?"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MilvusServer]:
    with milvus_lite(tmp_path / "data") as running:
        yield running


@pytest.fixture
def out(encoders: Path, tmp_path: Path) -> Path:
    """Where an index goes; the encoder is in the cache beside it."""
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "encoders").symlink_to(encoders)
    return tmp_path / "index"


def run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts" / script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "Traceback" not in done.stdout + done.stderr
    return done


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
    server: MilvusServer, content: Path, out: Path
) -> None:
    """One story in one test, since each new process that loads the model takes seconds."""
    milvus = Milvus(server.address)
    arguments = ("--corpus", content, "--out", out)
    there = ("--vector-store", server.address)

    first = run("build_index.py", *arguments, *there)
    one = store.current(out)
    aliased = milvus.published()
    edit(content, "Pay is much the same", "Pay is the same")
    second = run("build_index.py", *arguments, *there)
    two = store.current(out)
    answered = open_index(out, vectors=stores.whole(server.address)).answer("Tasks of a baker")

    assert (first.returncode, second.returncode) == (0, 0), first.stdout + second.stdout
    assert len({one, two}) == 2
    assert [noted.version for noted in journal.history(out)] == [one, two]
    assert (aliased, milvus.published()) == (one, two)
    assert "Changed: faq-pay" in second.stdout
    assert "No questions get another answer than before." in second.stdout
    assert isinstance(answered, Answered)
    assert answered.unit.id == "art-baker-tasks"
    assert not answered.trace.is_partial


def test_nothing_is_published_by_a_part_of_the_texts(
    server: MilvusServer, content: Path, out: Path
) -> None:
    milvus = Milvus(server.address)
    arguments = ("--corpus", content, "--out", out)
    there = ("--vector-store", server.address)
    here(*arguments, *there)
    one = store.current(out)
    milvus._call("drop_alias", "faq_live")
    milvus.drop(one)
    edit(content, "Pay is much the same", "Pay is the same")

    refused = here(*arguments, *there)
    live = store.current(out)
    forced = here(*arguments, *there, "--force")

    assert refused.exit_code == 1
    assert f"Not all texts of version {one} can be searched" in refused.output
    assert "Not published: what was live stays live." in refused.output
    assert live == one
    assert forced.exit_code == 0
    assert "What changes cannot be told: Not all texts" in forced.output
    assert milvus.published() == store.current(out) != one


def test_version_of_the_other_engine_is_compared_on_the_way_there_and_back(
    server: MilvusServer, content: Path, out: Path
) -> None:
    arguments = ("--corpus", content, "--out", out)
    here(*arguments)

    moved = here(*arguments, "--vector-store", server.address)
    remote = store.current(out)
    unnamed = here(*arguments)
    live = store.current(out)
    back = here(*arguments, "--live-store", server.address)

    assert [done.exit_code for done in (moved, unnamed, back)] == [0, 1, 0]
    for done in (moved, back):
        assert "No questions get another answer than before." in done.output
    assert f"Version {remote} has its vectors in milvus" in unnamed.output
    assert "--live-store" in unnamed.output
    assert live == remote != store.current(out)
