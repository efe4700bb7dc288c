"""Publication history: what went live when, by whom, and what it changed.

    OUT/publications/NNNNNN.json    one record a publication or rollback, in order

A record is written before its publication takes effect, so that no version is live without one. A
process that dies in between leaves a record of what never happened; `history` leaves that out.
Versions are named by their content and have no order: the records say which went live later, on
whatever machine (`PublishedVersion`).
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
from index.storage.atomic_files import file_digest, replace_file
from index.storage.folder_lock import current_user, format_time, timestamp
from index.versions import version_store
from index.versions.version_store import Digest

FOLDER = "publications"
MOST_LISTED = 200
"""Ids or questions of each sort that one record lists."""


class Act(StrEnum):
    """How a version went live."""

    PUBLISH = "publish"
    ROLLBACK = "rollback"


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """A question that two versions answer differently."""

    question: str
    before: str
    """Id of the answer, or what came instead of one."""
    after: str


@dataclass(frozen=True, slots=True)
class TextChanges:
    """Ids of the answers whose words differ between two versions."""

    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PublicationChanges:
    """What a publication changes, as the regression gate found it."""

    live: str | None
    """The version that it was compared with; None when none was live."""
    texts: TextChanges = field(default_factory=TextChanges)
    answers: tuple[AnswerChange, ...] = ()
    """Questions of the content that get another answer."""
    worse: tuple[AnswerChange, ...] = ()
    """Questions of the self-test that are answered worse."""
    better: tuple[AnswerChange, ...] = ()
    failed: tuple[str, ...] = ()
    """Questions of the checks that fail."""
    overruled: tuple[str, ...] = ()
    """Reasons against the publication, when somebody publishes all the same."""


@dataclass(frozen=True, slots=True)
class Publication:
    """The record of a version that went live."""

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
    texts: TextChanges = field(default_factory=TextChanges)
    answers: tuple[AnswerChange, ...] = ()
    """Questions that get another answer than before, `MOST_LISTED` of them at most."""
    changed_answers: int = 0
    """How many there are."""
    worse: tuple[AnswerChange, ...] = ()
    """Questions of the self-test that are answered worse, `MOST_LISTED` of them at most."""
    count_worse: int = 0
    better: tuple[AnswerChange, ...] = ()
    """Those that are answered better, likewise."""
    count_better: int = 0
    failed: tuple[str, ...] = ()
    """Questions of the checks that failed."""
    overruled: tuple[str, ...] = ()
    """Reasons against it, when somebody published it all the same."""


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """A version and when it last went live."""

    at: str
    """RFC 3339, UTC; empty where there is no record, which is before everything."""
    version: str

    def is_behind(self, other: "PublishedVersion") -> bool:
        """Return whether this is another version, and one that went live earlier."""
        return self.version != other.version and self.at < other.at


@dataclass(frozen=True, slots=True)
class _Moment:
    """As much of a record as ordering versions takes."""

    version: str
    at: str


_PUBLICATION = TypeAdapter(Publication)
_MOMENT = TypeAdapter(_Moment)


def signature(name: str | None = None) -> str:
    """Return who is publishing: user and machine, after the name that they state."""
    account = f"{current_user()}@{socket.gethostname()}"
    return f"{name} ({account})" if name else account


def publish(
    out: Path,
    version: str,
    by: str,
    changes: PublicationChanges | None = None,
    digest: Digest = file_digest,
) -> None:
    """Make a version live and record who did so and what changed.

    Publishing what is live already is not recorded. Call it inside `version_store.building`.
    Raises as `version_store.publish` does, and IndexBusy when another version went live since it
    was compared; what was live stays live then, and nothing is recorded.
    """
    record = _record(out, Act.PUBLISH, version, by)
    if changes is not None:
        if changes.live != record.before:
            raise IndexBusy(f"{record.before} went live in the meantime. Run it again.")
        record = replace(
            record,
            texts=_shortened(changes.texts),
            answers=changes.answers[:MOST_LISTED],
            changed_answers=len(changes.answers),
            worse=changes.worse[:MOST_LISTED],
            count_worse=len(changes.worse),
            better=changes.better[:MOST_LISTED],
            count_better=len(changes.better),
            failed=changes.failed,
            overruled=changes.overruled,
        )
    _enact(out, record, digest)


def roll_back(out: Path, version: str | None, by: str) -> Publication:
    """Make an earlier version live, by default the one before, and record that.

    Call it inside `version_store.building`. Raises UnknownVersion when there is none.
    """
    record = _record(out, Act.ROLLBACK, version or previous(out), by)
    publications = reversed(history(out))
    undone = next((past for past in publications if past.version == record.before), None)
    if undone is not None and undone.before == record.version:
        record = replace(
            record,
            texts=TextChanges(undone.texts.gone, undone.texts.new, undone.texts.changed),
            answers=_reversed(undone.answers),
            changed_answers=undone.changed_answers,
            worse=_reversed(undone.better),
            count_worse=undone.count_better,
            better=_reversed(undone.worse),
            count_better=undone.count_worse,
        )
    _enact(out, record)
    return record


def _reversed(changes: Sequence[AnswerChange]) -> tuple[AnswerChange, ...]:
    return tuple(AnswerChange(change.question, change.after, change.before) for change in changes)


def _shortened(texts: TextChanges) -> TextChanges:
    return TextChanges(
        texts.new[:MOST_LISTED], texts.gone[:MOST_LISTED], texts.changed[:MOST_LISTED]
    )


def _record(out: Path, act: Act, version: str, by: str) -> Publication:
    figures = version_store.read_manifest(version_store.version_folder(out, version)).figures
    last = next(_newest_first(out), None)
    return Publication(act, version, live(out), time_after(last.at if last else ""), by, figures)


def _enact(out: Path, record: Publication, digest: Digest = file_digest) -> None:
    if record.version == record.before:
        version_store.publish(out, record.version, digest)
        return
    (out / FOLDER).mkdir(exist_ok=True)
    last = max((int(path.stem) for path in record_paths(out)), default=0)
    path = out / record_name(last + 1)
    replace_file(path, serialised(record))
    try:
        version_store.publish(out, record.version, digest)
    except (RetrievalError, OSError):
        path.unlink()
        raise


def record_name(number: int) -> str:
    """Return the path of a record below the folder of an index."""
    return f"{FOLDER}/{number:06d}.json"


def record_paths(out: Path) -> list[Path]:
    """Return the files of the records, oldest first."""
    return sorted(path for path in (out / FOLDER).glob("*.json") if path.stem.isdecimal())


def serialised(record: Publication) -> bytes:
    """Return a record as it stands in its file."""
    return _PUBLICATION.dump_json(record, indent=1)


def recorded_at(record: bytes) -> str:
    """Return the time of a serialised record; empty when it cannot be read."""
    try:
        return _MOMENT.validate_json(record).at
    except ValidationError:
        return ""


def time_after(last: str) -> str:
    """Return the present time, or a second after `last` where that is not later.

    Services tell a newer version from an older one by it.
    """
    with suppress(ValueError, OverflowError):
        following = datetime.fromisoformat(last) + timedelta(seconds=1)
        return max(timestamp(), format_time(following))
    return timestamp()


def published_version(out: Path, version: str) -> PublishedVersion:
    """Return when a version last went live, published or rolled back to."""
    moments = (moment for moment in _newest_first(out) if moment.version == version)
    last = next(moments, None)
    return PublishedVersion(last.at if last else "", version)


def live(out: Path) -> str | None:
    """Return the name of the live version, None where there is none that can be read."""
    try:
        return version_store.current(out)
    except RetrievalError:
        return None


def live_record(out: Path, by: str) -> Publication:
    """Return the last record of the live version, or a new one where there is none."""
    version = version_store.current(out)
    records = [record for record in history(out) if record.version == version]
    return records[-1] if records else _record(out, Act.PUBLISH, version, by)


def history(out: Path) -> tuple[Publication, ...]:
    """Return what went live, oldest first; a record that cannot be read is left out."""
    records = list(_read(out))
    # What was live before the next one, and last what is live now.
    followers = [*(record.before for record in records[1:]), live(out)]
    pairs = zip(records, followers, strict=False)
    return tuple(
        record
        for record, follower in pairs
        if follower == record.version or follower != record.before
    )


def _read(out: Path) -> Iterator[Publication]:
    for path in record_paths(out):
        try:
            yield _PUBLICATION.validate_json(version_store.read_small(path))
        except (RetrievalError, ValidationError):
            continue


def _newest_first(out: Path) -> Iterator[_Moment]:
    for path in reversed(record_paths(out)):
        try:
            yield _MOMENT.validate_json(version_store.read_small(path))
        except (RetrievalError, ValidationError):
            continue


def previous(out: Path) -> str:
    """Return the version that an undo makes live: the one published before the live one.

    An undo reverts a publication, so a second one goes a step further back. Versions that are gone
    are passed over. Without records, it is the newest version that was built earlier.
    """
    live = version_store.current(out)
    present = set(version_store.version_names(out)) - {live}
    for version in reversed(_trail(out)):
        if version in present:
            return version
    # Raises what is wrong with the live one, if it cannot be read.
    version_store.read_manifest(version_store.version_folder(out, live))
    newest_first = [manifest.version for manifest in version_store.list_versions(out)]
    if earlier := newest_first[newest_first.index(live) + 1 :]:
        return earlier[0]
    raise UnknownVersion(f"No version in {out} was published before the live one, {live}.")


def _trail(out: Path) -> list[str]:
    """List the versions that remain when all that was undone is struck out, the live one last."""
    trail: list[str] = []
    for record in history(out):
        if record.before and trail[-1:] != [record.before]:
            trail.append(record.before)
        if record.act is Act.ROLLBACK and record.version in trail:
            while trail[-1] != record.version:
                trail.pop()
        else:
            trail.append(record.version)
    return trail


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


def leftovers(out: Path, built: Sequence[str], keep: int) -> tuple[str, ...]:
    """Return those of some versions, oldest first, that never went live, except the last `keep`.

    Where no version is live, nothing is left over.
    """
    if live(out) is None:
        return ()
    recorded = {name for record in _read(out) for name in (record.version, record.before)}
    used = protected(out) | recorded
    present = version_store.version_names(out)
    unused = [name for name in dict.fromkeys(built) if name in present and name not in used]
    return tuple(unused[: max(0, len(unused) - keep)])


def discard(out: Path, version: str, drop: Callable[[str], bool] | None = None) -> bool:
    """Delete a version of a locked index, and first what a vector store holds of it.

    Returns whether it was deleted: not where `drop` says that something else refers to it.
    """
    if drop is not None and not drop(version):
        return False
    version_store.remove(out, version)
    return True
