from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from math import log

import numpy as np
import pytest

from index.datatypes import Citation, Kind, Scores, Unit
from index.ranking import candidates
from index.ranking.calibration import CLASSIFIER_CAP, LEAD_CAP, OUT_OF_SCOPE_MARGIN, Evidence
from index.ranking.candidates import CLOSE_MARGIN, PARENT_MARGIN, Catalogue
from index.ranking.unit_scorer import UnitScores
from index.ranking.word_counts import WordUses

FAQ, PASSAGE, BOUNDARY, TALK = Kind.FAQ, Kind.PASSAGE, Kind.BOUNDARY, Kind.SMALLTALK


def unit(name: str, kind: Kind = FAQ, parent: str | None = None) -> Unit:
    return Unit(
        id=name, kind=kind, document="faqs/a.yaml", document_title="", title=name, level=0,
        trail=(), text=name, markdown=name, html=name, url="/faq", owner="",
        reviewed=date(2026, 1, 1), valid_until=None, sources=(), related=(), questions=(name,),
        parent=parent, sides=(), citation=Citation("faqs/a.yaml", 0, 1, ""),
    )  # fmt: skip


def catalogue(
    kinds: Sequence[Kind],
    equivalents: Sequence[Sequence[int]] = (),
    parents: Mapping[int, int] | None = None,
) -> Catalogue:
    """What is fixed about units that are named by their positions."""
    given = parents or {}
    units = [
        unit(str(n), kind, str(given[n]) if n in given else None) for n, kind in enumerate(kinds)
    ]
    return candidates.catalogue(units, [[str(one) for one in group] for group in equivalents])


def row(values: Sequence[float]) -> Scores:
    return np.array(values, dtype=np.float32)


def scores(
    total: Sequence[float],
    classifier: Sequence[float] | None = None,
    cosine: Sequence[float] | None = None,
    outside: tuple[float, float] = (-1.0, 0.0),
    sparseness: Sequence[float] | None = None,
) -> UnitScores:
    """Scores of units; of the background the cosine and what the head gives it."""
    zeros = [0.0] * len(total)
    return UnitScores(
        cosine=row(cosine or zeros),
        classifier=row(classifier or zeros),
        spelling=row(zeros),
        total=row(total),
        out_of_scope_cosine=outside[0],
        out_of_scope_classifier=outside[1],
        sparseness=row(sparseness or zeros),
        words=WordUses(np.zeros((0, len(total)), dtype=np.float32), row(zeros)),
        agreement=row(zeros),
    )


def test_catalogue_separates_content_from_boundaries_and_smalltalk() -> None:
    fixed = catalogue([FAQ, PASSAGE, Kind.COMPARISON, BOUNDARY, TALK])

    assert fixed.content.tolist() == [True, True, True, False, False]


def test_catalogue_names_equivalents_and_parents_by_position() -> None:
    units = [unit("a"), unit("list", PASSAGE), unit("item", PASSAGE, "list"), unit("b")]

    fixed = candidates.catalogue(units, [["a", "b", "art-x--se"]])

    assert fixed.equivalents == {0: (3,), 3: (0,)}
    assert fixed.parents == {2: 1}


def test_equivalents_share_the_classifiers_score() -> None:
    fixed = catalogue([FAQ] * 4, [[0, 2, 3]])

    shared = candidates.totals(scores([1.0, 1.0, 1.0, 1.0], [0.5, 0.4, 0.25, -0.25]), fixed)

    # Each adds what the others have of the head; what speaks against them is not shared.
    assert shared.tolist() == [1.25, 1.0, 1.5, 1.75]


def test_scores_are_not_changed_by_sharing() -> None:
    given = scores([1.0, 2.0], [1.0, 1.0])

    candidates.totals(given, catalogue([FAQ, FAQ], [[0, 1]]))

    assert given.total.tolist() == [1.0, 2.0]


def test_equivalents_together_beat_a_stronger_single_unit() -> None:
    given = scores([0.5, 0.6, 0.4], [0.5, 0.6, 0.4])

    assert candidates.choose(given, catalogue([FAQ] * 3), 1.0).unit == 1
    assert candidates.choose(given, catalogue([FAQ] * 3, [[0, 2]]), 1.0).unit == 0


