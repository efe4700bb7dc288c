from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.building.classifier_cache import KEPT, ClassifierCache, key_of
from index.ranking.intent_classifier import IntentClassifier
from index.ranking.unit_scorer import ClassifierInput
from index.text.character_ngrams import fit

TEXTS = ["how do I become a baker", "what does a cook earn", "bread", "is dough heavy"]


@pytest.fixture
def data() -> ClassifierInput:
    vectors = np.eye(4, 6, dtype=np.float32)
    return ClassifierInput(vectors, fit(TEXTS).sparse(TEXTS), [0, 0, 1, 2], 3, [1])


def same(one: IntentClassifier, other: IntentClassifier) -> bool:
    return (
        one.weights.tobytes() == other.weights.tobytes()
        and one.typical == other.typical
        and one.leverages.tobytes() == other.leverages.tobytes()
    )


class NeverFitted(ClassifierInput):
    """Fails where it would have to be fitted."""

    def fit(self) -> IntentClassifier:
        raise AssertionError("it is in the cache")


def test_classifier_is_the_same_from_the_cache_and_without_it(
    data: ClassifierInput, tmp_path: Path
) -> None:
    cache = ClassifierCache(tmp_path / "classifiers")
    fitted = cache.fit(data)

    found = cache.fit(
        NeverFitted(data.vectors, data.ngrams, data.classes, data.count, data.sampled)
    )

    assert same(found, fitted)
    assert same(found, data.fit())


@pytest.mark.parametrize(
    "change",
    [
        lambda data: replace(data, vectors=data.vectors[::-1]),
        lambda data: replace(data, ngrams=fit(TEXTS[:2]).sparse(TEXTS)),
        lambda data: replace(data, classes=[0, 1, 1, 2]),
        lambda data: replace(data, count=4),
        lambda data: replace(data, sampled=[0, 1]),
    ],
    ids=["vectors", "ngrams", "classes", "count", "sampled"],
)
def test_whatever_a_classifier_depends_on_names_it(data: ClassifierInput, change: "object") -> None:
    assert key_of(change(data)) != key_of(data)  # type: ignore[operator]


def test_damaged_file_is_fitted_again(data: ClassifierInput, tmp_path: Path) -> None:
    cache = ClassifierCache(tmp_path)
    fitted = cache.fit(data)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:40])

    assert same(cache.fit(data), fitted)
    assert same(cache.fit(data), fitted)


def test_only_the_newest_classifiers_stay(data: ClassifierInput, tmp_path: Path) -> None:
    cache = ClassifierCache(tmp_path)

    for count in range(3, 3 + KEPT + 2):
        cache.fit(replace(data, count=count))

    assert len([*tmp_path.iterdir()]) == KEPT
