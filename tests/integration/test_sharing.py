import gc
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus import Corpus
from index import Outcome, Retriever, Unit, open_index
from index.building.builder import build, recipe
from index.datatypes import Source, Vectors
from index.encoding.encoder import Encoder
from index.errors import IndexCorrupt
from index.ranking import unit_scorer
from index.ranking.unit_scorer import RankingModel
from index.sharing import Sharing, all_moved, moved
from index.storage.atomic_files import CACHED_FROM
from index.storage.json_lines import RecordFormat, Records
from index.versions import version_store
from tests.support.encoding import HandEncoder

QUESTIONS = (
    "Do cooks earn more than bakers?",
    "how do I become a baker",
    "hello",
    "Is the moon made of bread?",
    "wie wird man Koch?",
)


class Encoders:
    """Opens the hand-written encoder, and counts how often."""

    def __init__(self) -> None:
        self.opened: list[Path] = []

    def __call__(self, folder: Path) -> Encoder:
        self.opened.append(folder)
        return HandEncoder()


@pytest.fixture
def encoders() -> Encoders:
    return Encoders()


@pytest.fixture
def sharing(encoders: Encoders) -> Sharing:
    return Sharing(open_encoder=encoders)


@pytest.fixture
def other_folder(index_folder: Path, tmp_path: Path) -> Path:
    """The same index on another disk, where no file is a link to the first one's."""
    return shutil.copytree(index_folder, tmp_path / "other")


def untimed(outcome: Outcome) -> Outcome:
    return replace(outcome, trace=replace(outcome.trace, stages=()))


def model_of(retriever: Retriever) -> RankingModel:
    return retriever._knowledge.ranker.model


def test_versions_opened_side_by_side_answer_as_alone(
    sharing: Sharing, index_folder: Path, other_folder: Path
) -> None:
    alone = open_index(index_folder, HandEncoder())
    together = [sharing.open(folder) for folder in (index_folder, other_folder)]

    for question in QUESTIONS:
        expected = untimed(alone.answer(question))
        assert [untimed(one.answer(question)) for one in together] == [expected, expected]


def test_indexes_with_the_same_digest_share_the_encoder(
    sharing: Sharing, encoders: Encoders, index_folder: Path, other_folder: Path
) -> None:
    first, second = sharing.open(index_folder), sharing.open(other_folder)

    assert len(encoders.opened) == 1
    assert first.encode == second.encode
    assert first.units is not second.units


def test_index_with_another_encoder_gets_its_own(
    sharing: Sharing, encoders: Encoders, index_folder: Path, corpus: Corpus, tmp_path: Path
) -> None:
    (tmp_path / "encoder.onnx").write_bytes(b"another encoder")
    (tmp_path / "tokenizer.json").write_bytes(b"a tokenizer")
    steps = recipe(tmp_path)
    build(corpus, tmp_path / "index", HandEncoder(), steps, cache=tmp_path / "cache")

    kept = [sharing.open(index_folder), sharing.open(tmp_path / "index")]

    assert len(encoders.opened) == 2
    assert kept[0].encode != kept[1].encode


def test_unused_encoder_is_released(
    sharing: Sharing, encoders: Encoders, index_folder: Path
) -> None:
    retriever = sharing.open(index_folder)
    del retriever
    gc.collect()

    sharing.open(index_folder)

    assert len(encoders.opened) == 2


def test_large_file_that_was_changed_since_is_refused(
    sharing: Sharing, corpus: Corpus, tmp_path: Path
) -> None:
    (tmp_path / "encoder.onnx").write_bytes(bytes(CACHED_FROM))
    (tmp_path / "tokenizer.json").write_bytes(b"a tokenizer")
    steps = recipe(tmp_path)
    build(corpus, tmp_path / "index", HandEncoder(), steps, cache=tmp_path / "cache")
    sharing.open(tmp_path / "index")
    sharing.open(tmp_path / "index")

    (tmp_path / "encoder.onnx").write_bytes(bytes(CACHED_FROM - 1) + b"!")

    with pytest.raises(IndexCorrupt, match=r"encoder\.onnx is not what was built"):
        sharing.open(tmp_path / "index")


def test_background_is_held_once(sharing: Sharing, index_folder: Path, other_folder: Path) -> None:
    first, second = sharing.open(index_folder), sharing.open(other_folder)

    assert model_of(first).out_of_scope is model_of(second).out_of_scope
    assert model_of(first).rows is not model_of(second).rows


def test_model_with_a_part_of_the_background_finds_the_same_as_alone(index_folder: Path) -> None:
    rows: Vectors = np.eye(4, dtype=np.float32)
    file = (
        version_store.version_folder(index_folder, version_store.current(index_folder))
        / unit_scorer.FILE
    )
    model = replace(unit_scorer.parse(file.read_bytes()), out_of_scope=rows[[1, 3]])
    shared = replace(model, out_of_scope=rows, among=np.array([1, 3]))

    for vector in (rows[0], rows[3], np.full(4, 0.5, dtype=np.float32)):
        assert shared.out_of_scope_cosine(vector) == model.out_of_scope_cosine(vector)


def test_addresses_at_the_root_begin_at_the_address(sharing: Sharing, index_folder: Path) -> None:
    alone = open_index(index_folder, HandEncoder())
    there = sharing.open(index_folder, "/sites/a")

    assert {unit.url for unit in alone.units.values()}
    for name, unit in alone.units.items():
        assert there.units[name].url == f"/sites/a{unit.url}"
        assert there.units[name].text == unit.text
        assert there.units[name].markdown == unit.markdown
    passages = there.answer("Do cooks earn more than bakers?").passages
    assert all(hit.unit.url.startswith("/sites/a/faq") for hit in passages)


def test_addresses_elsewhere_stay(index_folder: Path) -> None:
    unit = next(iter(open_index(index_folder, HandEncoder()).units.values()))
    html = (
        '<p><a href="/faq#x">a</a> <a href="//other.example/">b</a> '
        '<a href="https://other.example/faq">c</a> <a href="#here">d</a></p>'
    )
    sources = (Source("Guide", "/faq#y"), Source("Book", "https://other.example/"))
    given = replace(unit, url="https://other.example/jobs#x", html=html, sources=sources)

    there = moved(given, "/sites/a")

    assert there.url == given.url
    assert there.html == html.replace('"/faq#x"', '"/sites/a/faq#x"')
    assert [source.url for source in there.sources] == ["/sites/a/faq#y", "https://other.example/"]


def test_records_of_a_large_file_are_changed_as_they_are_asked_for(
    tmp_path: Path, index_folder: Path
) -> None:
    units = tuple(open_index(index_folder, HandEncoder()).units.values())
    kind = RecordFormat.of(Unit)
    kind.write(tmp_path / "units.json", units)
    read = Records((tmp_path / "units.json").read_bytes(), kind.record)

    changed = all_moved(read, "/sites/a")

    assert isinstance(changed, Records)
    assert [unit.url for unit in changed] == [f"/sites/a{unit.url}" for unit in units]
    assert [unit.url for unit in read] == [unit.url for unit in units]
