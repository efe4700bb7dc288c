"""A version that is to go live, compared with the one that is: what changes, what gets worse.

Both are asked the same questions. Those that either was put to the test with (`trial`) are taken
from its trial where it was asked them, each without itself, and asked now where it was not. A
question counts only while both versions have the unit that it belongs to: an answer that was taken
out or renamed is told as gone, and is no loss.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from index.datatypes import Kind, Unit
from index.encoding.encoder import Encoder, OnnxEncoder
from index.loading import OpenVectors, gather
from index.quality.answer_changes import Change, changes
from index.quality.evaluation import Memory
from index.quality.leave_one_out import Said
from index.quality.self_test import Checked, Judge, Trial, asking, trial_of
from index.retriever import Retriever
from index.versions.version_store import Loaded

MOST_LOST = 0.02
"""Share of the questions that may get worse on balance. Two versions that differ in an unrelated
answer differ in less (docs/content-guide.md)."""
FEWEST_LOST = 3
"""Questions that may get worse on balance however few there are: in a small corpus one is a lot."""
_NAMED = 5
"""Questions that a refusal quotes."""

Ask = Callable[[str], Said]


@dataclass(frozen=True, slots=True)
class Texts:
    """Ids of the answers whose words differ between two versions."""

    new: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Balance:
    """How many questions got better and worse in one respect."""

    name: str
    """Such as: ways of asking with the right answer."""
    asked: int
    worse: tuple[Change, ...]
    better: tuple[Change, ...]

    @property
    def loss(self) -> int:
        """How many more got worse than better."""
        return len(self.worse) - len(self.better)


@dataclass(frozen=True, slots=True)
class FailedCheck:
    """A check that fails, and whether it passed on the version that is live."""

    question: str
    expect: str | None
    said: str
    passed_before: bool


@dataclass(frozen=True, slots=True)
class Review:
    """What publishing a version would change."""

    texts: Texts
    answers: tuple[Change, ...]
    """Questions of the content that now get another answer."""
    balances: tuple[Balance, ...]
    failed: tuple[FailedCheck, ...]
    refusals: tuple[str, ...]
    """Why it should not be published; empty when it may."""

    @property
    def worse(self) -> tuple[Change, ...]:
        """Questions put to the test that got worse in any respect, each once."""
        return tuple(dict.fromkeys(one for balance in self.balances for one in balance.worse))

    @property
    def better(self) -> tuple[Change, ...]:
        """Questions put to the test that got better in any respect, each once."""
        return tuple(dict.fromkeys(one for balance in self.balances for one in balance.better))


def review(
    before: Loaded,
    after: Loaded,
    limit: float = MOST_LOST,
    encoder: Encoder | None = None,
    vectors: OpenVectors | None = None,
    earlier: OpenVectors | None = None,
) -> Review:
    """Compare a version with the one that is live.

    Args:
        before: The live one.
        after: The one that is to go live.
        limit: Share of the questions that may get worse on balance.
        encoder: Instead of those in the versions; for tests.
        vectors: Opens the vector store of a version whose vectors are in one.
        earlier: The same for the live version, where it is in another one.

    """
    one, other = _sides(before, after, encoder, vectors, earlier or vectors)
    balances = tuple(_balances(one, other))
    checks = _checks(one, other)
    failed = tuple(_failed(one, checks))
    return Review(
        texts=texts(before.contents.units, after.contents.units),
        answers=changes(one.retriever, other.retriever),
        balances=(*balances, _check_balance(one, checks)),
        failed=failed,
        refusals=(*_lost_checks(failed), *_losses(balances, limit)),
    )


def first_review(after: Loaded) -> Review:
    """Review a version that nothing can be compared with: its failed checks alone."""
    failed = (
        FailedCheck(check.question, check.expect, str(check.said), passed_before=False)
        for check in trial_of(after).checks
        if not check.passed
    )
    return Review(Texts((), (), ()), (), (), tuple(failed), ())


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two versions."""

    trial: Trial
    judge: Judge
    ask: Ask
    retriever: Retriever


def _sides(
    before: Loaded,
    after: Loaded,
    encoder: Encoder | None,
    vectors: OpenVectors | None = None,
    earlier: OpenVectors | None = None,
) -> tuple[_Side, _Side]:
    """Prepare both; what both are asked is encoded once where they share the encoder."""
    first = Memory(encoder or OnnxEncoder(after.folder))
    shared = encoder is not None or _encoder_of(before) == _encoder_of(after)
    second = first if shared else Memory(OnnxEncoder(before.folder))
    return _side(before, second, earlier), _side(after, first, vectors)


