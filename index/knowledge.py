"""A version that was read -> what a retriever is made of."""

from collections.abc import Mapping
from dataclasses import dataclass

from index import candidates, confidence, ranking, spelling, store, text
from index.candidates import Catalogue
from index.confidence import Calibration
from index.datatypes import ChunkRole, Manifest
from index.encoder import TOKENIZER_FILE
from index.errors import IndexCorrupt
from index.ranking import Ranker
from index.roles import Roles, roles_of
from index.spelling import Spelling
from index.store import Contents
from index.text import Synonyms


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a retriever is made of, read from a version."""

    manifest: Manifest
    contents: Contents
    ranker: Ranker
    typical: float
    """What the head gives a known text."""
    fixed: Catalogue
    calibration: Calibration
    synonyms: Synonyms
    spelling: Spelling
    roles: Roles
    """That are compared."""
    own: Mapping[str, int]
    """Questions that stand for one unit alone, folded by `fold`, and the unit's position."""


def gather(loaded: store.Loaded) -> Knowledge:
    """Gather what a retriever needs from a version that was read."""
    contents = loaded.contents
    model = ranking.parse(_file(loaded, ranking.FILE))
    synonyms = text.compile_synonyms(contents.groups.synonyms)
    return Knowledge(
        manifest=loaded.manifest,
        contents=contents,
        ranker=Ranker(model, contents.chunks, len(contents.units)),
        typical=model.head.typical if model.head else 1.0,
        fixed=candidates.catalogue(contents.units, contents.groups.equivalents),
        calibration=confidence.parse(_file(loaded, confidence.FILE), headless=model.head is None),
        synonyms=synonyms,
        spelling=spelling.learn(
            (chunk.embedded for chunk in contents.chunks),
            spelling.english_words(loaded.folder / TOKENIZER_FILE),
        ),
        roles=roles_of(contents.units, synonyms.canonical),
        own=_own_questions(contents),
    )


def fold(question: str) -> str:
    """Fold a question to its words, so that case and marks do not matter."""
    return " ".join(text.words(text.clean(question)))


def _own_questions(contents: Contents) -> dict[str, int]:
    owners: dict[str, set[int]] = {}
    for chunk in contents.chunks:
        if chunk.role in (ChunkRole.QUESTION, ChunkRole.VARIANT):
            owners.setdefault(fold(chunk.text), set()).add(chunk.unit)
    return {question: min(units) for question, units in owners.items() if len(units) == 1}


def _file(loaded: store.Loaded, name: str) -> bytes:
    if name not in loaded.manifest.files:
        version = loaded.manifest.version
        raise IndexCorrupt(f"Version {version} has no {name}. {store.REBUILD}")
    return (loaded.folder / name).read_bytes()
