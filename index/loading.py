"""A version read from disk -> the parts that a retriever is made of."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from index.datatypes import Kind, Manifest, Unit
from index.dialogue.entity_mentions import Roles, roles_of
from index.encoding.encoder import TOKENIZER_FILE
from index.errors import VectorStoreNotSet
from index.ranking import calibration, candidates, unit_scorer
from index.ranking.calibration import Calibration
from index.ranking.candidates import Catalogue, UnitKey
from index.ranking.unit_scorer import Ranker, RankingModel
from index.search import exact_match
from index.search.autocomplete import Autocomplete, question_of
from index.search.candidate_search import CandidateSearch, LocalSearch
from index.search.exact_match import OwnQuestions
from index.storage import tensors
from index.storage.json_lines import ById, Records
from index.storage.tensors import Buffer
from index.text import language_identification, normalisation, spelling
from index.text.language_identification import Languages
from index.text.normalisation import Synonyms
from index.text.spelling import Spelling
from index.versions import version_store
from index.versions.version_store import Contents

Part = TypeVar("Part")
_KEY: TypeAdapter[UnitKey | Unit] = TypeAdapter(UnitKey)


@dataclass(frozen=True, slots=True)
class Parts:
    """Readers of parts that other versions may have as well."""

    english: Callable[[Path], frozenset[str]] = spelling.english_words
    """Reads the words of English from the file of a tokenizer."""
    model: Callable[[Buffer], RankingModel] = unit_scorer.parse


ALONE = Parts()
"""Every version reads everything for itself."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The parts of a retriever, read from a version."""

    manifest: Manifest
    contents: Contents
    units: Mapping[str, Unit]
    """By id, in the order of the corpus."""
    search: CandidateSearch
    ranker: Ranker
    typical: float
    """The intent classifier's score of a text of the index."""
    fixed: Catalogue
    calibration: Calibration
    synonyms: Synonyms
    spelling: Spelling
    roles: Roles
    """The roles that the content compares."""
    subjects: NDArray[np.int64]
    """For each unit the number of the one role that it is about, -1 for several or none."""
    directions: Mapping[int, tuple[str, str]]
    """From which role to which units go whose title says so."""
    twins: Mapping[int, int]
    """Units about one role, to those whose title asks the same of the other."""
    own: OwnQuestions
    starters: Mapping[str, int]
    """What is shown of the units to begin with, in order, to the units."""
    autocomplete: Autocomplete
    languages: Languages


def gather(loaded: version_store.Loaded, parts: Parts = ALONE) -> Knowledge:
    """Gather what a retriever needs from a version that was read.

    Raises VectorStoreNotSet when its vectors are in a vector store and it was read without that.
    """
    contents = loaded.contents
    model = _parsed(loaded, unit_scorer.FILE, parts.model)
    known = _parsed(loaded, exact_match.FILE, exact_match.parse)
    keys = _keys(contents.units)
    fixed = candidates.catalogue(keys, contents.groups.equivalents)
    synonyms = normalisation.compile_synonyms(contents.groups.synonyms)
    roles = roles_of(_comparisons(contents.units, keys), synonyms.canonical)
    subjects = _subjects(keys, roles)
    with version_store.blamed(loaded.folder / TOKENIZER_FILE):
        english = parts.english(loaded.folder / TOKENIZER_FILE)
    return Knowledge(
        manifest=loaded.manifest,
        contents=contents,
        units=_by_id(contents.units, keys),
        search=_search(loaded, model, fixed),
        ranker=Ranker(model),
        typical=model.classifier.typical if model.classifier else 1.0,
        fixed=fixed,
        calibration=_calibration(loaded, model, keys),
        synonyms=synonyms,
        spelling=spelling.know(known.uses, english),
        roles=roles,
        subjects=subjects,
        directions=_directions(keys, roles),
        twins=_twins(keys, subjects, roles),
        own=known.own,
        starters=_starters(contents, fixed),
        autocomplete=known.autocomplete,
        languages=_languages(loaded),
    )


