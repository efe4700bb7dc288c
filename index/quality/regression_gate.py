"""Regression gate: what publishing a version would change, and what would get worse.

A version and the live one are asked the same questions. Those of either's self-test are taken from
there where it asked them, each without itself, and asked now where it did not. A question counts
only while both versions have the unit that it belongs to: an answer that was removed or renamed is
listed as gone, and is no loss.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

from index.datatypes import Abstained, Answered, Clarify, Kind, Outcome, Unit
from index.encoding.embedding_cache import CachingEncoder
from index.quality import self_test, stored_questions
from index.quality.opened_version import OpenedVersion, Reply
from index.quality.self_test import CheckResult, Judge, SelfTest
from index.retriever import Retriever
from index.search.autocomplete import question_of
from index.versions.publication_history import AnswerChange, PublicationChanges, TextChanges

MOST_LOST = 0.02
"""Share of the questions that may get worse on balance. Two versions that differ in an unrelated
answer differ in less (docs/content-guide.md)."""
FEWEST_LOST = 3
"""Questions that may get worse on balance however few there are: in a small corpus one is a lot."""
MOST_ASKED = 500
"""Answers whose question is asked; of more, the same ones every time."""
_NAMED = 5
"""Questions that a refusal quotes."""


@dataclass(frozen=True, slots=True)
class Balance:
    """How many questions got better and worse in one respect."""

    name: str
    """Such as: variants that get their answer."""
    asked: int
    worse: tuple[AnswerChange, ...]
    better: tuple[AnswerChange, ...]

    @property
    def loss(self) -> int:
        """How many more got worse than better."""
        return len(self.worse) - len(self.better)


@dataclass(frozen=True, slots=True)
class FailedCheck:
    """A check that fails, and whether it passed on the version that is live."""

    question: str
    expect: str | None
    reply: str
    passed_before: bool


@dataclass(frozen=True, slots=True)
class Review:
    """What publishing a version would change."""

    texts: TextChanges
    answers: tuple[AnswerChange, ...]
    """Questions of the content that now get another answer."""
    balances: tuple[Balance, ...]
    failed: tuple[FailedCheck, ...]
    refusals: tuple[str, ...]
    """Why it should not be published; empty when it may."""

    @property
    def worse(self) -> tuple[AnswerChange, ...]:
        """Questions of the self-test that got worse in any respect, each once."""
        return tuple(dict.fromkeys(c for balance in self.balances for c in balance.worse))

    @property
    def better(self) -> tuple[AnswerChange, ...]:
        """Questions of the self-test that got better in any respect, each once."""
        return tuple(dict.fromkeys(c for balance in self.balances for c in balance.better))

    def changes(self, live: str | None) -> PublicationChanges:
        """Return what the publication history records, of a review against the live version."""
        return PublicationChanges(
            live=live,
            texts=self.texts,
            answers=self.answers,
            worse=self.worse,
            better=self.better,
            failed=tuple(check.question for check in self.failed),
            overruled=self.refusals,
        )


def review(before: OpenedVersion, after: OpenedVersion, limit: float = MOST_LOST) -> Review:
    """Compare a version with the one that is live.

    Args:
        before: The live one.
        after: The one that is to go live.
        limit: Share of the questions that may get worse on balance.

    """
    old, new = _sides(before, after)
    balances = tuple(_balances(old, new))
    checks = _checks(old, new)
    failed = tuple(_failed(old, checks))
    return Review(
        texts=text_changes(before.loaded.contents.units, after.loaded.contents.units),
        answers=answer_changes(old.retriever, new.retriever),
        balances=(*balances, _check_balance(old, checks)),
        failed=failed,
        refusals=(*_lost_checks(failed), *_losses(balances, limit)),
    )


def first_review(after: OpenedVersion) -> Review:
    """Review a version that nothing can be compared with: its failed checks alone."""
    failed = (
        FailedCheck(check.question, check.expect, str(check.reply), passed_before=False)
        for check in self_test.result_of(after).checks
        if not check.passed
    )
    return Review(TextChanges(), (), (), tuple(failed), ())


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two versions."""

    test: SelfTest
    judge: Judge
    ask: Callable[[str], Reply]
    retriever: Retriever


def _sides(before: OpenedVersion, after: OpenedVersion) -> tuple[_Side, _Side]:
    """Prepare both; what both are asked is encoded once where they share the encoder."""
    new = CachingEncoder(after.encoder)
    old = new if before.encoder is after.encoder else CachingEncoder(before.encoder)
    return _side(replace(before, encoder=old)), _side(replace(after, encoder=new))


def _side(version: OpenedVersion) -> _Side:
    judge = Judge(version.loaded.contents)
    return _Side(self_test.result_of(version), judge, version.asker(), _retriever(version))


def _retriever(version: OpenedVersion) -> Retriever:
    """Return a retriever that is going to be asked the questions of its answers."""
    questions = _questions((version.retriever(),))
    return stored_questions.retriever(version.knowledge, version.encoder, questions)


def answer_changes(before: Retriever, after: Retriever) -> tuple[AnswerChange, ...]:
    """Ask both versions one question for every answer that either has, up to `MOST_ASKED`."""
    changes = []
    for question in _questions((before, after)):
        old, new = (_answered(retriever.answer(question)) for retriever in (before, after))
        if old != new:
            changes.append(AnswerChange(question, old, new))
    return tuple(changes)


