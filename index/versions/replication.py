"""Replication of versions through a store: `push` writes the live one, `VersionSource` fetches it.

The layout in the store is that of `version_store`, so a shared folder that is built into works as
well as a bucket. The only module that imports fsspec; a URL names what it opens.
"""

import logging
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath

import fsspec

from index.errors import IndexBusy, IndexCorrupt, IndexMissing, RetrievalError, Unreachable
from index.storage.atomic_files import (
    explain_write_errors,
    file_digest,
    flush_tree,
    move_into_place,
    replace_file,
)
from index.versions import publication_history, version_store
from index.versions.publication_history import FOLDER, record_name, record_paths

ATTEMPTS = 3
"""For each file, before the fetch is given up for now."""
FIRST_PAUSE, LONGEST_PAUSE, LONGEST_SILENCE = 0.2, 30.0, 3.0
"""Seconds; each is twice the one before, up to the second while a version is not what was built,
and up to the third while the store does not answer: it is asked for little."""
VERSIONS_KEPT = 3
"""In the folder here; the store keeps what its owner wants."""
_FETCHING = ".fetching"
_IN_S3 = {
    "config_kwargs": {"connect_timeout": 3, "read_timeout": 15, "retries": {"max_attempts": 1}}
}
"""Seconds; else one that does not answer would hold up a start for minutes."""
_WITHOUT_FOLDERS = {"s3", "s3a", "gs", "gcs", "abfs", "az", "memory"}
"""Stores that need none to be made, and might make a bucket of a name that is misspelt."""

for _name in ("aiobotocore", "aiohttp", "boto3", "botocore", "fsspec", "s3fs", "urllib3"):
    # Else level `debug` would write down what they sign their requests with.
    logging.getLogger(_name).setLevel(logging.WARNING)


class StoreLocation:
    """Files of a store by their paths below a URL. Raises Unreachable when it does not answer."""

    def __init__(self, url: str) -> None:
        self._secrets = re.findall(r"//([^/@]+@)", url)
        self.url = self._without_secrets(url.rstrip("/"))
        """As it may be shown: without a user and password."""
        in_s3 = _IN_S3 if url.startswith(("s3:", "s3a:")) else {}
        # Nothing is taken from an earlier one: neither what was listed, nor whom it asked.
        options = {"use_listings_cache": False, "skip_instance_cache": True, **in_s3}
        with self._reported():
            found = fsspec.url_to_fs(url.rstrip("/"), **options)
        self._fs, self._root = found[0], str(found[1]).rstrip("/")
        named = self._fs.protocol
        self._has_folders = _WITHOUT_FOLDERS.isdisjoint({named} if type(named) is str else named)

    def read(self, path: str) -> bytes | None:
        """Return the contents of a file; None where there is none."""
        with self._reported():
            try:
                return bytes(self._fs.cat_file(f"{self._root}/{path}"))
            except FileNotFoundError:
                return None

    def fetch(self, path: str, target: Path) -> None:
        """Copy a file here. Raises IndexCorrupt where there is none."""
        with self._reported():
            try:
                self._fs.get_file(f"{self._root}/{path}", str(target))
            except FileNotFoundError:
                raise IndexCorrupt(f"{self.url}/{path} is missing. Push it again.") from None

    def write(self, path: str, data: bytes | Path) -> None:
        """Write a file there, in the place of one of its name."""
        place = f"{self._root}/{path}"
        with self._reported():
            if self._has_folders:
                self._fs.makedirs(place.rpartition("/")[0], exist_ok=True)
            if isinstance(data, Path):
                self._fs.put_file(str(data), place)
            else:
                self._fs.pipe_file(place, data)

    def exists(self, path: str) -> bool:
        """Return whether a file is there."""
        with self._reported():
            return bool(self._fs.exists(f"{self._root}/{path}"))

    def record_numbers(self) -> list[int]:
        """Return the numbers of the publication records, in order."""
        with self._reported():
            try:
                paths = self._fs.ls(f"{self._root}/{FOLDER}", detail=False)
            except FileNotFoundError:
                return []
        stems = [PurePosixPath(path).stem for path in paths if str(path).endswith(".json")]
        return sorted(int(stem) for stem in stems if stem.isdigit())

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except RetrievalError:
            raise
        except ImportError as error:
            extra = "s3" if self.url.startswith("s3") else "store"
            raise Unreachable(f"{self.url}: {error}. pip install 'careers-faq[{extra}]'") from error
        except Exception as error:
            why = self._without_secrets(repr(error))
            raise Unreachable(f"{self.url} cannot be read or written: {why}") from error

    def _without_secrets(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "")
        return text


def live(remote: StoreLocation) -> str | None:
    """Return the name of the version that is published there; None when there is none."""
    named = remote.read("current")
    return None if named is None else named.decode("ascii", "replace").strip()


def push(out: Path, remote: StoreLocation, by: str, *, force: bool = False) -> str:
    """Publish the live version in a store and return its name.

    Its files are written first and `current` last, so a push that dies changes nothing; nor does
    one that finds it live. Call it inside `version_store.building`, and never twice at once for
    one store.
    """
    version = version_store.current(out)
    folder = version_store.version_folder(out, version)
    manifest = version_store.verify(folder)
    place = f"versions/{version}"
    manifest_bytes = (folder / version_store.MANIFEST_FILE).read_bytes()
    if force or remote.read(f"{place}/{version_store.MANIFEST_FILE}") != manifest_bytes:
        for name in manifest.files:
            remote.write(f"{place}/{name}", folder / name)
        remote.write(f"{place}/{version_store.MANIFEST_FILE}", manifest_bytes)
    before = live(remote)
    if before != version:
        _write_record(out, remote, before, by)
        remote.write("current", f"{version}\n".encode())
    return version


