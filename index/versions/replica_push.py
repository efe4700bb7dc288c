"""The live version of a folder -> a store from which replicas fetch it."""

from dataclasses import replace
from pathlib import Path

from index.versions import publication_history, version_store
from index.versions.publication_order import noted_at
from index.versions.replica_pull import Place, live, note_name


def push(out: Path, remote: Place, by: str, *, force: bool = False) -> str:
    """Publish the live version in a store and return its name; call it inside `store.building`.

    Its files are written first and `current` last, so a push that dies changes nothing; nor does
    one that finds it live. Two at once to one store are one too many.

    Args:
        out: Folder of the index.
        remote: The store.
        by: Who pushes, to be noted where nothing is known about the publication.
        force: Write the files even if they are there.

    """
    version = version_store.current(out)
    folder = version_store.version_folder(out, version)
    manifest = version_store.verify(folder)
    place = f"versions/{version}"
    written = (folder / version_store.MANIFEST_FILE).read_bytes()
    if force or remote.read(f"{place}/{version_store.MANIFEST_FILE}") != written:
        for name in manifest.files:
            remote.write(f"{place}/{name}", folder / name)
        remote.write(f"{place}/{version_store.MANIFEST_FILE}", written)
    before = live(remote)
    if before != version:
        _note(out, remote, before, by)
        remote.write("current", f"{version}\n".encode())
    return version


def _note(out: Path, remote: Place, before: str | None, by: str) -> None:
    """Write down in the store what goes live there; its notes are its own."""
    numbers = remote.numbers()
    last = remote.read(note_name(numbers[-1])) if numbers else None
    at = noted_at(last) if last else ""
    note = publication_history.noted(out, by)
    note = replace(
        note, before=before, at=max(note.at, publication_history.time_after(at)) if at else note.at
    )
    number = numbers[-1] + 1 if numbers else 1
    remote.write(note_name(number), publication_history.written_note(note))
