"""Content written by a test, and all that was read."""

from pathlib import Path

from corpus import Boundary, Corpus, Entry, Section

ENTRY = "- id: {id}\n  question: Q {id}?\n  answer: A {id}.\n"


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())
    return folder


def units(corpus: Corpus) -> list[Entry | Section | Boundary]:
    sections = [section for document in corpus.documents for section in document.sections]
    return [*sections, *corpus.entries, *corpus.smalltalk, *corpus.boundaries]
