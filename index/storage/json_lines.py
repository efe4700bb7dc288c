"""JSON files with one record a line: a list of records of one type.

A small file is read whole. A large one is mapped into memory, and a record is parsed when it is
accessed, so that opening the file costs neither time nor memory for the records.
"""

import mmap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar, overload

import numpy as np
from pydantic import TypeAdapter

from index.storage import tensors
from index.storage.tensors import Buffer

Record = TypeVar("Record")
Part = TypeVar("Part")

_BLOCK = 2**24
"""Bytes searched for line ends at a time."""


class Records(Sequence[Record], Generic[Record]):
    """The records of a large file, each parsed whenever it is accessed."""

    def __init__(self, data: Buffer, adapter: TypeAdapter[Record]) -> None:
        self._data = data
        self._adapter = adapter
        self._ends = _line_ends(data)
        self._changes: tuple[Callable[[Record], Record], ...] = ()

    def mapped(self, change: Callable[[Record], Record]) -> "Records[Record]":
        """Return the same records, with a function applied to each when it is accessed."""
        other = copy(self)
        other._changes = (*self._changes, change)
        return other

    def __len__(self) -> int:
        return len(self._ends) - 2  # the brackets have lines of their own

    @overload
    def __getitem__(self, key: int) -> Record: ...

    @overload
    def __getitem__(self, key: slice) -> tuple[Record, ...]: ...

    def __getitem__(self, key: int | slice) -> Record | tuple[Record, ...]:
        if isinstance(key, slice):
            return tuple(self[position] for position in range(*key.indices(len(self))))
        record = self._adapter.validate_json(self._line(range(len(self))[key]))
        for change in self._changes:
            record = change(record)
        return record

    def parts(self, adapter: TypeAdapter[Part]) -> Iterator[Part]:
        """Parse every record as another type, one with fewer fields."""
        return (adapter.validate_json(self._line(position)) for position in range(len(self)))

    def _line(self, position: int) -> bytes:
        start, end = int(self._ends[position]) + 1, int(self._ends[position + 1])
        return self._data[start:end].rstrip(b",")


class ById(Mapping[str, Record], Generic[Record]):
    """Records by their ids, in order."""

    def __init__(self, ids: Iterable[str], records: Sequence[Record]) -> None:
        self._places = {id_: place for place, id_ in enumerate(ids)}
        self._records = records

    def __getitem__(self, id_: str) -> Record:
        return self._records[self._places[id_]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _line_ends(data: Buffer) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    letters = np.frombuffer(data, dtype=np.uint8)
    return np.concatenate(
        [
            start + np.flatnonzero(letters[start : start + _BLOCK] == ord("\n"))
            for start in range(0, len(letters), _BLOCK)
        ]
    )


@dataclass(frozen=True, slots=True)
class RecordFormat(Generic[Record]):
    """Writes and reads files of one type of record."""

    record: TypeAdapter[Record]
    records: TypeAdapter[tuple[Record, ...]]

    @classmethod
    def of(cls, record: type[Record]) -> "RecordFormat[Record]":
        """Return the format for a dataclass."""
        return cls(TypeAdapter(record), TypeAdapter(tuple[record, ...]))  # type: ignore[valid-type]

    def write(self, path: Path, records: Iterable[Record]) -> None:
        """Write records, at least one."""
        lines = (self.record.dump_json(record) for record in records)
        with path.open("wb") as file:
            file.write(b"[\n" + next(lines))
            for line in lines:
                file.write(b",\n" + line)
            file.write(b"\n]\n")

    def read(self, path: Path) -> Sequence[Record]:
        """Read what `write` wrote. Raises OSError, and ValidationError for any other file."""
        data = tensors.read(path)
        if isinstance(data, mmap.mmap):
            return Records(data, self.record)
        return self.records.validate_json(data)
