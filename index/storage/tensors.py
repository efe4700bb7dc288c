"""Named arrays in one safetensors file, memory-mapped without a copy.

The format is that of the safetensors library (https://huggingface.co/docs/safetensors): eight bytes
with the length of the header, the header in JSON, the arrays one after the other. In a mapped file
only pages that are read are loaded, and processes share them.

The library writes and reads the same files, but with NumPy it copies: opening one array of 293 MB
with `safe_open` (0.8.0) added 293 MB of private memory to the process, and 0 MB here. Only its
PyTorch side maps files, and the service runs without PyTorch.
"""

import json
import math
import mmap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

Buffer: TypeAlias = bytes | mmap.mmap
Arrays: TypeAlias = dict[str, NDArray[Any]]

MAPPED_FROM = 64 * 2**20
"""Bytes. A smaller file is read: not every system can replace a mapped one."""
_ALIGNMENT = 64
_LENGTH = 8
"""Bytes of the length of the header."""
_TYPES = {
    "F64": "<f8",
    "I64": "<i8",
    "U64": "<u8",
    "F32": "<f4",
    "I32": "<i4",
    "F16": "<f2",
    "U16": "<u2",
    "U8": "|u1",
}
"""Widest first: arrays stand in this order, so that each starts at a multiple of its items."""
_NAMES = {np.dtype(code): name for name, code in _TYPES.items()}


def read(path: Path) -> Buffer:
    """Read a file, or map it into memory when it is large."""
    if path.stat().st_size < MAPPED_FROM:
        return path.read_bytes()
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def dump(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Write arrays as the bytes of one file; the same arrays give the same bytes."""
    return b"".join(_parts(arrays))


def write(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays to a file, without a copy of them in memory."""
    with path.open("wb") as file:
        file.writelines(_parts(arrays))


def _parts(arrays: Mapping[str, NDArray[Any]]) -> Iterator[bytes | memoryview]:
    ordered = sorted(arrays.items(), key=lambda named: (-named[1].dtype.itemsize, named[0]))
    header, end = {}, 0
    for name, array in ordered:
        start, end = end, end + array.nbytes
        kind = _NAMES[array.dtype]
        header[name] = {"dtype": kind, "shape": array.shape, "data_offsets": (start, end)}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(_LENGTH + len(text)) % _ALIGNMENT)
    yield len(text).to_bytes(_LENGTH, "little") + text
    for _, array in ordered:
        yield np.ascontiguousarray(array).reshape(-1).view(np.uint8).data


def parse(data: Buffer) -> Arrays:
    """Return the arrays of a file; they cannot be changed, and keep `data` alive.

    Raises:
        ValueError: The bytes are not such a file.

    """
    start = _LENGTH + int.from_bytes(data[:_LENGTH], "little")
    try:
        header = json.loads(data[_LENGTH:start])
        return {name: _array(data, start, **place) for name, place in header.items()}
    except (KeyError, IndexError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"the header of the arrays is wrong: {error}") from error


def _array(
    data: Buffer, base: int, *, dtype: str, shape: list[int], data_offsets: list[int]
) -> NDArray[Any]:
    count, start = math.prod(shape), base + data_offsets[0]
    if not count:
        return np.empty(shape, dtype=_TYPES[dtype])
    return np.frombuffer(data, dtype=_TYPES[dtype], count=count, offset=start).reshape(shape)


class Strings(Sequence[str]):
    """Texts in two arrays, as `pack` makes them; each is decoded whenever it is accessed."""

    def __init__(self, letters: NDArray[np.uint8], starts: NDArray[np.int64]) -> None:
        self._letters = letters
        self._starts = starts

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, key: int) -> str: ...

    @overload
    def __getitem__(self, key: slice) -> tuple[str, ...]: ...

    def __getitem__(self, key: int | slice) -> str | tuple[str, ...]:
        if isinstance(key, slice):
            return tuple(self[position] for position in range(*key.indices(len(self))))
        position = range(len(self))[key]
        letters = self._letters[self._starts[position] : self._starts[position + 1]]
        return letters.tobytes().decode("utf-8", "surrogatepass")


def pack(name: str, texts: Iterable[str]) -> Arrays:
    """Store texts in two arrays, to be written under `name`."""
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    starts = np.zeros(len(encoded) + 1, dtype=np.int64)
    starts[1:] = np.cumsum([len(text) for text in encoded])
    letters = np.frombuffer(b"".join(encoded), dtype=np.uint8)
    return {f"{name}.letters": letters, f"{name}.starts": starts}


def unpack(name: str, arrays: Arrays) -> Strings:
    """Return the texts that `pack` stored. Raises KeyError when there are none."""
    return Strings(arrays[f"{name}.letters"], arrays[f"{name}.starts"])
