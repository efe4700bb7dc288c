"""Errors of the corpus package.

CorpusError         one or more faults in content; nothing was loaded
└── LibraryMissing  an import needs a package that is not installed
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in one file, with what to write instead."""

    file: str
    """Path inside the corpus folder, with forward slashes."""
    line: int
    """1-based; 0 when the fault is of the whole file or folder."""
    problem: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.problem}. {self.remedy}"


class CorpusError(Exception):
    """Content cannot be loaded. Carries every fault found, in file and line order."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class LibraryMissing(CorpusError):
    """A source cannot be imported because an optional package is missing."""

    def __init__(self, package: str, purpose: str) -> None:
        remedy = "Install it with: .venv/bin/pip install -c constraints.txt -e '.[import]'"
        super().__init__([Fault(package, 0, f"the package is needed for {purpose}", remedy)])
