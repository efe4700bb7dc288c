"""Where a question of a unit is written, so that a finding can name its line."""

from collections.abc import Iterator
from functools import cached_property

from corpus.documents import Boundary, Corpus, Entry, Section, Span


class Places:
    """Knows the file and line of units and of their questions. Files are read when asked for."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._lines: dict[str, tuple[str, ...]] = {}

    def unit(self, name: str) -> Span:
        """Return the place of a unit's text. Raises KeyError for an unknown one."""
        return self._units[name].span

    def question(self, unit: str, text: str) -> tuple[str, int]:
        """Return file and line of a question; those of the unit's text where it is not found."""
        span = self._units[unit].span
        for file in (span.file, _questions_file(span.file)):
            for number in self._after(file, unit):
                if text in self._read(file)[number]:
                    return file, number + 1
        return span.file, span.line

    def _after(self, file: str, unit: str) -> Iterator[int]:
        """Yield the 0-based numbers of lines from the one on that names a unit."""
        lines = self._read(file)
        first = next((number for number, line in enumerate(lines) if unit in line), len(lines))
        yield from range(first, len(lines))

    def _read(self, file: str) -> tuple[str, ...]:
        if file not in self._lines:
            path = self._corpus.folder / file
            text = path.read_text(encoding="utf-8") if path.is_file() else ""
            self._lines[file] = tuple(text.splitlines())
        return self._lines[file]

    @cached_property
    def _units(self) -> dict[str, Entry | Section | Boundary]:
        corpus = self._corpus
        sections = (section for document in corpus.documents for section in document.sections)
        found: dict[str, Entry | Section | Boundary] = {}
        for units in (corpus.entries, corpus.smalltalk, corpus.boundaries, sections):
            found |= {unit.id: unit for unit in units}
        return found


def _questions_file(article: str) -> str:
    return f"{article.rsplit('.', 1)[0]}.questions.yaml"
