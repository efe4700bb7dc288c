import json
import mmap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from index.storage import tensors

ALL: dict[str, NDArray[Any]] = {
    "letters": np.frombuffer(b"odd", dtype=np.uint8),
    "scores": np.array([[0.5, 1.0], [2.0, -1.0]], dtype=np.float32),
    "places": np.array([7, -1], dtype=np.int64),
    "none": np.zeros((0, 3), dtype=np.float32),
}


def as_lists(found: dict[str, NDArray[Any]]) -> dict[str, tuple[str, object]]:
    return {name: (str(array.dtype), array.tolist()) for name, array in found.items()}


def test_arrays_that_were_written_are_read() -> None:
    read = tensors.parse(tensors.dump(ALL))

    assert as_lists(read) == as_lists(ALL)
    assert read["none"].shape == (0, 3)
    assert all(array.flags.aligned for array in read.values())


def test_safetensors_reads_them_too() -> None:
    safetensors = pytest.importorskip("safetensors.numpy", reason="needs the build extra")

    assert as_lists(safetensors.load(tensors.dump(ALL))) == as_lists(ALL)


def test_arrays_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        tensors.parse(tensors.dump(ALL))["scores"][0, 0] = 3


@pytest.mark.parametrize("size", [tensors.MAPPED_FROM, tensors.MAPPED_FROM - 4096], ids=str)
def test_large_file_is_mapped_and_a_small_one_is_read(size: int, tmp_path: Path) -> None:
    path, rows = tmp_path / "arrays", np.zeros(size - 1024, dtype=np.uint8)
    rows[-1] = 7
    path.write_bytes(tensors.dump({"rows": rows}) + b"\0" * (size - 1024 - len(rows)))
    with path.open("ab") as file:
        file.truncate(size)

    data = tensors.read(path)

    assert isinstance(data, mmap.mmap) is (size >= tensors.MAPPED_FROM)
    assert int(tensors.parse(data)["rows"][-1]) == 7


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not arrays at all",
        tensors.dump(ALL)[:-4],
        tensors.dump(ALL)[:40],
        (2).to_bytes(8, "little") + b"[]",
        (8).to_bytes(8, "little") + b'{"a": 1}',
        (9).to_bytes(8, "little") + b'{"a": {}}',
        (52).to_bytes(8, "little") + b'{"":{"dtype":"F64","shape":[0],"data_offsets":[] }} ',
        b"\x41"
        + b"\0" * 6
        + b"\x80"
        + b'{"a":{"dtype":"F64","shape":[3],"data_offsets":[0,24]}}'
        + b" " * 9,
    ],
    ids=["empty", "text", "cut", "cut-header", "list", "number", "no-place", "no-offsets", "huge"],
)
def test_other_bytes_are_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json, numpy and this module each say their own
        tensors.parse(data)


def test_unknown_type_is_a_value_error() -> None:
    header = json.dumps({"a": {"dtype": "BF16", "shape": [1], "data_offsets": [0, 2]}}).encode()

    with pytest.raises(ValueError, match="BF16"):
        tensors.parse(len(header).to_bytes(8, "little") + header + b"\0\0")
