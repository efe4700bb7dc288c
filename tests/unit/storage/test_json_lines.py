from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from index.storage import tensors
from index.storage.json_lines import ById, RecordFormat, Records


@dataclass(frozen=True, slots=True)
class Bread:
    id: str
    hours: int


@dataclass(frozen=True, slots=True)
class Name:
    id: str


BREADS = RecordFormat.of(Bread)
LOAVES = (Bread("rye", 12), Bread("a,\n]", 3), Bread("spelt", 5))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    BREADS.write(tmp_path / "loaves.json", LOAVES)
    return tmp_path / "loaves.json"


@pytest.fixture
def mapped(path: Path) -> Records[Bread]:
    return Records(path.read_bytes(), BREADS.record)


def test_small_file_is_read_whole(path: Path) -> None:
    assert BREADS.read(path) == LOAVES


def test_file_is_json_with_a_record_a_line(path: Path) -> None:
    assert path.read_text() == (
        '[\n{"id":"rye","hours":12},\n{"id":"a,\\n]","hours":3},\n{"id":"spelt","hours":5}\n]\n'
    )


def test_large_file_is_read_record_by_record(path: Path) -> None:
    padding = b" " * tensors.MAPPED_FROM
    path.write_bytes(path.read_bytes().replace(b"\n]\n", padding + b"\n]\n"))

    found = BREADS.read(path)

    assert isinstance(found, Records)
    assert tuple(found) == LOAVES


def test_records_are_a_sequence(mapped: Records[Bread]) -> None:
    assert (len(mapped), mapped[1], mapped[-1]) == (3, LOAVES[1], LOAVES[2])
    assert mapped[1:] == LOAVES[1:]
    with pytest.raises(IndexError):
        mapped[3]


def test_part_of_every_record_can_be_had(mapped: Records[Bread]) -> None:
    assert list(mapped.parts(TypeAdapter(Name))) == [Name("rye"), Name("a,\n]"), Name("spelt")]


def test_records_are_found_by_id_in_order(mapped: Records[Bread]) -> None:
    found = ById((loave.id for loave in LOAVES), mapped)

    assert dict(found) == {loave.id: loave for loave in LOAVES}
    assert (len(found), "wheat" in found, found.get("wheat")) == (3, False, None)


def test_other_file_is_refused(path: Path) -> None:
    path.write_text('[{"id": 1}]')

    with pytest.raises(ValidationError):
        BREADS.read(path)