def test_first_of_equally_good_units_is_chosen() -> None:
    assert candidates.choose(scores([0.2, 0.7, 0.7]), catalogue([FAQ] * 3), 1.0).unit == 1


def test_best_unit_of_the_content_is_the_candidate_and_the_best_other_its_out_of_scope() -> None:
    fixed = catalogue([FAQ, FAQ, BOUNDARY, TALK])

    found = candidates.choose(scores([0.25, 0.5, 0.75, 1.5]), fixed, 1.0)

    assert (found.unit, found.total) == (1, 0.5)
    assert (found.out_of_scope, found.out_of_scope_total) == (3, 1.5)


def test_corpus_without_boundaries_and_smalltalk_has_no_out_of_scope() -> None:
    found = candidates.choose(scores([0.5], [0.5], [0.25]), catalogue([FAQ]), 1.0)

    assert found.evidence == Evidence(0.25, log(0.5), 0.0, 0.0, 0.0)
    assert (found.out_of_scope, found.out_of_scope_total) == (None, -np.inf)


def test_out_of_scope_sentences_are_never_returned() -> None:
    given = scores([0.5], [0.5], [0.25], outside=(0.75, 0.125))

    found = candidates.choose(given, catalogue([FAQ]), 0.5)

    assert found.evidence == Evidence(0.25, 0.0, 0.0, 0.25, 0.5 + OUT_OF_SCOPE_MARGIN)
    assert found.out_of_scope is None


def test_units_that_were_not_searched_are_no_candidate_and_no_rival() -> None:
    fixed, unsearched = catalogue([BOUNDARY, FAQ, FAQ]), -np.inf

    only = candidates.choose(scores([0.25, unsearched, 0.5]), fixed, 1.0)
    none = candidates.choose(scores([0.25, unsearched, unsearched]), fixed, 1.0)

    assert (only.unit, only.content.tolist(), only.evidence.lead) == (2, [2], 0.0)
    assert (none.content.tolist(), none.evidence.lead) == ([], 0.0)


@pytest.mark.parametrize(
    ("total", "given"),
    [
        ([0.1, 1.0, 0.95, 0.2], 0),
        ([0.95, 1.0, 0.1, 0.2], 0),
        ([0.1, 1.0, 1.0 - PARENT_MARGIN - 0.01, 0.99], 1),
        ([1.0, 0.9, 0.95, 0.2], 0),
        ([0.1, 0.2, 0.3, 1.0], 3),
    ],
    ids=["close-item", "close-list", "no-close-one", "list-is-best", "outside-the-list"],
)
def test_list_is_given_for_an_item_when_the_list_or_another_item_is_close(
    total: list[float], given: int
) -> None:
    fixed = catalogue([PASSAGE] * 3 + [FAQ], parents={1: 0, 2: 0})

    assert candidates.choose(scores(total), fixed, 1.0).unit == given


def test_list_given_for_an_item_is_weighed_by_the_item() -> None:
    fixed = catalogue([PASSAGE, PASSAGE, PASSAGE, BOUNDARY], parents={1: 0, 2: 0})

    found = candidates.choose(
        scores([0.125, 1.0, 0.9375, 0.75], [0.0, 0.5, 0.25, 0.125], [0.125, 0.5, 0.75, 0.25]),
        fixed,
        0.5,
    )

    assert (found.unit, found.total, found.out_of_scope_total) == (0, 1.0, 0.75)
    assert found.evidence == Evidence(
        cosine=0.75,  # of the best item
        classifier=log((0.5 + 0.25) / 0.5),  # of both items
        spelling=0.0,
        out_of_scope_classifier=0.125 / 0.5,
        out_of_scope_lead=0.0,
    )


def test_evidence_counts_equivalents_and_caps_the_classifier() -> None:
    fixed = catalogue([FAQ, FAQ, FAQ, TALK], [[0, 1]])

    found = candidates.choose(
        scores([1.0, 0.0, 0.0, 0.0], [0.5, 0.5, 0.5, -1.0], [0.25, 0.5, 0.75, 0.5]), fixed, 0.25
    )

    assert found.evidence == Evidence(
        cosine=0.5,
        classifier=log(CLASSIFIER_CAP),
        spelling=0.0,
        out_of_scope_classifier=0.0,
        out_of_scope_lead=OUT_OF_SCOPE_MARGIN,
        lead=1.5,  # the classifier's score of the equivalent counts, too
    )


