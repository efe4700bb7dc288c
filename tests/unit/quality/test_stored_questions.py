"""What is computed for many questions at once is what asking one after the other finds."""

from dataclasses import replace

import pytest

from index.datatypes import ChunkRole
from index.quality import leave_one_out as one_by_one
from index.quality import stored_questions
from index.quality.leave_one_out import _RankerWithoutOne, leave_one_out
from index.quality.opened_version import BEFORE_ANY_EXPIRY, OpenedVersion
from index.retriever import Retriever


def asking(version: OpenedVersion) -> list[int]:
    roles = (ChunkRole.QUESTION, ChunkRole.VARIANT)
    return [at for at, chunk in enumerate(version.loaded.contents.chunks) if chunk.role in roles]


def test_texts_asked_as_they_stand_get_the_replies_of_a_retriever(version: OpenedVersion) -> None:
    positions, chunks = asking(version), version.loaded.contents.chunks
    today = lambda: BEFORE_ANY_EXPIRY  # noqa: E731 - given twice
    texts = [chunks[at].text for at in positions]
    quick = stored_questions.retriever(version.knowledge, version.encoder, texts, today)
    plain = Retriever(version.knowledge, version.encoder, today=today)
    texts.append("does a baker bake bread at night?")

    replies = [one_by_one.tested(quick, text, "unit") for text in texts]

    assert replies == [one_by_one.tested(plain, text, "unit") for text in texts]


def test_texts_of_several_blocks_are_told_apart(
    version: OpenedVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    positions = asking(version)
    whole = stored_questions.products_of_texts(version.knowledge, positions)
    monkeypatch.setattr(stored_questions, "_BLOCK", 3)
    blocks = stored_questions.products_of_texts(version.knowledge, positions)
    assert whole is not None
    assert blocks is not None

    for place in (*range(len(positions)), 0, 4, 3):
        one, other = blocks.of(place), whole.of(place)
        assert one.cosines == pytest.approx(other.cosines, abs=1e-6)
        assert one.views.ngrams.tolist() == other.views.ngrams.tolist()
        assert one.views.classes == pytest.approx(other.views.classes, abs=1e-6)


def test_products_are_what_search_and_ranker_find(version: OpenedVersion) -> None:
    knowledge, positions = version.knowledge, asking(version)
    computed = stored_questions.products_of_texts(knowledge, positions)
    assert computed is not None

    for place, position in enumerate(positions):
        text, vector = (
            knowledge.contents.chunks[position].embedded,
            knowledge.contents.dense.row(position),
        )
        question, views = computed.of(place), knowledge.ranker._views(vector[None], text)
        cosines = knowledge.search.find(vector, text).cosines
        assert question.cosines == pytest.approx(cosines, abs=1e-6)
        assert question.views.ngrams == pytest.approx(views.ngrams, abs=1e-6)
        assert question.views.classes == pytest.approx(views.classes, abs=1e-6)


def test_leave_one_out_in_blocks_finds_what_one_by_one_does(
    version: OpenedVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = leave_one_out(version)
    assert len(at_once) > 1
    monkeypatch.setattr(stored_questions, "is_computable", lambda knowledge: False)

    assert leave_one_out(version) == at_once


def test_index_without_a_classifier_is_asked_one_by_one(version: OpenedVersion) -> None:
    model = replace(version.knowledge.ranker.model, classifier=None)
    knowledge = replace(version.knowledge, ranker=_RankerWithoutOne(model, 1))

    assert stored_questions.products_of_texts(knowledge, asking(version)) is None
