import numpy as np
import pytest

from service.analytics.clustering import Cluster, cluster
from tests.support.encoding import HandEncoder

ENCODER = HandEncoder()


def clustered(texts: list[str], weights: list[int], threshold: float = 0.7) -> list[list[str]]:
    found = cluster(ENCODER.encode(texts), weights, threshold)
    return [[texts[member] for member in group.members] for group in found]


def test_texts_that_ask_the_same_come_together_and_the_most_asked_first() -> None:
    texts = ["bread", "pay", "bread dough", "pay", "oven"]

    assert clustered(texts, [1, 2, 5, 4, 1]) == [["pay", "pay"], ["bread dough", "bread"], ["oven"]]


def test_medoid_is_the_text_nearest_to_all_by_how_often_each_was_asked() -> None:
    # "bread dough" lies halfway between the other two, at 0.707 of each.
    vectors = ENCODER.encode(["bread", "bread dough", "dough"])

    assert cluster(vectors, [1, 3, 1], 0.6) == (Cluster(medoid=1, members=(1, 0, 2), weight=5),)
    assert [group.medoid for group in cluster(vectors, [9, 1, 1], 0.6)] == [0, 2]


def test_text_moves_to_the_cluster_whose_mean_is_nearer() -> None:
    """At 30 degrees it is nearer to the leader at 0; once -40 has joined that one, no more."""
    angles = np.deg2rad([0.0, -40.0, 62.0, 30.0])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)

    found = cluster(vectors, [3, 2, 2, 1], threshold=0.74)

    assert [(group.members, group.weight) for group in found] == [((0, 1), 5), ((2, 3), 3)]


def test_same_texts_give_the_same_clusters_in_any_number() -> None:
    generator = np.random.default_rng(7)
    vectors = generator.normal(size=(300, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    weights = [int(weight) for weight in generator.integers(1, 9, size=300)]

    found = cluster(vectors, weights)

    assert found == cluster(vectors, weights)
    assert sorted(member for group in found for member in group.members) == list(range(300))
    assert sum(group.weight for group in found) == sum(weights)


@pytest.mark.parametrize("threshold", [-1.0, 1.1])
def test_threshold_decides_from_one_cluster_to_one_for_each(threshold: float) -> None:
    texts = ["bread", "pay", "oven"]

    assert len(clustered(texts, [1, 1, 1], threshold)) == (1 if threshold < 0 else 3)


def test_no_texts_give_no_clusters() -> None:
    assert cluster(ENCODER.encode([]), []) == ()
