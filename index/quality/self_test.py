"""A version put to the test before it gets its name: the same files give the same figures.

It is asked two kinds of questions: some of its own, each as if it had not been there
(`heldout`), and the checks of the editors, as they are.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from corpus import Check
from index.datatypes import Kind, Measured
from index.encoding.encoder import Encoder, OnnxEncoder
from index.errors import IndexCorrupt
from index.loading import OpenVectors, gather
from index.quality.leave_one_out import ALWAYS, Said, Tried, held_out, said
from index.retriever import Retriever
from index.versions.version_store import EVALUATION_FILE, REBUILD, Loaded

DIGITS = 4


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of an editor's check."""

    question: str
    expect: str | None
    said: Said
    passed: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """What a version said to what it was asked."""

    held_out: tuple[Tried, ...]
    checks: tuple[Checked, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """What is remembered of a unit."""

    kind: Kind
    parent: str | None


class Judge:
    """Knows what each unit of a version expects to come of its questions."""

    def __init__(self, loaded: Loaded) -> None:
        self.units: dict[str, Held] = {}
        self._units_of: dict[str, str] = {}
        for unit in loaded.contents.units:  # once, since a large index reads them from the disk
            self.units[unit.id] = Held(unit.kind, unit.parent)
            self._units_of |= {name: unit.id for name in (unit.id, *(s.id for s in unit.sides))}
        self._same: dict[str, set[str]] = {}
        for group in loaded.contents.groups.equivalents:
            names = {self._units_of.get(name, name) for name in group}
            for name in names:
                self._same.setdefault(name, set()).update(names)

    def is_content(self, unit: str) -> bool:
        """Tell whether a unit is an answer, rather than a boundary or smalltalk."""
        kind = self.units[unit].kind
        return kind not in (Kind.BOUNDARY, Kind.SMALLTALK)

    def is_right(self, unit: str, found: Said) -> bool:
        """Tell whether what was said is what a question of a unit is to get.

        A question of content gets the unit, what is equivalent to it, or the list that holds it; a
        question of a boundary any reply but an answer; one of smalltalk smalltalk.
        """
        if self.units[unit].kind is Kind.BOUNDARY:
            return found.outcome != "answer"
        if self.units[unit].kind is Kind.SMALLTALK:
            return found.outcome == "smalltalk"
        return found.outcome == "answer" and self.answers(unit, found.unit)

    def answers(self, unit: str, given: str | None) -> bool:
        """Tell whether a unit answers as another does, or is the list that holds it."""
        held = self.units[unit]
        return given is not None and (
            given in (unit, held.parent) or given in self._same.get(unit, ())
        )

    def passes(self, expect: str | None, found: Said) -> bool:
        """Tell whether what was said is what a check expects."""
        if expect is None:
            return found.outcome != "answer"
        unit = self._units_of.get(expect)
        if unit is None:
            return False
        if self.is_content(unit):
            return self.is_right(unit, found)
        return found.outcome != "answer" and found.unit == unit


def hold_trial(
    loaded: Loaded, checks: Sequence[Check] = (), encoder: Encoder | None = None
) -> Trial:
    """Ask a version; for checks its own encoder is used unless another one is given."""
    judge, ask = Judge(loaded), asking(loaded, encoder)
    asked = [(check, ask(check.question)) for check in checks]
    checked = (
        Checked(check.question, check.expect, found, judge.passes(check.expect, found))
        for check, found in asked
    )
    return Trial(held_out(loaded), tuple(checked))


def asking(
    loaded: Loaded, encoder: Encoder | None = None, vectors: OpenVectors | None = None
) -> Callable[[str], Said]:
    """Return what asks a version a question on a day on which nothing has expired."""
    encoder = encoder or OnnxEncoder(loaded.folder)
    retriever = Retriever(gather(loaded, vectors), encoder, today=lambda: ALWAYS)
    return lambda question: said(retriever.answer(question, limit=1))


def figures(trial: Trial, judge: Judge) -> dict[str, float]:
    """Count a trial up. Shares are of the questions beside them; none without questions."""
    content = [one for one in trial.held_out if judge.is_content(one.unit)]
    outside = [one for one in trial.held_out if judge.units[one.unit].kind is Kind.BOUNDARY]
    right = [judge.is_right(one.unit, one.said) for one in content]
    given = [one.said.outcome == "answer" for one in content]
    wrong = [was and not good for was, good in zip(given, right, strict=True)]
    false = [one.said.outcome == "answer" for one in outside]
    passed = [check.passed for check in trial.checks]
    found: dict[str, float] = {}
    for name, flags in (("held_out", right), ("boundary", false), ("checks", passed)):
        found[f"{name}_questions"] = float(len(flags))
    for name, flags in (
        ("held_out_right", right),
        ("held_out_wrong", wrong),
        ("boundary_answered", false),
        ("checks_passed", passed),
    ):
        if flags:
            found[name] = round(sum(flags) / len(flags), DIGITS)
    return found


_TRIAL = TypeAdapter(Trial)


def measure(
    loaded: Loaded, checks: Sequence[Check] = (), encoder: Encoder | None = None
) -> Measured:
    """Put a version to the test, for `store.save`."""
    trial = hold_trial(loaded, checks, encoder)
    return Measured(figures(trial, Judge(loaded)), _TRIAL.dump_json(trial, indent=1))


def trial_of(loaded: Loaded) -> Trial:
    """Read the trial of a version; it is held now for one that was built without.

    One whose vectors are in a store has none then: what is held out is asked with its own vector.
    """
    if EVALUATION_FILE not in loaded.manifest.files:
        if loaded.contents.resident is not None:
            return Trial((), ())
        return Trial(held_out(loaded), ())
    try:
        return _TRIAL.validate_json((loaded.folder / EVALUATION_FILE).read_bytes())
    except (OSError, ValidationError) as error:
        message = f"{loaded.folder / EVALUATION_FILE} cannot be read. {REBUILD}"
        raise IndexCorrupt(message) from error
