"""The commands that ask an index, with its vectors in Milvus."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from benchmarks.servers import free_port
from corpus import Corpus
from index.building.builder import build, recipe
from index.encoding.embedder import ExportedEmbedder
from index.encoding.export import find_model, runtime_folder
from index.milvus.client import Milvus
from service.analytics.database import Database
from tests.support.asking import asked
from tests.support.commands import run
from tests.support.milvus_server import MilvusServer

pytestmark = [pytest.mark.socket, pytest.mark.model]
QUESTION = "Tasks of a baker"


@dataclass(frozen=True, slots=True)
class MilvusIndex:
    folder: Path
    address: str


@pytest.fixture(scope="module")
def index(
    server: MilvusServer, corpus: Corpus, encoders: Path, tmp_path_factory: pytest.TempPathFactory
) -> MilvusIndex:
    folder = tmp_path_factory.mktemp("remote")
    runtime = runtime_folder(find_model(), encoders)
    steps = replace(recipe(runtime), store=Milvus(server.address))
    build(
        corpus,
        folder / "index",
        ExportedEmbedder(runtime, "the exported encoder"),
        steps,
        cache=folder / "vectors",
    )
    return MilvusIndex(folder / "index", server.address)


def test_question_is_answered_from_milvus(index: MilvusIndex) -> None:
    result = run("ask", QUESTION, "--index", index.folder, "--vector-store", index.address)

    assert result.exit_code == 0, result.output
    assert "A baker has three main tasks." in result.output


def test_question_fails_without_its_store(index: MilvusIndex) -> None:
    away = f"http://127.0.0.1:{free_port()}"

    unnamed = run("ask", QUESTION, "--index", index.folder)
    absent = run("ask", QUESTION, "--index", index.folder, "--vector-store", away)

    assert (unnamed.exit_code, absent.exit_code) == (1, 1)
    assert "--vector-store" in unnamed.stderr
    assert away.removeprefix("http://") in absent.stderr


def test_gaps_name_the_nearest_unit_in_milvus(index: MilvusIndex, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/interactions.db"
    database = Database(url)
    database.write([asked("what are the tasks of a baker in Rome")], [])
    database.close()
    where = ("--index", index.folder, "--vector-store", index.address)

    result = run("gaps", "--database", url, *where)

    assert result.exit_code == 0, result.output
    assert "art-baker-tasks" in result.output


def test_evaluation_asks_milvus(index: MilvusIndex, tmp_path: Path) -> None:
    questions, figures = tmp_path / "questions.jsonl", tmp_path / "figures.json"
    gold = ["art-baker-tasks"]
    labelled = {"id": "a", "question": QUESTION, "answerable": True, "gold": gold}
    questions.write_text(json.dumps(labelled))
    where = ("--index", index.folder, "--against", index.folder, "--vector-store", index.address)

    result = run("evaluate", questions, *where, "--json", figures)

    assert result.exit_code == 0, result.output
    assert [answer["right"] for answer in json.loads(figures.read_text())["answers"]] == [True]