def _calibration(
    loaded: version_store.Loaded, model: RankingModel, keys: Sequence[UnitKey | Unit]
) -> Calibration:
    parse = partial(
        calibration.parse,
        without_classifier=model.classifier is None,
        without_boundaries=all(key.kind is not Kind.BOUNDARY for key in keys),
    )
    return _parsed(loaded, calibration.FILE, lambda data: parse(bytes(data)))


def _languages(loaded: version_store.Loaded) -> Languages:
    digest = loaded.manifest.files.get(language_identification.FILE)
    return (
        Languages(loaded.folder / language_identification.FILE, digest)
        if digest
        else language_identification.WHOLE
    )


def _keys(units: Sequence[Unit]) -> Sequence[UnitKey | Unit]:
    if isinstance(units, Records):
        return tuple(units.parts(_KEY))
    return units


def _by_id(units: Sequence[Unit], keys: Sequence[UnitKey | Unit]) -> Mapping[str, Unit]:
    if isinstance(units, Records):
        return ById((key.id for key in keys), units)
    return {unit.id: unit for unit in units}


def _comparisons(units: Sequence[Unit], keys: Sequence[UnitKey | Unit]) -> Iterator[Unit]:
    return (units[at] for at, key in enumerate(keys) if key.kind is Kind.COMPARISON)


def _search(loaded: version_store.Loaded, model: RankingModel, fixed: Catalogue) -> CandidateSearch:
    contents, words_count = loaded.contents, model.classifier is None
    if loaded.search is not None:
        return loaded.search(words_count)
    if contents.resident is not None:
        version, card = loaded.manifest.version, loaded.manifest.remote
        engine = card.engine if card else "a vector store"
        raise VectorStoreNotSet(
            f"Version {version} has its vectors in {engine}. Say where that is: FAQ_VECTOR_STORE"
            " for the service, --vector-store for the commands."
        )
    outside = np.flatnonzero(~np.repeat(fixed.content, np.diff(model.bounds)))
    lexical = contents.lexical if words_count else None
    return LocalSearch(contents.dense, lexical, model.bounds, always=outside)


def _subjects(units: Sequence[UnitKey | Unit], roles: Roles) -> NDArray[np.int64]:
    if not roles.names:
        return np.full(len(units), -1, dtype=np.int64)
    return np.array([_subject(unit, roles) for unit in units], dtype=np.int64)


def _directions(units: Sequence[UnitKey | Unit], roles: Roles) -> Mapping[int, tuple[str, str]]:
    ways = ((at, roles.direction(unit.title)) for at, unit in enumerate(units) if roles.names)
    return {at: way for at, way in ways if way is not None}


def _subject(unit: UnitKey | Unit, roles: Roles) -> int:
    """Return the role that the title, or the nearest heading above it that names any, names."""
    if unit.kind is Kind.COMPARISON:
        return -1
    for heading in (unit.title, *reversed(unit.trail)):
        named = {mention.role for mention in roles.mentions(heading)}
        if named:
            return roles.names.index(named.pop()) if len(named) == 1 else -1
    return -1


def _starters(contents: Contents, fixed: Catalogue) -> Mapping[str, int]:
    chosen = ((fixed.positions.get(name), text) for name, text in contents.groups.starters)
    return {text or question_of(contents.units[at]): at for at, text in chosen if at is not None}


def _twins(
    units: Sequence[UnitKey | Unit], subjects: NDArray[np.int64], roles: Roles
) -> Mapping[int, int]:
    """Pair the units whose titles differ in nothing but the role that they are about."""
    alike: dict[str, list[int]] = {}
    for at in map(int, np.flatnonzero(subjects != -1)):
        title = roles.masked(units[at].title)
        if title != units[at].title:
            alike.setdefault(title, []).append(at)
    pairs = [pair for pair in alike.values() if len({int(subjects[at]) for at in pair}) == 2]
    return {one: other for pair in pairs if len(pair) == 2 for one, other in (pair, pair[::-1])}


def _parsed(loaded: version_store.Loaded, name: str, parse: Callable[[Buffer], Part]) -> Part:
    with version_store.blamed(loaded.folder / name):
        return parse(tensors.read(version_store.listed(loaded.folder, loaded.manifest, name)))
