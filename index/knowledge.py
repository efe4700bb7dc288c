"""A version that was read -> what a retriever is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index import candidates, confidence, ranking, spelling, store, text
from index.candidates import Catalogue
from index.confidence import Calibration
from index.datatypes import ChunkRole, Manifest, Unit
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
    subjects: NDArray[np.int64]
    """For each unit the number of the one role that it is about, -1 for several or none."""
    own: Mapping[str, int]
    """Questions that stand for one unit alone, folded by `fold`, and the unit's position."""


def gather(loaded: store.Loaded) -> Knowledge:
    """Gather what a retriever needs from a version that was read."""
    contents = loaded.contents
    model = ranking.parse(_file(loaded, ranking.FILE))
    synonyms = text.compile_synonyms(contents.groups.synonyms)
    roles = roles_of(contents.units, synonyms.canonical)
    return Knowledge(
        manifest=loaded.manifest,
        contents=contents,
        ranker=Ranker(model, contents.chunks, len(contents.units), contents.lexical.scores),
        typical=model.head.typical if model.head else 1.0,
        fixed=candidates.catalogue(contents.units, contents.groups.equivalents),
        calibration=confidence.parse(_file(loaded, confidence.FILE), headless=model.head is None),
        synonyms=synonyms,
        spelling=spelling.learn(
            (chunk.embedded for chunk in contents.chunks),
            spelling.english_words(loaded.folder / TOKENIZER_FILE),
        ),
        roles=roles,
        subjects=_subjects(contents.units, roles),
        own=_own_questions(contents),
    )


def _subjects(units: Sequence[Unit], roles: Roles) -> NDArray[np.int64]:
    return np.array([_subject(unit, roles) for unit in units], dtype=np.int64)


def _subject(unit: Unit, roles: Roles) -> int:
    """Read off the title, or the nearest heading above that names any, which role it is about."""
    if unit.sides:
        return -1
    for heading in (unit.title, *reversed(unit.trail)):
        named = {mention.role for mention in roles.mentions(heading)}
        if named:
            return roles.names.index(named.pop()) if len(named) == 1 else -1
    return -1


def _own_questions(contents: Contents) -> dict[str, int]:
    owners: dict[str, set[int]] = {}
    for chunk in contents.chunks:
        if chunk.role in (ChunkRole.QUESTION, ChunkRole.VARIANT):
            owners.setdefault(text.fold(chunk.text), set()).add(chunk.unit)
    return {question: min(units) for question, units in owners.items() if len(units) == 1}


def _file(loaded: store.Loaded, name: str) -> bytes:
    if name not in loaded.manifest.files:
        version = loaded.manifest.version
        raise IndexCorrupt(f"Version {version} has no {name}. {store.REBUILD}")
    return (loaded.folder / name).read_bytes()