def _questions(retrievers: Sequence[Retriever]) -> tuple[str, ...]:
    """List each question once, in the order of the content."""
    questions = tuple(
        dict.fromkeys(
            question_of(unit)
            for retriever in retrievers
            for unit in retriever.units.values()
            if unit.kind not in (Kind.BOUNDARY, Kind.SMALLTALK)
        )
    )
    chosen = set(sorted(questions, key=lambda question: crc32(question.encode()))[:MOST_ASKED])
    return tuple(question for question in questions if question in chosen)


def _answered(outcome: Outcome) -> str:
    if isinstance(outcome, Answered):
        return outcome.unit.id
    if isinstance(outcome, Clarify):
        return "a question back"
    return "no answer" if isinstance(outcome, Abstained) else "smalltalk"


def text_changes(before: Sequence[Unit], after: Sequence[Unit]) -> TextChanges:
    """List the answers that are new, gone, or say something else."""
    # Hashes, since the texts of a large index would fill the memory.
    old, new = ({unit.id: hash(_words(unit)) for unit in units} for units in (before, after))
    return TextChanges(
        new=tuple(name for name in new if name not in old),
        gone=tuple(name for name in old if name not in new),
        changed=tuple(name for name in new if name in old and new[name] != old[name]),
    )


def _words(unit: Unit) -> tuple[str, ...]:
    if unit.kind is Kind.COMPARISON:
        return tuple(side.text for side in unit.sides)
    return (unit.text,)


@dataclass(frozen=True, slots=True)
class _Compared:
    """A question of a unit that both versions have, and what each replied."""

    question: str
    unit: str
    before: Reply
    after: Reply


def _balances(old: _Side, new: _Side) -> Iterator[Balance]:
    compared = tuple(_compared(old, new))
    content = [c for c in compared if old.judge.is_content(c.unit)]
    outside = [c for c in compared if old.judge.units[c.unit].kind is Kind.BOUNDARY]

    def right(side: _Side, unit: str, reply: Reply) -> bool:
        return side.judge.is_right(unit, reply)

    def not_misled(side: _Side, unit: str, reply: Reply) -> bool:
        return reply.outcome != "answer" or side.judge.is_right(unit, reply)

    for name, holds, asked in (
        ("variants that get their answer", right, content),
        ("variants that get no wrong answer", not_misled, content),
        ("out-of-scope questions that get no answer", right, outside),
    ):
        yield _balance(name, asked, old, new, holds)


def _balance(
    name: str,
    asked: Sequence[_Compared],
    old: _Side,
    new: _Side,
    holds: Callable[[_Side, str, Reply], bool],
) -> Balance:
    held = [holds(old, c.unit, c.before) for c in asked]
    holding = [holds(new, c.unit, c.after) for c in asked]
    moved = [
        (AnswerChange(c.question, str(c.before), str(c.after)), now)
        for c, was, now in zip(asked, held, holding, strict=True)
        if was != now
    ]
    return _moved(name, len(asked), moved)


def _moved(name: str, asked: int, moved: Sequence[tuple[AnswerChange, bool]]) -> Balance:
    """Sort changes by whether what was asked for holds now."""
    worse, better = (tuple(c for c, holds in moved if holds is now) for now in (False, True))
    return Balance(name, asked, worse, better)


def _compared(old: _Side, new: _Side) -> Iterator[_Compared]:
    sides = (old, new)
    tested = [{(t.question, t.unit): t.reply for t in side.test.questions} for side in sides]
    for question, unit in dict.fromkeys([*tested[1], *tested[0]]):
        if unit in old.judge.units and unit in new.judge.units:
            before, after = (
                replies.get((question, unit)) or side.ask(question)
                for replies, side in zip(tested, sides, strict=True)
            )
            yield _Compared(question, unit, before, after)


def _checks(old: _Side, new: _Side) -> tuple[tuple[CheckResult, Reply], ...]:
    """Return the checks of the version that is to go live, with what the live one replies."""
    replies = {check.question: check.reply for check in old.test.checks}
    return tuple(
        (check, replies.get(check.question) or old.ask(check.question)) for check in new.test.checks
    )


def _check_balance(old: _Side, checks: Sequence[tuple[CheckResult, Reply]]) -> Balance:
    moved = [
        (AnswerChange(check.question, str(before), str(check.reply)), check.passed)
        for check, before in checks
        if check.passed != old.judge.passes(check.expect, before)
    ]
    return _moved("checks that pass", len(checks), moved)


def _failed(old: _Side, checks: Sequence[tuple[CheckResult, Reply]]) -> Iterator[FailedCheck]:
    for check, before in checks:
        if not check.passed:
            passed_before = old.judge.passes(check.expect, before)
            yield FailedCheck(check.question, check.expect, str(check.reply), passed_before)


def _lost_checks(failed: Sequence[FailedCheck]) -> Iterator[str]:
    for check in failed:
        if check.passed_before:
            yield (
                f'the check "{check.question}" gets {check.reply} instead of'
                f" {check.expect or 'no answer'}"
            )


def _losses(balances: Sequence[Balance], limit: float) -> Iterator[str]:
    for balance in balances:
        if balance.loss > max(FEWEST_LOST, limit * balance.asked):
            quoted = "; ".join(
                f'"{change.question}": {change.before} -> {change.after}'
                for change in balance.worse[:_NAMED]
            )
            yield (
                f"{balance.loss} of {balance.asked} {balance.name} are lost on balance"
                f" (limit {limit:.1%}, {FEWEST_LOST} at least): {quoted}"
            )