def _encoder_of(loaded: Loaded) -> list[tuple[str, str]]:
    return sorted(
        (name, digest)
        for name, digest in loaded.manifest.files.items()
        if name.endswith(".onnx") or name == "tokenizer.json"
    )


def _side(loaded: Loaded, encoder: Encoder, vectors: OpenVectors | None) -> _Side:
    retriever = Retriever(gather(loaded, vectors), encoder)
    return _Side(trial_of(loaded), Judge(loaded), asking(loaded, encoder, vectors), retriever)


def texts(before: Sequence[Unit], after: Sequence[Unit]) -> Texts:
    """List the answers that are new, gone, or say something else."""
    # Hashes, since the texts of a large index would fill the memory.
    was, now = ({unit.id: hash(_words(unit)) for unit in units} for units in (before, after))
    return Texts(
        new=tuple(name for name in now if name not in was),
        gone=tuple(name for name in was if name not in now),
        changed=tuple(name for name in now if name in was and now[name] != was[name]),
    )


def _words(unit: Unit) -> tuple[str, ...]:
    if unit.kind is Kind.COMPARISON:
        return tuple(side.text for side in unit.sides)
    return (unit.text,)


@dataclass(frozen=True, slots=True)
class _Compared:
    """A question of a unit that both versions have, and what each said."""

    question: str
    unit: str
    before: Said
    after: Said


def _balances(one: _Side, other: _Side) -> Iterator[Balance]:
    compared = tuple(_compared(one, other))
    content = [c for c in compared if one.judge.is_content(c.unit)]
    outside = [c for c in compared if one.judge.units[c.unit].kind is Kind.BOUNDARY]

    def right(side: _Side, unit: str, found: Said) -> bool:
        return side.judge.is_right(unit, found)

    def not_misled(side: _Side, unit: str, found: Said) -> bool:
        return found.outcome != "answer" or side.judge.is_right(unit, found)

    for name, holds, asked in (
        ("ways of asking that get their answer", right, content),
        ("ways of asking that get no wrong answer", not_misled, content),
        ("questions outside the content that get no answer", right, outside),
    ):
        yield _balance(name, asked, one, other, holds)


def _balance(
    name: str,
    asked: Sequence[_Compared],
    one: _Side,
    other: _Side,
    holds: Callable[[_Side, str, Said], bool],
) -> Balance:
    was = [holds(one, c.unit, c.before) for c in asked]
    now = [holds(other, c.unit, c.after) for c in asked]
    moved = [
        (Change(c.question, str(c.before), str(c.after)), still)
        for c, good, still in zip(asked, was, now, strict=True)
        if good != still
    ]
    return _moved(name, len(asked), moved)


def _moved(name: str, asked: int, moved: Sequence[tuple[Change, bool]]) -> Balance:
    """Sort what changed by whether it holds now."""
    worse, better = (tuple(one for one, holds in moved if holds is now) for now in (False, True))
    return Balance(name, asked, worse, better)


def _compared(one: _Side, other: _Side) -> Iterator[_Compared]:
    known = [{(t.question, t.unit): t.said for t in side.trial.held_out} for side in (one, other)]
    for question, unit in dict.fromkeys([*known[1], *known[0]]):
        if unit in one.judge.units and unit in other.judge.units:
            was, now = (
                found.get((question, unit)) or side.ask(question)
                for found, side in zip(known, (one, other), strict=True)
            )
            yield _Compared(question, unit, was, now)


def _checks(one: _Side, other: _Side) -> tuple[tuple[Checked, Said], ...]:
    """Return the checks of the version that is to go live, with what the live one says."""
    known = {check.question: check.said for check in one.trial.checks}
    return tuple(
        (check, known.get(check.question) or one.ask(check.question))
        for check in other.trial.checks
    )


def _check_balance(one: _Side, checks: Sequence[tuple[Checked, Said]]) -> Balance:
    moved = [
        (Change(check.question, str(was), str(check.said)), check.passed)
        for check, was in checks
        if check.passed != one.judge.passes(check.expect, was)
    ]
    return _moved("checks that pass", len(checks), moved)


def _failed(one: _Side, checks: Sequence[tuple[Checked, Said]]) -> Iterator[FailedCheck]:
    for check, was in checks:
        if not check.passed:
            before = one.judge.passes(check.expect, was)
            yield FailedCheck(check.question, check.expect, str(check.said), before)


def _lost_checks(failed: Sequence[FailedCheck]) -> Iterator[str]:
    for check in failed:
        if check.passed_before:
            yield (
                f'the check "{check.question}" gets {check.said} instead of'
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
