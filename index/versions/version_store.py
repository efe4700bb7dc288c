"""Versions of the index on disk: write, verify, publish by one rename, roll back.

    OUT/current                 name of the live version and a newline
    OUT/lock                    held while somebody builds
    OUT/versions/<version>/     immutable; manifest.json was written last

A version folder appears by a rename once every file of it is on the disk, so there is no
half-written one; `current` changes by a rename too, so a reader sees the old name or the new.
"""

import hashlib
import re
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Protocol, TypeVar

import numpy as np
from pydantic import TypeAdapter, ValidationError

from index.datatypes import Chunk, Manifest, Measured, Positions, Unit
from index.errors import (
    IndexCorrupt,
    IndexIncompatible,
    IndexMissing,
    RetrievalError,
    UnknownVersion,
)
from index.search import bm25, vector_index
from index.search.bm25 import Bm25Index
from index.search.candidate_search import CandidateSearch
from index.search.vector_index import VectorIndex
from index.storage import json_lines, tensors
from index.storage.atomic_files import (
    delete_folder,
    explain_write_errors,
    file_digest,
    flush_tree,
    move_into_place,
    remove_leftovers,
    replace_file,
    workspace,
)
from index.storage.folder_lock import Notice, hold

FORMAT = 9
"""Raised with every change to the files, to the chunks or to what `lexical` counts as a word."""
REBUILD = "Run: careers-faq build"
MANIFEST_FILE = "manifest.json"
UNITS_FILE = "units.json"
CHUNKS_FILE = "chunks.json"
GROUPS_FILE = "groups.json"
DENSE_FILE = "vectors.faiss"
LEXICAL_FOLDER = "lexical"
EVALUATION_FILE = "evaluation.json"
RESIDENT_FILE = "resident.safetensors"
LARGEST_FILE = 2**36
"""Bytes; some twenty times the largest index that was built. Reading more would not end in time."""
LARGEST_MANIFEST = 2**22
_LARGEST_NAME = 1024
"""Bytes of `current`, which holds twelve letters."""
_NAME_LENGTH = 12
_NAME = re.compile(rf"[0-9a-f]{{{_NAME_LENGTH}}}")


@dataclass(frozen=True, slots=True)
class Groups:
    """Synonyms, equivalents and questions to begin with that the corpus declares."""

    synonyms: tuple[tuple[str, ...], ...]
    """Groups of words; the first of a group is the one that content uses."""
    equivalents: tuple[tuple[str, ...], ...]
    """Groups of ids whose answers say the same."""
    starters: tuple[tuple[str, str], ...] = ()
    """Ids of units to begin with, each with what is shown; empty for its own question."""


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything of a version but its manifest and its copied files."""

    units: Sequence[Unit]
    """A tuple, or in a large index `Records`."""
    chunks: Sequence[Chunk]
    groups: Groups
    dense: VectorIndex
    """One row a chunk, in the order of `chunks`."""
    lexical: Bm25Index
    """One text a chunk, in the order of `chunks`."""
    resident: Positions | None = None
    """The chunks that `dense` and `lexical` hold; None for all of them."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A version read from disk, whose files have the digests of its manifest."""

    manifest: Manifest
    contents: Contents
    folder: Path
    """For files that are read elsewhere, such as the encoder and the confidence model."""
    search: Callable[[bool], CandidateSearch] | None = None
    """Opens the search of texts that are held outside the version, called with whether BM25 counts;
    None when the version holds all of them."""


class Load(Protocol):
    """Verifies and reads a version, by default the live one. Raises RetrievalError."""

    def __call__(
        self, out: Path, version: str | None = None, digest: "Digest" = file_digest
    ) -> Loaded:
        """Read the version of that name in the index folder `out`."""
        ...


Digest = Callable[[Path], str]
"""Computes the SHA-256 of a file; raises OSError."""
Part = TypeVar("Part")
_MANIFEST = TypeAdapter(Manifest)
_ANYTHING = TypeAdapter(dict[str, object])
_UNITS = json_lines.RecordFormat.of(Unit)
_CHUNKS = json_lines.RecordFormat.of(Chunk)
_GROUPS = TypeAdapter(Groups)