def _write_record(out: Path, remote: StoreLocation, before: str | None, by: str) -> None:
    """Record in the store what goes live there; its records are numbered on their own."""
    numbers = remote.record_numbers()
    last = remote.read(record_name(numbers[-1])) if numbers else None
    last_at = publication_history.recorded_at(last) if last else ""
    record = publication_history.live_record(out, by)
    at = max(record.at, publication_history.time_after(last_at)) if last_at else record.at
    number = numbers[-1] + 1 if numbers else 1
    record = replace(record, before=before, at=at)
    remote.write(record_name(number), publication_history.serialised(record))


class VersionSource:
    """Keeps a folder here as the store is: what is published there is published here."""

    def __init__(
        self,
        remote: StoreLocation,
        out: Path,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._remote = remote
        self._out = out
        self._clock = clock
        self._sleep = sleep
        self._fetched = ("", 0)
        """The version that was fetched last, and the number of the last publication then."""
        self._failures = 0
        self._failed: str | None = None
        """The version that was refused; None when it was the store that failed."""
        self._not_before = 0.0

    def refresh(self) -> None:
        """Fetch what is published, if it is not here. Raises RetrievalError; what is live stays.

        What failed is left alone for a while, twice as long each time; another version is not.
        """
        resting = self._clock() < self._not_before
        if resting and self._failed is None:
            return
        version = None
        try:
            version = live(self._remote)
            if version is None:
                raise IndexMissing(f"Nothing is published in {self._remote.url} yet.")
            if not version_store.is_name(version):
                raise IndexCorrupt(f"{self._remote.url}/current names no version. Push it again.")
            if resting and version == self._failed:
                return
            self._follow(version)
        except IndexBusy:
            return  # another worker fetches it
        except IndexMissing:
            raise  # to ask again costs next to nothing
        except RetrievalError as error:
            self._rest(error, version)
            raise
        self._failures, self._not_before = 0, 0.0

    def _rest(self, error: RetrievalError, version: str | None) -> None:
        silent = isinstance(error, Unreachable)
        longest = LONGEST_SILENCE if silent else LONGEST_PAUSE
        pause = min(longest, FIRST_PAUSE * 2**self._failures)
        self._failed = None if silent else version
        self._failures += 1
        self._not_before = self._clock() + pause

    def _follow(self, version: str) -> None:
        last, number = self._fetched
        if version == last and not self._remote.exists(record_name(number + 1)):
            return
        with version_store.building(self._out), explain_write_errors(self._out):
            numbers = self._remote.record_numbers()
            if not _is_whole(self._out, version):
                self._fetch(version)
            self._fetch_records(numbers)
            version_store.publish(self._out, version)
            _prune(self._out, version)
        self._fetched = (version, numbers[-1] if numbers else 0)

    def _fetch(self, version: str) -> None:
        """Bring a version here. What came whole the last time is not fetched again."""
        folder = self._out / "versions" / _FETCHING / version
        for other in folder.parent.glob("*"):
            if other != folder:
                shutil.rmtree(other)
        folder.mkdir(parents=True, exist_ok=True)
        place = f"versions/{version}"
        self._remote.fetch(
            f"{place}/{version_store.MANIFEST_FILE}", folder / version_store.MANIFEST_FILE
        )
        manifest = version_store.read_manifest(folder)
        for name in manifest.files:
            version_store.check_name(name)
        for name, digest in manifest.files.items():
            self._take(f"{place}/{name}", folder / name, name, digest)
        version_store.verify(folder)
        flush_tree(folder)
        move_into_place(folder, self._out / "versions" / version)

    def _take(self, path: str, target: Path, name: str, digest: str) -> None:
        if _has(target, digest) or self._link(target, name, digest):
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        for attempt in range(ATTEMPTS):
            try:
                self._remote.fetch(path, target)
            except Unreachable:
                if attempt == ATTEMPTS - 1:
                    raise
            if _has(target, digest):
                return
            self._sleep(FIRST_PAUSE * 2**attempt)
        raise IndexCorrupt(
            f"{self._remote.url}/{path} is not what was built: its digest differs. "
            "Run: careers-faq versions push --force"
        )

    def _link(self, target: Path, name: str, digest: str) -> bool:
        """Take a file from a version that is here, such as an encoder that did not change."""
        for version in version_store.version_names(self._out):
            other = self._out / "versions" / version / name
            if other.is_file() and _has(other, digest):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.unlink(missing_ok=True)
                shutil.copyfile(other, target)
                return True
        return False

    def _fetch_records(self, numbers: list[int]) -> None:
        """Mirror the publication records; a number may have been another record's before."""
        folder = self._out / FOLDER
        folder.mkdir(exist_ok=True)
        for path in record_paths(self._out):
            if int(path.stem) not in numbers:
                path.unlink()
        for number in numbers:
            path = self._out / record_name(number)
            if number <= self._fetched[1] and path.exists():
                continue
            record = self._remote.read(record_name(number))
            if record is not None:
                replace_file(path, record)


def _is_whole(out: Path, version: str) -> bool:
    try:
        version_store.verify(version_store.version_folder(out, version))
    except RetrievalError:
        return False
    return True


def _has(path: Path, digest: str) -> bool:
    try:
        return file_digest(path) == digest
    except OSError:
        return False


def _prune(out: Path, version: str) -> None:
    """Delete all but the newest versions; the one that is live stays."""
    newest = [manifest.version for manifest in version_store.list_versions(out)][:VERSIONS_KEPT]
    for name in version_store.version_names(out):
        if name != version and name not in newest:
            version_store.remove(out, name)