@pytest.mark.parametrize(
    ("total", "lead"),
    [
        ([1.0, 0.875, 0.75, 0.5, 0.9], 0.5),  # 1 says the same, 2 is an item, 4 is out of scope
        ([0.125, 0.5, 1.0, 0.75, 0.0], 0.25),  # an item is ahead of what is not in its list
        ([9.0, 0.0, 0.0, 0.5, 0.0], LEAD_CAP),
    ],
    ids=["family", "item", "capped"],
)
def test_lead_is_over_the_best_unit_that_says_something_else(
    total: list[float], lead: float
) -> None:
    fixed = catalogue([PASSAGE, FAQ, PASSAGE, FAQ, BOUNDARY], [[0, 1]], parents={2: 0})

    assert candidates.choose(scores(total), fixed, 1.0).evidence.lead == lead


def test_list_is_as_well_known_as_the_best_known_of_its_items() -> None:
    fixed = catalogue([PASSAGE, PASSAGE, PASSAGE], parents={1: 0, 2: 0})

    found = candidates.choose(scores([1.0, 0.5, 0.5], sparseness=[1.0, 0.25, 0.75]), fixed, 1.0)

    assert (found.unit, found.evidence.sparseness) == (0, 0.25)


def alternatives(total: list[float], fixed: Catalogue, limit: int = 3) -> tuple[int, ...]:
    given = scores(total)
    return candidates.alternatives(candidates.choose(given, fixed, 1.0), fixed, limit)


def test_alternatives_are_close_units_of_the_content_best_first() -> None:
    fixed = catalogue([FAQ, FAQ, FAQ, BOUNDARY, FAQ])

    assert alternatives([0.875, 1.0, 1.0 - CLOSE_MARGIN - 0.01, 1.5, 0.9375], fixed) == (1, 4, 0)


def test_alternatives_to_a_unit_with_hardly_any_variants_are_further_away() -> None:
    given = scores(
        [1.0, 1.0 - 4 * CLOSE_MARGIN, 0.99 - 4 * CLOSE_MARGIN], sparseness=[1.0, 1.0, 1.0]
    )
    fixed = catalogue([FAQ] * 3)
    candidate = candidates.choose(given, fixed, 1.0)

    assert candidates.alternatives(candidate, fixed, 3) == (0, 1)


def test_alternatives_are_at_most_as_many_as_asked_for() -> None:
    assert alternatives([1.0, 1.0, 1.0], catalogue([FAQ] * 3), limit=2) == (0, 1)


def test_alternatives_say_something_else() -> None:
    kinds = [FAQ, FAQ, PASSAGE, PASSAGE, FAQ]
    fixed = catalogue(kinds, [[0, 1]], parents={3: 2})

    # 1 is equivalent to 0, and 3 is an item of 2.
    assert alternatives([1.0, 0.96, 0.94, 0.92, 0.9], fixed) == (0, 2, 4)
    assert alternatives([1.0, 0.96, 0.90, 0.92, 0.94], fixed) == (0, 4, 3)


def test_single_unit_has_no_alternative() -> None:
    assert alternatives([1.0], catalogue([FAQ])) == (0,)


def test_unit_that_is_left_out_competes_no_more() -> None:
    fixed = catalogue([FAQ, BOUNDARY, TALK])
    counts = np.array([[1.0, 4.0, 1.0]], dtype=np.float32)
    given = replace(
        scores([0.5, 0.75, 0.25], [0.5, 0.75, 0.25], cosine=[0.5, 0.75, 0.25]),
        words=WordUses(counts, row([4.0, 4.0, 4.0])),
    )

    found = candidates.choose(candidates.without(given, 1), fixed, 1.0)

    assert (found.unit, found.out_of_scope, found.out_of_scope_total) == (0, 2, 0.25)
    assert found.order.tolist() == [0, 2]
    assert found.evidence.out_of_scope_classifier == 0.25
    assert found.evidence.words == 0.0  # as often in both of those that are left
    assert given.total.tolist() == [0.5, 0.75, 0.25]
