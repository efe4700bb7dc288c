"""Self-test of a version before it gets its name: the same files give the same figures.

It is asked two kinds of questions: a sample of its own variants, each hidden in turn
(`leave_one_out`), and the editors' checks, as they stand.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from corpus import Check
from index.datatypes import Kind, Measured
from index.errors import IndexCorrupt
from index.quality import stored_questions
from index.quality.leave_one_out import QuestionResult, leave_one_out
from index.quality.opened_version import BEFORE_ANY_EXPIRY, OpenedVersion, Reply, reply_of
from index.versions.version_store import EVALUATION_FILE, REBUILD, Contents

DIGITS = 4


@dataclass(frozen=True, slots=True)
class CheckResult:
    """An editor's check, and what came of it."""

    question: str
    expect: str | None
    reply: Reply
    passed: bool


@dataclass(frozen=True, slots=True)
class SelfTest:
    """What a version replied to what it was asked."""

    questions: tuple[QuestionResult, ...]
    """Variants, each left out in turn."""
    checks: tuple[CheckResult, ...]


@dataclass(frozen=True, slots=True)
class _Expected:
    """As much of a unit as judging takes."""

    kind: Kind
    parent: str | None


class Judge:
    """Knows what each unit of a version expects to come of its questions."""

    def __init__(self, contents: Contents) -> None:
        self.units: dict[str, _Expected] = {}
        self._units_of: dict[str, str] = {}
        for unit in contents.units:  # once, since a large index reads them from the disk
            self.units[unit.id] = _Expected(unit.kind, unit.parent)
            self._units_of |= {name: unit.id for name in (unit.id, *(s.id for s in unit.sides))}
        self._same: dict[str, set[str]] = {}
        for group in contents.groups.equivalents:
            names = {self._units_of.get(name, name) for name in group}
            for name in names:
                self._same.setdefault(name, set()).update(names)

    def is_content(self, unit: str) -> bool:
        """Return whether a unit is an answer, rather than a boundary or smalltalk."""
        return self.units[unit].kind not in (Kind.BOUNDARY, Kind.SMALLTALK)

    def is_right(self, unit: str, reply: Reply) -> bool:
        """Return whether a reply is the one that a question of a unit should get.

        A question of content should get the unit, an equivalent, or the list that holds it; one of
        a boundary any reply but an answer; one of smalltalk smalltalk.
        """
        if self.units[unit].kind is Kind.BOUNDARY:
            return reply.outcome != "answer"
        if self.units[unit].kind is Kind.SMALLTALK:
            return reply.outcome == "smalltalk"
        return reply.outcome == "answer" and self.answers(unit, reply.unit)

    def answers(self, unit: str, other: str | None) -> bool:
        """Return whether another unit answers as this one does, or is the list that holds it."""
        return other is not None and (
            other in (unit, self.units[unit].parent) or other in self._same.get(unit, ())
        )

    def passes(self, expect: str | None, reply: Reply) -> bool:
        """Return whether a reply is what a check expects."""
        if expect is None:
            return reply.outcome != "answer"
        unit = self._units_of.get(expect)
        if unit is None:
            return False
        if self.is_content(unit):
            return self.is_right(unit, reply)
        return reply.outcome != "answer" and reply.unit == unit


def run(version: OpenedVersion, checks: Sequence[Check] = ()) -> SelfTest:
    """Ask a version its own variants and some checks."""
    judge = Judge(version.loaded.contents)
    retriever = stored_questions.retriever(
        version.knowledge,
        version.encoder,
        [check.question for check in checks],
        lambda: BEFORE_ANY_EXPIRY,
    )
    replies = [(check, reply_of(retriever.answer(check.question, limit=1))) for check in checks]
    tested = (
        CheckResult(check.question, check.expect, reply, judge.passes(check.expect, reply))
        for check, reply in replies
    )
    return SelfTest(leave_one_out(version), tuple(tested))


def figures(test: SelfTest, judge: Judge) -> dict[str, float]:
    """Count replies. Shares are of the questions counted beside them; none without questions."""
    content = [tested for tested in test.questions if judge.is_content(tested.unit)]
    outside = [t for t in test.questions if judge.units[t.unit].kind is Kind.BOUNDARY]
    right = [judge.is_right(tested.unit, tested.reply) for tested in content]
    answered = [tested.reply.outcome == "answer" for tested in content]
    wrong = [was and not good for was, good in zip(answered, right, strict=True)]
    false = [tested.reply.outcome == "answer" for tested in outside]
    passed = [check.passed for check in test.checks]
    counted: dict[str, float] = {}
    for name, flags in (("held_out", right), ("boundary", false), ("checks", passed)):
        counted[f"{name}_questions"] = float(len(flags))
    for name, flags in (
        ("held_out_right", right),
        ("held_out_wrong", wrong),
        ("boundary_answered", false),
        ("checks_passed", passed),
    ):
        if flags:
            counted[name] = round(sum(flags) / len(flags), DIGITS)
    return counted


_SELF_TEST = TypeAdapter(SelfTest)


def measure(version: OpenedVersion, checks: Sequence[Check] = ()) -> Measured:
    """Run the self-test and return what `version_store.finish` writes of it."""
    test = run(version, checks)
    evaluation = _SELF_TEST.dump_json(test, indent=1)
    return Measured(figures(test, Judge(version.loaded.contents)), evaluation)


def result_of(version: OpenedVersion) -> SelfTest:
    """Read the self-test of a version; one that was built without is asked its variants now.

    One whose vectors are in a store has none then: a variant is asked with its stored vector.
    """
    loaded = version.loaded
    if EVALUATION_FILE not in loaded.manifest.files:
        if loaded.contents.resident is not None:
            return SelfTest((), ())
        return SelfTest(leave_one_out(version), ())
    try:
        return _SELF_TEST.validate_json((loaded.folder / EVALUATION_FILE).read_bytes())
    except (OSError, ValidationError) as error:
        message = f"{loaded.folder / EVALUATION_FILE} cannot be read. {REBUILD}"
        raise IndexCorrupt(message) from error
