"""What was measured against size -> tables and plots."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from benchmarks.costs import Cost
from benchmarks.growth import Point, plot
from benchmarks.scale import Desk, Shelf
from index.datatypes import VectorIndexKind

One = TypeVar("One")


def desks(measured: Sequence[Desk]) -> str:
    """Write a Markdown table of help desks, a column each."""
    rows: list[tuple[str, Callable[[Desk], str]]] = [
        ("texts (of them encoded)", lambda one: f"{one.texts:,} ({one.real:,})"),
        ("from nothing: processor s, peak MB", lambda one: _cost(one.from_nothing)),
        ("one answer changed: processor s, peak MB", lambda one: _cost(one.one_changed)),
        ("nothing changed: processor s, peak MB", lambda one: _cost(one.nothing_changed)),
        ("a version on disk, MB", lambda one: f"{one.version_megabytes:.0f}"),
        ("index of the vectors", lambda one: one.dense),
        ("opening: processor s", lambda one: f"{one.answering.open_processor_seconds:.1f}"),
        (
            "memory after load, MB: own, mapped",
            lambda one: (
                f"{one.answering.after_load.own_megabytes:.0f}, "
                f"{one.answering.after_load.mapped_megabytes:.0f}"
            ),
        ),
        (
            "a question, ms: processor, median, p99",
            lambda one: (
                f"{one.answering.question.processor:.1f}, {one.answering.question.median:.1f}, "
                f"{one.answering.question.p99:.1f}"
            ),
        ),
        (
            "a suggestion, ms: processor, p99",
            lambda one: (
                f"{one.answering.suggestion.processor:.2f}, {one.answering.suggestion.p99:.2f}"
            ),
        ),
        ("own questions right", lambda one: f"{one.answering.exact.right:.1%}"),
        (
            "paraphrases: first, right, wrong, asked back",
            lambda one: ", ".join(
                f"{getattr(one.answering.paraphrased, name):.1%}"
                for name in ("first", "right", "wrong", "clarified")
            ),
        ),
        ("strange questions answered", lambda one: f"{one.answering.strange:.1%}"),
    ]
    return _table("answers", [f"{one.entries:,}" for one in measured], rows, measured)


def shelves(measured: Sequence[Shelf]) -> str:
    """Write a Markdown table of indexes of vectors, a column each."""
    rows: list[tuple[str, Callable[[Shelf], str]]] = [
        ("kind", lambda one: str(one.built.card.kind)),
        ("lists, searched", lambda one: f"{one.built.card.lists}, {one.built.card.probes}"),
        ("build: processor s", lambda one: f"{one.built.processor_seconds:.1f}"),
        ("build: wall s", lambda one: f"{one.built.wall_seconds:.0f}"),
        ("build: peak MB", lambda one: f"{one.building.peak_megabytes:.0f}"),
        ("disk, MB", lambda one: f"{one.built.disk_megabytes:.0f}"),
        (
            "memory of a search process, MB: own, mapped",
            lambda one: (
                f"{one.searched.after.own_megabytes - one.searched.before.own_megabytes:.0f}, "
                f"{one.searched.after.mapped_megabytes - one.searched.before.mapped_megabytes:.0f}"
            ),
        ),
        (
            "search, ms: processor, p50, p99",
            lambda one: (
                f"{one.searched.search.processor:.2f}, {one.searched.search.median:.2f}, "
                f"{one.searched.search.p99:.2f}"
            ),
        ),
        ("recall@10: by the build, by new queries", _recall),
    ]
    return _table("vectors", [f"{one.rows:,}" for one in measured], rows, measured)


def _recall(one: Shelf) -> str:
    return f"{one.built.card.recall:.3f}, {one.searched.recall:.3f}"


def _cost(cost: Cost) -> str:
    return f"{cost.processor_seconds:.1f}, {cost.peak_megabytes:.0f}"


def _table(
    corner: str,
    columns: Sequence[str],
    rows: Sequence[tuple[str, Callable[[One], str]]],
    measured: Sequence[One],
) -> str:
    lines = [[corner, *columns], ["---"] * (len(columns) + 1)]
    lines += [[label, *map(cell, measured)] for label, cell in rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def plots(desks_: Sequence[Desk], shelves_: Sequence[Shelf]) -> dict[str, str]:
    """Draw costs against size, by the name of the file; none where nothing was measured."""
    drawn = {}
    if desks_:
        of_desks: dict[str, Callable[[Desk], float]] = {
            "build, s": lambda one: one.from_nothing.processor_seconds,
            "build, peak MB": lambda one: one.from_nothing.peak_megabytes,
            "version, MB": lambda one: one.version_megabytes,
            "own memory, MB": lambda one: one.answering.after_load.own_megabytes,
            "question, ms": lambda one: one.answering.question.processor,
            "suggestion, ms": lambda one: one.answering.suggestion.processor,
        }
        series = {
            name: [Point(one.entries, read(one)) for one in desks_]
            for name, read in of_desks.items()
        }
        drawn["scale-answers.svg"] = plot("Costs against canned answers", "answers", series)
    lists = [one for one in shelves_ if one.built.card.kind is VectorIndexKind.LISTS]
    if lists:
        of_shelves: dict[str, Callable[[Shelf], float]] = {
            "build, s": lambda one: one.built.processor_seconds,
            "build, peak MB": lambda one: one.building.peak_megabytes,
            "disk, MB": lambda one: one.built.disk_megabytes,
            "search, ms": lambda one: one.searched.search.processor,
        }
        series = {
            name: [Point(one.rows, read(one)) for one in lists] for name, read in of_shelves.items()
        }
        flat = [one for one in shelves_ if one.built.card.kind is VectorIndexKind.FLAT]
        series["flat search, ms"] = [Point(one.rows, one.searched.search.processor) for one in flat]
        kept = {name: points for name, points in series.items() if points}
        drawn["scale-vectors.svg"] = plot("Costs against vectors", "vectors", kept)
    return drawn
