"""A version of an index with the content that it was built from, ready to be inspected."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from corpus import Corpus
from corpus.figures import Figures, figures_of
from corpus.linter import Finding, Severity, questions, units
from index.datatypes import ChunkRole, Vectors
from index.encoding.encoder import Encoder, OnnxEncoder
from index.loading import Knowledge, OpenVectors, gather
from index.quality.leave_one_out import ALWAYS, Tried, said
from index.quality.self_test import Judge, trial_of
from index.ranking import unit_scorer
from index.retriever import Retriever
from index.search.candidate_search import RemoteFinder
from index.storage import tensors
from index.versions.version_store import Contents, Loaded

MOST_COMPARED = 6000
"""Texts that are compared with all others; of more, the same ones every time."""
MOST_SEARCHED = 500
"""The same of a version whose vectors are in a store, where each takes a search."""
MOST_TITLES = 2000
"""Own questions of canned answers that are asked beside the sample of a trial."""
_NEIGHBOURS = 10


@dataclass(frozen=True, slots=True)
class Pair:
    """Positions of two texts of different units that mean nearly the same, in ascending order."""

    one: int
    other: int


_NO_ANSWER = (ChunkRole.QUESTION, ChunkRole.TITLED)
"""A title is none, and what stands below one is there without it as well."""


class View:
    """A version with its content, and what it says to its own questions."""

    def __init__(
        self,
        corpus: Corpus,
        loaded: Loaded,
        encoder: Encoder | None,
        vectors: OpenVectors | None = None,
    ) -> None:
        self.corpus = corpus
        self.contents = loaded.contents
        self.judge = Judge(loaded)
        self.held_out = trial_of(loaded).held_out
        self.known: Knowledge = gather(loaded, vectors)
        self.questions: list[int] = []
        """Positions of the texts that ask, which the title of a section or boundary does not."""
        self.figures: dict[int, Figures] = {}
        """By position of a text that answers."""
        self._titles: list[int] = []
        self._sort()
        self._loaded = loaded
        self._units = {unit.id: unit for unit in units(corpus)}
        self._asked_at = {(asked.unit, asked.text): asked.place for asked in questions(corpus)}
        self._encoder = encoder or OnnxEncoder(loaded.folder)

    def _sort(self) -> None:
        """Look at every text, once: a large index reads them from the disk."""
        canned = self.known.fixed.canned
        for position, chunk in enumerate(self.contents.chunks):
            title = chunk.role is ChunkRole.QUESTION and bool(canned[chunk.unit])
            if title:
                self._titles.append(position)
            if title or chunk.role is ChunkRole.VARIANT:
                self.questions.append(position)
            elif chunk.role not in _NO_ANSWER and (found := figures_of(chunk.text)):
                self.figures[position] = found

    def finding(self, severity: Severity, unit: str, problem: str, remedy: str) -> Finding:
        """Find something about a unit."""
        span = self._units[unit].span
        return Finding(span.file, span.line, severity, problem, remedy)

    def about(self, unit: str, question: str, problem: str, remedy: str) -> Finding:
        """Warn about a question of a unit, in the line where it stands."""
        place = self._asked_at.get((unit, question), self._units[unit].span)
        return Finding(place.file, place.line, Severity.WARNING, problem, remedy)

    def unit_of(self, position: int) -> str:
        """Return the id of the unit that a text stands for."""
        return self.contents.units[self.contents.chunks[position].unit].id

    def are_kin(self, one: str, other: str) -> bool:
        """Tell whether two units may share questions: one says what the other does, or a part."""
        parents = {self.judge.units[name].parent for name in (one, other)}
        return (
            self.judge.answers(one, other)
            or self.judge.answers(other, one)
            or (len(parents) == 1 and parents != {None})
        )

    @cached_property
    def asked(self) -> tuple[Tried, ...]:
        """What comes of questions as they stand in the content."""
        model = unit_scorer.parse(tensors.read(self._loaded.folder / unit_scorer.FILE))
        chosen = sorted({*model.held_out.tolist(), *_some(self._titles, MOST_TITLES)})
        known = _Known(self.contents, chosen, self._encoder)
        retriever = Retriever(self.known, known, today=lambda: ALWAYS)
        return tuple(self._ask(retriever, position) for position in chosen)

    def _ask(self, retriever: Retriever, position: int) -> Tried:
        text = self.contents.chunks[position].text
        outcome = retriever.answer(text, limit=1)
        first = outcome.passages[0].unit.id if outcome.passages else ""
        return Tried(text, self.unit_of(position), said(outcome), first)

    def roles(self, position: int) -> list[str]:
        """Return the roles that a text names, in order."""
        text = self.contents.chunks[position].embedded
        return [mention.role for mention in self.known.roles.mentions(text)]

    def pairs(self, positions: Sequence[int], least: float) -> Iterator[Pair]:
        """Yield pairs of texts of unrelated units whose cosine is high enough, each pair once.

        Of many texts only some are compared, the same ones every time, with all others.
        """
        among, seen = set(positions), set[tuple[int, int]]()
        finder = self.known.finder
        if isinstance(finder, RemoteFinder):
            chosen = _some(positions, MOST_SEARCHED)
            near = self._searched(finder, chosen, least)
        else:
            chosen = _some(positions, MOST_COMPARED)
            near = self._compared(chosen, least)
        for position, others in zip(chosen, near, strict=True):
            for other in among.intersection(others):
                pair = (min(position, other), max(position, other))
                if pair not in seen and self._are_strangers(*pair):
                    yield Pair(*pair)
                seen.add(pair)

    def _compared(self, chosen: Sequence[int], least: float) -> Iterator[list[int]]:
        """For each text yield the nearest ones."""
        if not chosen:
            return
        dense = self.contents.dense
        found = dense.search(np.stack([dense.row(at) for at in chosen]), _NEIGHBOURS)
        for near, scores in zip(found.positions, found.scores, strict=True):
            yield near[scores >= least].tolist()

    def _searched(
        self, finder: RemoteFinder, chosen: Sequence[int], least: float
    ) -> Iterator[list[int]]:
        """For each text yield the nearest ones; most of their vectors are in a store."""
        known = _Known(self.contents, chosen, self._encoder)
        for position in chosen:
            text = self.contents.chunks[position].embedded
            cosines = finder.find(known.encode([text])[0], text, limit=_NEIGHBOURS).cosines
            near = np.argsort(-cosines, kind="stable")[:_NEIGHBOURS]
            yield near[cosines[near] >= least].tolist()

    def _are_strangers(self, one: int, other: int) -> bool:
        units = self.unit_of(one), self.unit_of(other)
        return units[0] != units[1] and not self.are_kin(*units)


class _Known:
    """Encodes texts of the content as the index has them, others with the run-time encoder."""

    def __init__(self, contents: Contents, positions: Sequence[int], encoder: Encoder) -> None:
        rows = _rows(contents, positions)
        self._rows = {contents.chunks[at].embedded: row for at, row in rows.items()}
        self._dense = contents.dense
        self._encoder = encoder

    def encode(self, texts: Sequence[str], /) -> Vectors:
        return np.stack([self._row(text) for text in texts])

    def _row(self, text: str) -> Vectors:
        row = self._rows.get(text)
        return np.asarray(self._encoder.encode([text])[0]) if row is None else self._dense.row(row)


def _rows(contents: Contents, positions: Sequence[int]) -> dict[int, int]:
    """Tell by position which row of the version's own vectors a text has, if any."""
    if contents.resident is None:
        return {at: at for at in positions}
    held = {at: row for row, at in enumerate(contents.resident.tolist())}
    return {at: held[at] for at in positions if at in held}


def _some(positions: Sequence[int], most: int) -> list[int]:
    """Choose evenly, the same ones every time."""
    step = -(-len(positions) // most) if positions else 1
    return list(positions[::step])
