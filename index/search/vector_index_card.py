"""What a manifest says about the index of the vectors."""

from dataclasses import dataclass
from enum import StrEnum


class DenseKind(StrEnum):
    """How the nearest texts are found."""

    FLAT = "flat"
    """Every row is compared: exact."""
    LISTS = "lists"
    """Rows near each other share a list, and the lists nearest to a question are searched."""


@dataclass(frozen=True, slots=True)
class DenseCard:
    """The index of the vectors; kind and parameters follow from its size."""

    kind: DenseKind
    rows: int
    lists: int
    """0 unless `kind` is LISTS."""
    probes: int
    """Lists that are searched for a question; 0 unless `kind` is LISTS."""
    recall: float
    """Share of the ten nearest rows that is found, as measured by the build."""


@dataclass(frozen=True, slots=True)
class RemoteCard:
    """Rows of a version that a vector store holds."""

    engine: str
    """`milvus`."""
    rows: int
    """All texts of the version."""
    resident: int
    """Of these, the texts whose vectors the version holds as well."""