def version_name(parts: Sequence[str]) -> str:
    """Compute the name of a version from what goes into it; the format is always part of it."""
    digest = hashlib.sha256("\n".join([f"format {FORMAT}", *parts]).encode())
    return digest.hexdigest()[:_NAME_LENGTH]


@contextmanager
def building(out: Path, wait: float = 0.0, notice: Notice = lambda holder: None) -> Iterator[None]:
    """Hold the lock of an index while writing to it; removes what a dead process left behind.

    Raises IndexBusy, as `hold` does, and Unwritable when the disk is full or may not be written to.
    """
    versions = out / "versions"
    with explain_write_errors(out):
        versions.mkdir(parents=True, exist_ok=True)
        with hold(out / "lock", wait, notice):
            for folder in (out, *(path for path in out.iterdir() if path.is_dir())):
                remove_leftovers(folder)
            yield


@contextmanager
def draft(
    out: Path,
    manifest: Manifest,
    contents: Contents,
    *,
    linked: Mapping[str, Path],
    extras: Mapping[str, bytes],
    kept: Contents | None = None,
    digest: Digest = file_digest,
) -> Iterator[Loaded]:
    """Write the files of a version, inside `building`, to be measured and then to be finished.

    A draft that is not finished is removed.

    Args:
        out: Folder of the index.
        manifest: Its `files` are computed here.
        contents: What is written.
        linked: Files to link or copy into the version, by their names there.
        extras: Further files, by their names there.
        kept: Written instead of `contents`, which is what is measured.
        digest: Of a file.

    """
    with workspace(out / "versions") as folder:
        _write(folder, kept or contents)
        for name, source in linked.items():
            _link(source, folder / name)
        for name, data in extras.items():
            (folder / name).write_bytes(data)
        yield Loaded(replace(manifest, files=_digests(folder, digest)), contents, folder)


def finish(draft: Loaded, measured: Measured | None = None) -> Loaded:
    """Give a draft its figures and its name, in the place of one of the same; it is not live yet.

    Returns the version where it is now; files that were opened in the draft stay open.
    """
    manifest, folder = draft.manifest, draft.folder
    if measured:
        (folder / EVALUATION_FILE).write_bytes(measured.evaluation)
        files = {**manifest.files, EVALUATION_FILE: file_digest(folder / EVALUATION_FILE)}
        manifest = replace(manifest, figures=measured.figures, files=dict(sorted(files.items())))
    flush_tree(folder)
    replace_file(folder / MANIFEST_FILE, _MANIFEST.dump_json(manifest, indent=2))
    place = folder.with_name(manifest.version)
    move_into_place(folder, place)
    return replace(draft, manifest=manifest, folder=place)


def _write(folder: Path, contents: Contents) -> None:
    _UNITS.write(folder / UNITS_FILE, contents.units)
    _CHUNKS.write(folder / CHUNKS_FILE, contents.chunks)
    (folder / GROUPS_FILE).write_bytes(_GROUPS.dump_json(contents.groups, indent=1))
    contents.dense.save(folder / DENSE_FILE)
    contents.lexical.save(folder / LEXICAL_FOLDER)
    if contents.resident is not None:
        tensors.write(folder / RESIDENT_FILE, {"positions": contents.resident})


def _link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:  # another file system, or one without hard links
        shutil.copyfile(source, target)


def _digests(folder: Path, digest: Digest) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): digest(path) for path in files}


def publish(out: Path, version: str, digest: Digest = file_digest) -> None:
    """Make a version the live one, after verifying it. Raises as `verify` does."""
    verify(version_folder(out, version), digest)
    replace_file(out / "current", f"{version}\n".encode())


