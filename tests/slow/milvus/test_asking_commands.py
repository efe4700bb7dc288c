"""The commands that ask an index, run as they are, with its vectors in Milvus."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from benchmarks.runtime import RuntimeEmbedder
from corpus import Corpus
from index.building.builder import build, recipe
from index.encoding.export import find_model, runtime_folder
from index.search.milvus.collections import Milvus
from service.analytics.database import Database
from tests.support.asking import asked
from tests.support.milvus_server import free_port, milvus_lite
from tests.support.running import run_script

pytestmark = [pytest.mark.socket, pytest.mark.model]
QUESTION = "Tasks of a baker"


@dataclass(frozen=True, slots=True)
class Remote:
    index: Path
    address: str


@pytest.fixture(scope="module")
def remote(
    corpus: Corpus, encoders: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Remote]:
    folder = tmp_path_factory.mktemp("remote")
    runtime = runtime_folder(find_model(), encoders)
    with milvus_lite(folder / "data") as server:
        steps = replace(recipe(runtime), vectors=Milvus(server.address))
        embedder = RuntimeEmbedder(runtime)
        build(corpus, folder / "index", embedder, steps, cache=folder / "vectors")
        yield Remote(folder / "index", server.address)


def test_question_gets_what_milvus_holds(remote: Remote) -> None:
    done = run_script("ask.py", QUESTION, "--index", remote.index, "--vector-store", remote.address)

    assert done.returncode == 0, done.stderr
    assert "A baker has three main tasks." in done.stdout


def test_question_without_its_store_is_told_how_to_name_it(remote: Remote) -> None:
    unnamed = run_script("ask.py", QUESTION, "--index", remote.index)
    away = f"http://127.0.0.1:{free_port()}"
    absent = run_script("ask.py", QUESTION, "--index", remote.index, "--vector-store", away)

    assert (unnamed.returncode, absent.returncode) == (1, 1)
    assert "--vector-store for the commands" in unnamed.stderr
    assert "Not all texts of version" in absent.stderr


def test_gaps_show_what_comes_nearest_in_milvus(remote: Remote, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/interactions.db"
    database = Database(url)
    database.write([asked("what are the tasks of a baker in Rome")], [])
    database.close()
    where = ("--index", remote.index, "--vector-store", remote.address)

    done = run_script("gaps.py", "--database", url, *where)

    assert done.returncode == 0, done.stderr
    assert "#   art-baker-tasks: " in done.stdout


def test_evaluation_asks_milvus(remote: Remote, tmp_path: Path) -> None:
    questions, figures = tmp_path / "questions.jsonl", tmp_path / "figures.json"
    gold = ["art-baker-tasks"]
    labelled = {"id": "a", "question": QUESTION, "answerable": True, "gold": gold}
    questions.write_text(json.dumps(labelled))
    where = ("--index", remote.index, "--against", remote.index, "--vector-store", remote.address)

    done = run_script("evaluate.py", questions, *where, "--json", figures)

    assert done.returncode == 0, done.stderr
    assert [one["right"] for one in json.loads(figures.read_text())["answers"]] == [True]
