from index.building.sampling import sample
from index.datatypes import Chunk, ChunkRole


def chunks(*sizes: int) -> tuple[Chunk, ...]:
    """Each unit has a title and some variants."""
    return tuple(
        Chunk(
            unit,
            ChunkRole.VARIANT if number else ChunkRole.QUESTION,
            f"text {unit} {number}",
            f"text {unit} {number}",
        )
        for unit, size in enumerate(sizes)
        for number in range(size + 1)
    )


def test_all_variants_of_small_units_are_chosen_and_nothing_else() -> None:
    assert sample(chunks(2, 0, 1), per_unit=3) == (1, 2, 5)


def test_unit_with_many_variants_counts_no_more_than_others() -> None:
    given = chunks(50, 2)

    chosen = sample(given, per_unit=3)

    assert [given[position].unit for position in chosen] == [0, 0, 0, 1, 1]


def test_large_corpus_is_sampled_by_whole_units() -> None:
    given = chunks(*[4] * 100)

    chosen = sample(given, per_unit=3, most=30)

    assert len(chosen) == 30
    assert len({given[position].unit for position in chosen}) == 10


def test_new_variant_replaces_one_of_its_unit_at_most() -> None:
    before, after = chunks(20, 20), chunks(20, 21)

    texts = [{given[at].text for at in sample(given)} for given in (before, after)]

    assert len(texts[0] - texts[1]) <= 1


def test_new_unit_replaces_whole_units_at_most() -> None:
    before, after = chunks(*[3] * 40), chunks(*[3] * 41)

    texts = [{given[at].text for at in sample(given, most=60)} for given in (before, after)]

    assert len(texts[0] - texts[1]) <= 3


def test_corpus_without_variants_is_asked_nothing() -> None:
    assert sample(chunks(0, 0)) == ()
