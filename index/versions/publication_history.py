"""What went live when, by whom, and what it changed: OUT/publications/NNNNNN.json, one each.

A publication is written down before it takes effect, so that none is live without a note. A process
that dies in between leaves a note of what did not come about; `history` leaves such notes out.
"""

import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from index.errors import IndexBusy, RetrievalError, UnknownVersion
from index.quality.answer_changes import Change
from index.quality.regression_gate import Review, Texts
from index.storage.atomic_files import put
from index.storage.folder_lock import now, user, written
from index.versions import version_store
from index.versions.publication_order import FOLDER, last_at, note_paths

MOST_LISTED = 200
"""Ids or questions of each sort that one publication lists."""
_DIGITS = 6


class Act(StrEnum):
    """What somebody did."""

    PUBLISH = "publish"
    ROLLBACK = "rollback"


@dataclass(frozen=True, slots=True)
class Publication:
    """A version that went live."""

    act: Act
    version: str
    before: str | None
    """The version that was live until then; None for the first one."""
    at: str
    """RFC 3339, UTC; later than that of the publication before, whatever the clocks say."""
    by: str
    """Who ran the command: the user and the machine as the system names them."""
    figures: Mapping[str, float]
    """Of the version."""
    texts: Texts = field(default=Texts((), (), ()))
    answers: tuple[Change, ...] = ()
    """Questions that get another answer than before, `MOST_LISTED` of them at most."""
    changed_answers: int = 0
    """How many there are."""
    worse: tuple[Change, ...] = ()
    """Questions put to the test that are answered worse, `MOST_LISTED` of them at most."""
    count_worse: int = 0
    better: tuple[Change, ...] = ()
    """Those that are answered better, likewise."""
    count_better: int = 0
    failed: tuple[str, ...] = ()
    """Questions of the checks that failed."""
    overruled: tuple[str, ...] = ()
    """What spoke against it, when somebody published it all the same."""


_PUBLICATION = TypeAdapter(Publication)


