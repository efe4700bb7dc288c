"""The content folder on disk: changed under a lock, all of a change or nothing of it.

New files are written and flushed beside the old ones first, so that a full disk shows before
anything has changed. A change of several files is then noted in `.changes.json`, and carried out by
renaming; if the process dies between, the next one to hold the lock carries it out to its end.
"""

import errno
import hashlib
import logging
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from pydantic import BaseModel, TypeAdapter, ValidationError

from corpus.errors import CorpusError
from corpus.files import TextFile, misplaced
from corpus.loader import FOLDERS, content_paths
from index.errors import IndexBusy
from index.storage.atomic_files import flush_folder, replace_file
from index.storage.folder_lock import hold
from service.studio.errors import ContentBusy, ContentUnwritable, LayoutRefused
from service.studio.git_commits import GitCommits

LOCK = ".lock"
JOURNAL = ".changes.json"
LOCK_SECONDS = 10.0
log = logging.getLogger(__name__)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class _Change(BaseModel):
    before: str | None
    """SHA-256 of the file; None when there was none."""
    is_gone: bool
    """Whether the file is to be deleted."""


_CHANGES = TypeAdapter(dict[str, _Change])


class ContentFiles:
    """The files of one corpus folder."""

    def __init__(self, folder: Path, commits: GitCommits | None = None) -> None:
        self.folder = folder
        self._commits = commits
        self._threads = RLock()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other writer out. Raises ContentBusy or ContentUnwritable."""
        with self._threads, _explained():
            try:
                with hold(self.folder / LOCK, LOCK_SECONDS):
                    self._finish()
                    yield
            except IndexBusy:
                raise ContentBusy from None

    def recover(self) -> None:
        """Carry out what a dead process left undone."""
        if (self.folder / JOURNAL).exists() or any(self._leftovers()):
            with self.locked():
                pass

    def read(self, name: str) -> TextFile:
        """Read a file; one that is not there is empty. Raises CorpusError, ContentUnwritable."""
        path = self.folder / name
        if fault := misplaced(self.folder, name, path):
            raise CorpusError([fault])
        with _explained():
            return TextFile.of(name, path.read_bytes() if path.exists() else b"")

    def names(self) -> list[str]:
        """Return the names of all content files, in path order."""
        return sorted(name for name, _ in content_paths(self.folder, []))

    def write(self, texts: Mapping[str, str | None], by: str = "") -> None:
        """Write files whole; None deletes one. Call it within `locked`."""
        changes = {
            name: _Change(before=_digest(self._place(name)), is_gone=text is None)
            for name, text in texts.items()
        }
        journal = self.folder / JOURNAL
        try:
            for name, text in texts.items():
                if text is not None:
                    self._prepare(self._place(name), text)
            if len(changes) > 1:
                replace_file(journal, _CHANGES.dump_json(changes))
        except OSError:
            self._sweep()
            raise
        self._carry_out(changes)
        if len(changes) > 1:
            journal.unlink()
        if self._commits and changes:
            self._commits.commit(sorted(changes), by or "studio")

    def _place(self, name: str) -> Path:
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder.resolve()):
            raise LayoutRefused(f"{name} is outside the content folder. Choose a name inside it.")
        return path

    def _prepare(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(_new(path), text.encode())
        if path.exists():
            shutil.copymode(path, _new(path))

    def _carry_out(self, changes: Mapping[str, _Change]) -> None:
        for name, change in changes.items():
            path = self._place(name)
            if change.is_gone:
                path.unlink(missing_ok=True)
            else:
                _new(path).replace(path)
            flush_folder(path.parent)

    def _finish(self) -> None:
        """Carry out what a dead process left undone, but for files that were changed since."""
        journal = self.folder / JOURNAL
        try:
            changes = _CHANGES.validate_json(journal.read_bytes())
        except FileNotFoundError:
            changes = {}
        except ValidationError:
            log.warning("%s cannot be read and is removed", JOURNAL)
            changes = {}
        left = {
            name: change
            for name, change in changes.items()
            if (change.is_gone or _new(self._place(name)).exists())
            and _digest(self._place(name)) == change.before
        }
        self._carry_out(left)
        journal.unlink(missing_ok=True)
        self._sweep()

    def _sweep(self) -> None:
        for path in self._leftovers():
            path.unlink(missing_ok=True)

    def _leftovers(self) -> Iterator[Path]:
        """Yield files that were being written, here and in the folders of content."""
        for folder in (self.folder, *(self.folder / name for name in FOLDERS)):
            if folder.is_dir():
                yield from (
                    folder.rglob(".*.new") if folder != self.folder else folder.glob(".*.new")
                )


def _new(path: Path) -> Path:
    """Return the name of a file that is about to replace another one."""
    return path.with_name(f".{path.name}.new")


def digest_of(raw: bytes) -> str:
    """Return the SHA-256 of what a file holds."""
    return hashlib.sha256(raw).hexdigest()


def _digest(path: Path) -> str | None:
    return digest_of(path.read_bytes()) if path.exists() else None


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        log.error("the folder of the content: %s", error)
        reason = error.strerror or "it does not work"
        what = "Make room on the disk" if error.errno in _FULL else "Let me write there"
        raise ContentUnwritable(
            f"I can't use the content folder ({reason}), so I saved nothing. {what}, then try "
            "again."
        ) from error
