from dataclasses import replace
from pathlib import Path

import pytest

from corpus import load
from index.building.builder import build, recipe
from index.datatypes import ChunkRole
from index.quality.leave_one_out import _RankerWithoutOne, leave_one_out
from index.quality.opened_version import OpenedVersion, Reply, open_version, reply_of
from index.ranking.unit_scorer import Ranker
from index.retriever import Retriever
from index.versions import version_store
from tests.support.encoding import HandEncoder


def test_every_variant_is_asked_once(version: OpenedVersion) -> None:
    contents = version.loaded.contents
    variants = [chunk for chunk in contents.chunks if chunk.role is ChunkRole.VARIANT]

    asked = leave_one_out(version)

    assert [(tried.question, tried.unit) for tried in asked] == [
        (chunk.text, contents.units[chunk.unit].id) for chunk in variants
    ]


def test_same_version_says_the_same_twice(version: OpenedVersion) -> None:
    assert leave_one_out(version) == leave_one_out(version)


def test_variant_that_nothing_else_stands_for_is_not_found_without_itself(
    content: Path, runtime: Path, tmp_path: Path
) -> None:
    path = content / "faqs" / "jobs.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[night work in a bakery]", "[butcher butcher]"))
    build(load(content), tmp_path / "i", HandEncoder(), recipe(runtime), cache=tmp_path / "c")

    changed = open_version(version_store.load(tmp_path / "i"), HandEncoder())
    tried = {trial.question: trial for trial in leave_one_out(changed)}

    assert tried["butcher butcher"].unit == "faq-night"
    assert tried["butcher butcher"].first != "faq-night"
    assert tried["butcher butcher"].reply.unit != "faq-night"


def test_views_are_those_of_an_index_built_without_the_variant(version: OpenedVersion) -> None:
    """The head is exact for n-grams and weights of texts that stay; the test builds it so."""
    contents = version.loaded.contents
    model = version.knowledge.ranker.model
    position = int(model.sampled[0])
    chunk = contents.chunks[position]
    vector = contents.dense.vectors[position]
    leaving = _RankerWithoutOne(model, len(contents.units))
    leaving.leave_out(position, chunk)

    found = leaving.score(contents.dense.scores(vector), vector[None], "ignored")

    others = [at for at in range(len(contents.chunks)) if at != position]
    units = len(contents.units)
    kept = tuple(contents.chunks[at] for at in others)
    texts = [other.embedded for other in kept]
    rows = model.ngrams.sparse(texts).dense()
    row = model.ngrams.row(chunk.embedded)
    own = [at for at, other in enumerate(kept) if other.unit == chunk.unit]
    cosines = contents.dense.vectors[others] @ vector
    assert found.cosine[chunk.unit] == pytest.approx(float(cosines[own].max()), abs=1e-6)
    assert found.spelling[chunk.unit] == pytest.approx(float((rows[own] @ row).max()), abs=1e-6)
    assert found.total.shape == (units,)


def test_text_that_was_left_out_is_back_for_the_next_question(version: OpenedVersion) -> None:
    contents = version.loaded.contents
    model = version.knowledge.ranker.model
    first, second = (int(position) for position in model.sampled[:2])
    vector = contents.dense.vectors[second]

    def scored(*left_out: int) -> list[float]:
        leaving = _RankerWithoutOne(model, len(contents.units))
        for position in left_out:
            leaving.leave_out(position, contents.chunks[position])
        cosines = contents.dense.scores(vector)
        return list(map(float, leaving.score(cosines, vector[None], "").total))

    assert scored(first, second) == scored(second)


def test_index_without_a_classifier_is_asked_by_words_without_the_variant(
    version: OpenedVersion,
) -> None:
    contents = version.loaded.contents
    model = version.knowledge.ranker.model
    without_classifier = replace(model, classifier=None)
    position = int(model.sampled[0])
    chunk, vector = contents.chunks[position], contents.dense.vectors[position]
    leaving = _RankerWithoutOne(without_classifier, len(contents.units))
    leaving.leave_out(position, chunk)
    cosines = contents.dense.scores(vector)

    words = contents.lexical.scores(chunk.embedded)
    found = leaving.score(cosines, vector[None], chunk.embedded, words)

    whole = Ranker(without_classifier).score(cosines, vector[None], chunk.embedded, words)
    wordless = leaving.score(cosines, vector[None], chunk.embedded)
    assert not found.classifier.any()
    assert wordless.total[chunk.unit] <= found.total[chunk.unit] < whole.total[chunk.unit]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Do bakers work at night?", Reply("answer", "faq-night")),
        ("recipe for onion soup", Reply("no_answer", "out-recipes")),
    ],
)
def test_outcome_is_summed_up(retriever: Retriever, question: str, expected: Reply) -> None:
    assert reply_of(retriever.answer(question)) == expected


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Reply("answer", "faq-1"), "faq-1"),
        (Reply("clarify", None), "a question back"),
        (Reply("no_answer", None), "no answer"),
        (Reply("no_answer", "out-x"), "no answer (out-x)"),
        (Reply("smalltalk", "talk-hi"), "talk-hi"),
    ],
)
def test_what_was_said_reads_as_words(found: Reply, words: str) -> None:
    assert str(found) == words
