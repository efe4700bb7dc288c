from pathlib import Path

import pytest

from index.datatypes import ChunkRole, Kind
from index.ranking.unit_scorer import OutOfScope
from index.training import variant_removal
from index.versions import version_store
from index.versions.version_store import Contents
from tests.support.encoding import Remembering


@pytest.fixture
def contents(index_folder: Path) -> Contents:
    return version_store.load(index_folder).contents


def variants(contents: Contents, *kinds: Kind) -> list[str]:
    return [
        chunk.text
        for chunk in contents.chunks
        if chunk.role is ChunkRole.VARIANT and contents.units[chunk.unit].kind in kinds
    ]


def test_variants_become_questions_and_are_gone(
    contents: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(variant_removal, "LEFT_OUT", 0.0)

    found = variant_removal.thin(contents, 0, 0)

    answers = [chunk.text for chunk in found.questions if chunk.unit >= 0]
    strangers = [chunk.text for chunk in found.questions if chunk.unit < 0]
    kept = {chunk.text for chunk in found.chunks if chunk.role is ChunkRole.VARIANT}
    assert sorted(strangers) == sorted(variants(contents, Kind.BOUNDARY))
    assert sorted(answers) == sorted(variants(contents, Kind.FAQ, Kind.PASSAGE, Kind.COMPARISON))
    assert kept == set(variants(contents, Kind.SMALLTALK))
    assert Kind.BOUNDARY not in {unit.kind for unit in found.units}


def test_some_variants_and_examples_are_kept_on_request(contents: Contents) -> None:
    found = variant_removal.thin(contents, 1, 1)

    asked = {chunk.text for chunk in found.questions}
    kept = [chunk for chunk in found.chunks if chunk.role is ChunkRole.VARIANT]
    assert Kind.BOUNDARY in {unit.kind for unit in found.units}
    assert not {chunk.text for chunk in kept} & asked
    for position, unit in enumerate(found.units):
        if unit.kind is not Kind.SMALLTALK:
            assert len([chunk for chunk in kept if chunk.unit == position]) <= 1


def test_answers_are_left_out_with_what_says_the_same(
    contents: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(variant_removal, "LEFT_OUT", 0.5)

    found = variant_removal.thin(contents, 0, 0)

    left = {unit.id for unit in found.units}
    answers = {u.id for u in contents.units if u.kind not in (Kind.BOUNDARY, Kind.SMALLTALK)}
    assert 0 < len(answers - left) <= len(answers) / 2
    for group in contents.groups.equivalents:
        assert not left & set(group) or answers & set(group) <= left
    for unit in contents.units:
        assert not unit.parent or (unit.id in left) == (unit.parent in left)


def test_texts_belong_to_the_units_that_are_left(contents: Contents) -> None:
    found = variant_removal.thin(contents, 0, 0)

    titles = [chunk for chunk in found.chunks if chunk.role is ChunkRole.QUESTION]
    assert [found.units[chunk.unit].title for chunk in titles] == [u.title for u in found.units]


def test_thinned_index_is_drawn_alike_every_time(contents: Contents) -> None:
    assert variant_removal.thin(contents, 1, 1) == variant_removal.thin(contents, 1, 1)


def test_sample_is_right_when_the_unit_was_found_that_lost_the_question(
    contents: Contents,
) -> None:
    encoder = Remembering()
    thinned = variant_removal.thin(contents, 0, 0)
    out_of_scope = OutOfScope((), encoder.encode(["night"])[:0])

    found = list(
        variant_removal.samples(thinned, contents.groups.equivalents, encoder, out_of_scope)
    )

    assert [sample.group for sample in found] == [chunk.text for chunk in thinned.questions]
    assert all(sample.evidence.sparseness == 1.0 for sample in found)
    assert any(sample.right for sample in found)
    assert not any(s.right for s, c in zip(found, thinned.questions, strict=True) if c.unit < 0)