def current(out: Path) -> str:
    """Return the name of the live version. Raises IndexMissing when nothing was published."""
    try:
        name = read_small(out / "current", _LARGEST_NAME).decode("ascii", "replace").strip()
    except IndexCorrupt as error:
        if isinstance(error.__cause__, FileNotFoundError):
            raise IndexMissing(f"There is no index in {out}. {REBUILD}") from None
        raise
    if not is_name(name):
        raise IndexCorrupt(f"{out / 'current'} does not hold the name of a version. {REBUILD}")
    return name


def is_name(text: str) -> bool:
    """Whether a text can be the name of a version, which is also that of its folder."""
    return _NAME.fullmatch(text) is not None


def version_folder(out: Path, version: str) -> Path:
    """Return the folder of a version. Raises UnknownVersion when there is none.

    A symbolic link is none: what is in a version is of its own, and stays as it was built.
    """
    folder = out / "versions" / version
    if not _is_version(folder):
        raise UnknownVersion(
            f"There is no version {version!r} in {out}. Run: careers-faq versions list"
        )
    return folder


def _is_version(folder: Path) -> bool:
    return is_name(folder.name) and folder.is_dir() and not folder.is_symlink()


def version_names(out: Path) -> tuple[str, ...]:
    """Return the names of all version folders, whether they can be read or not."""
    folders = (out / "versions").glob("[!.]*")
    return tuple(sorted(folder.name for folder in folders if _is_version(folder)))


def list_versions(out: Path) -> tuple[Manifest, ...]:
    """Return the manifests of all versions that can be read, newest first."""
    found = []
    for name in version_names(out):
        # `verify` says what is wrong with it; or it was deleted meanwhile.
        with suppress(RetrievalError, OSError):
            folder = version_folder(out, name)
            manifest = read_manifest(folder)
            # Of those built in one second, the one written last is the newest.
            when = manifest.built_at, (folder / MANIFEST_FILE).stat().st_mtime_ns
            found.append((when, manifest))
    return tuple(manifest for _, manifest in sorted(found, key=lambda pair: pair[0], reverse=True))


def remove(out: Path, version: str) -> None:
    """Delete a version that is not live. Call it inside `building`."""
    folder = version_folder(out, version)
    if version == current(out):
        raise RetrievalError(f"{version} is the live version. Publish another one first.")
    delete_folder(folder)


def read_manifest(folder: Path) -> Manifest:
    """Read a manifest and check that it is of this format and of this folder."""
    path = folder / MANIFEST_FILE
    data = read_small(path)
    if (found := _format(data)) not in (None, FORMAT):
        message = f"{folder} has index format {found}; this release needs {FORMAT}. {REBUILD}"
        raise IndexIncompatible(message)
    try:
        manifest = _MANIFEST.validate_json(data)
    except ValidationError as error:
        raise IndexCorrupt(f"{path} cannot be read. {REBUILD}") from error
    if manifest.version != folder.name:
        raise IndexCorrupt(f"{path} is the manifest of {manifest.version}. {REBUILD}")
    return manifest


@contextmanager
def blamed(path: Path) -> Iterator[None]:
    """Refuse a version for whatever reading one of its files raises; the message names the file.

    Digests reveal what was damaged after the build. What was wrong before, or was put in its place
    with a digest to fit, makes parsers raise anything.
    """
    try:
        yield
    except RetrievalError:
        raise
    except Exception as error:
        raise IndexCorrupt(f"{path} cannot be read ({type(error).__name__}). {REBUILD}") from error


def file_of(folder: Path, name: str, largest: int = LARGEST_FILE) -> Path:
    """Return a file of a version by its name there.

    Raises IndexCorrupt unless it is a regular file of the version's own folder: a device or a pipe
    never ends, and a link may lead anywhere.
    """
    path = folder / check_name(name)
    parents = list(path.parents)
    try:
        found = path.lstat()
    except OSError as error:
        raise IndexCorrupt(f"{path} is missing or cannot be read. {REBUILD}") from error
    if not stat.S_ISREG(found.st_mode) or any(
        parent.is_symlink() for parent in parents[: parents.index(folder)]
    ):
        raise IndexCorrupt(f"{path} is no regular file of its own folder. {REBUILD}")
    if found.st_size > largest:
        raise IndexCorrupt(f"{path} is larger than any such file. {REBUILD}")
    return path