def signature(name: str | None = None) -> str:
    """Return who is publishing: user and machine, after a name that they give themselves."""
    account = f"{user()}@{socket.gethostname()}"
    return f"{name} ({account})" if name else account


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A review, and the version that it compares with; None when none was live."""

    review: Review
    live: str | None


def publish(out: Path, version: str, by: str, reviewed: Reviewed | None = None) -> None:
    """Make a version live and write down who did so and what changed.

    Publishing what is live already is not written down. Call it inside `store.building`.
    Raises as `store.publish` does, and IndexBusy when another version went live since the review;
    what was live stays live then, and nothing is written down.
    """
    note = _note(out, Act.PUBLISH, version, by)
    if reviewed is not None:
        review = reviewed.review
        if reviewed.live != note.before:
            raise IndexBusy(f"{note.before} went live in the meantime. Run it again.")
        note = replace(
            note,
            texts=_short(review.texts),
            answers=review.answers[:MOST_LISTED],
            changed_answers=len(review.answers),
            worse=review.worse[:MOST_LISTED],
            count_worse=len(review.worse),
            better=review.better[:MOST_LISTED],
            count_better=len(review.better),
            failed=tuple(check.question for check in review.failed),
            overruled=review.refusals,
        )
    _enact(out, note)


def roll_back(out: Path, version: str | None, by: str) -> Publication:
    """Make an earlier version live, by default the one to undo to, and write that down.

    Call it inside `store.building`. Raises UnknownVersion when there is none.
    """
    note = _note(out, Act.ROLLBACK, version or previous(out), by)
    undone = next((one for one in reversed(history(out)) if one.version == note.before), None)
    if undone is not None and undone.before == note.version:
        note = replace(
            note,
            texts=Texts(undone.texts.gone, undone.texts.new, undone.texts.changed),
            answers=_undone(undone.answers),
            changed_answers=undone.changed_answers,
            worse=_undone(undone.better),
            count_worse=undone.count_better,
            better=_undone(undone.worse),
            count_better=undone.count_worse,
        )
    _enact(out, note)
    return note


def _undone(changes: Sequence[Change]) -> tuple[Change, ...]:
    return tuple(Change(one.question, one.after, one.before) for one in changes)


def _note(out: Path, act: Act, version: str, by: str) -> Publication:
    figures = version_store.read_manifest(version_store.version_folder(out, version)).figures
    return Publication(act, version, live(out), time_after(last_at(out)), by, figures)


def noted(out: Path, by: str) -> Publication:
    """Return the last note about the live version, or a new one where nobody wrote any."""
    version = version_store.current(out)
    told = [one for one in history(out) if one.version == version]
    return told[-1] if told else _note(out, Act.PUBLISH, version, by)


def written_note(note: Publication) -> bytes:
    """Write a note as it stands in its file."""
    return _PUBLICATION.dump_json(note, indent=1)


def time_after(last: str) -> str:
    """Return the time as it is, or a second after the last one where that is not later.

    Services tell a newer version from an older one by it (`index.versions.publication_order`).
    """
    with suppress(ValueError):
        following = datetime.fromisoformat(last) + timedelta(seconds=1)
        return max(now(), written(following))
    return now()


def live(out: Path) -> str | None:
    """Return the name of the live version, None where none can be told."""
    try:
        return version_store.current(out)
    except RetrievalError:
        return None


def _short(texts: Texts) -> Texts:
    return Texts(texts.new[:MOST_LISTED], texts.gone[:MOST_LISTED], texts.changed[:MOST_LISTED])


def _enact(out: Path, note: Publication) -> None:
    if note.version == note.before:
        version_store.publish(out, note.version)
        return
    folder = out / FOLDER
    folder.mkdir(exist_ok=True)
    last = max((int(path.stem) for path in note_paths(out)), default=0)
    path = folder / f"{last + 1:0{_DIGITS}}.json"
    put(path, written_note(note))
    try:
        version_store.publish(out, note.version)
    except (RetrievalError, OSError):
        path.unlink()
        raise


def history(out: Path) -> tuple[Publication, ...]:
    """Return what went live, oldest first; a note that cannot be read is left out."""
    noted = list(_read(out))
    # What was live before the next one, and last what is live now.
    after = [*(one.before for one in noted[1:]), live(out)]
    pairs = zip(noted, after, strict=False)
    return tuple(one for one, then in pairs if then == one.version or then != one.before)


def _read(out: Path) -> Iterator[Publication]:
    for path in note_paths(out):
        try:
            yield _PUBLICATION.validate_json(path.read_bytes())
        except (OSError, ValidationError):
            continue


def previous(out: Path) -> str:
    """Return the version that an undo makes live: the one published before the live one.

    An undo takes a publication back, so a second one goes a step further. Versions that are gone
    are passed over. Where nothing was written down, it is the newest that was built earlier.
    """
    live = version_store.current(out)
    there = set(version_store.version_names(out)) - {live}
    for version in reversed(_trail(out)):
        if version in there:
            return version
    version_store.read_manifest(
        version_store.version_folder(out, live)
    )  # who cannot read it is told so
    newest_first = [manifest.version for manifest in version_store.list_versions(out)]
    if earlier := newest_first[newest_first.index(live) + 1 :]:
        return earlier[0]
    raise UnknownVersion(f"No version in {out} was published before the live one, {live}.")


def _trail(out: Path) -> list[str]:
    """List the versions that stand when all that was undone is struck out, the live one last."""
    trail: list[str] = []
    for one in history(out):
        if one.before and trail[-1:] != [one.before]:
            trail.append(one.before)
        if one.act is Act.ROLLBACK and one.version in trail:
            while trail[-1] != one.version:
                trail.pop()
        else:
            trail.append(one.version)
    return trail


def leftovers(out: Path, built: Sequence[str], keep: int) -> tuple[str, ...]:
    """Return those of some versions, oldest first, that never went live, but the last of them.

    Where no version is live, nothing is left over.
    """
    if live(out) is None:
        return ()
    noted = {name for one in _read(out) for name in (one.version, one.before)}
    used = protected(out) | noted
    there = version_store.version_names(out)
    tries = [name for name in dict.fromkeys(built) if name in there and name not in used]
    return tuple(tries[: max(0, len(tries) - keep)])


def discard(out: Path, version: str, drop: Callable[[str], bool] | None = None) -> bool:
    """Delete a version, and first what a vector store holds of it; whether it may go.

    Args:
        out: Folder of the index, which must be locked.
        version: Its name.
        drop: Drops what the store holds; false where something else names that.

    """
    if drop is not None and not drop(version):
        return False
    version_store.remove(out, version)
    return True


def protected(out: Path) -> frozenset[str]:
    """Return the versions that must stay: the live one, and those that one step leads back to.

    These are the version that an undo makes live, and the one that was live until the last
    publication or undo.
    """
    kept = {version_store.current(out)}
    with suppress(UnknownVersion):
        kept.add(previous(out))
    last = next(reversed(history(out)), None)
    if last is not None and last.before is not None:
        kept.add(last.before)
    return frozenset(kept)