def check_name(name: str) -> str:
    """Return the name of a file inside a version. Raises IndexCorrupt for any other."""
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or not {"\\", "\0"}.isdisjoint(name):
        raise IndexCorrupt(f"A manifest names a file outside its version: {name!r}.")
    return name


def read_small(path: Path, largest: int = LARGEST_MANIFEST) -> bytes:
    """Read a regular file of an index. Raises IndexCorrupt."""
    try:
        return file_of(path.parent, path.name, largest).read_bytes()
    except OSError as error:
        raise IndexCorrupt(f"{path} is missing or cannot be read. {REBUILD}") from error


def _format(data: bytes) -> object:
    """Return the format that a manifest names, whatever else stands in it."""
    try:
        fields = _ANYTHING.validate_json(data)
    except ValidationError:
        return None
    return fields.get("format")


def verify(folder: Path, digest: Digest = file_digest) -> Manifest:
    """Compare every file of a version with its manifest.

    Raises:
        IndexCorrupt: A file is missing or differs; the message names it.
        IndexIncompatible: The version is of another format.

    """
    manifest = read_manifest(folder)
    for name, expected in manifest.files.items():
        path = file_of(folder, name)
        try:
            found = digest(path)
        except OSError as error:
            raise IndexCorrupt(f"{path} is missing or cannot be read. {REBUILD}") from error
        if found != expected:
            raise IndexCorrupt(f"{path} is not what was built: its digest differs. {REBUILD}")
    return manifest


def load(out: Path, version: str | None = None, digest: Digest = file_digest) -> Loaded:
    """Verify and read a version, by default the live one. Raises RetrievalError."""
    folder = version_folder(out, version or current(out))
    manifest = verify(folder, digest)

    def read(name: str, parse: Callable[[Path], Part]) -> Part:
        with blamed(folder / name):
            return parse(listed(folder, manifest, name))

    units = read(UNITS_FILE, _UNITS.read)
    chunks = read(CHUNKS_FILE, _CHUNKS.read)
    resident = read(RESIDENT_FILE, _resident) if manifest.remote else None
    dense = read(DENSE_FILE, lambda path: vector_index.load(path, manifest.dense))
    for name, found, expected in (
        (UNITS_FILE, len(units), max(1, len(units))),
        (CHUNKS_FILE, len(chunks), max(1, len(chunks))),
        (DENSE_FILE, len(dense), len(chunks if resident is None else resident)),
    ):
        if found != expected:
            raise IndexCorrupt(f"{folder / name} holds {found} of {expected}. {REBUILD}")
    if EVALUATION_FILE in manifest.files:  # read by whoever compares versions
        read(EVALUATION_FILE, lambda path: _ANYTHING.validate_json(path.read_bytes()))
    contents = Contents(
        units=units,
        chunks=chunks,
        groups=read(GROUPS_FILE, lambda path: _GROUPS.validate_json(path.read_bytes())),
        dense=dense,
        lexical=_lexical(folder, manifest),
        resident=resident,
    )
    return Loaded(manifest, contents, folder)


def listed(folder: Path, manifest: Manifest, name: str) -> Path:
    """Return a file that the manifest lists, and so was verified. Raises IndexCorrupt."""
    if name not in manifest.files:
        raise IndexCorrupt(f"Version {manifest.version} has no {name}. {REBUILD}")
    return folder / name


def _lexical(folder: Path, manifest: Manifest) -> Bm25Index:
    place = folder / LEXICAL_FOLDER
    with blamed(place):
        for path in place.iterdir():
            listed(folder, manifest, path.relative_to(folder).as_posix())
            with blamed(path):
                bm25.check(path)
    return bm25.load(place)


def _resident(path: Path) -> Positions:
    return np.asarray(tensors.parse(tensors.read(path))["positions"], dtype=np.int64)
