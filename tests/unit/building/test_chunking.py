from dataclasses import replace
from pathlib import Path

import pytest

from corpus import Corpus
from index.building.chunking import LONGEST_PASSAGE, LONGEST_PHRASED, chunk, chunks_of, passages
from index.datatypes import ChunkRole, Kind, Side, Source, Unit
from index.ranking.passage_scorer import ENOUGH, MOST_UNITS

WAYS = tuple(f"how is pay {number}" for number in range(ENOUGH))


def unit_of(corpus: Corpus, id_: str) -> Unit:
    return {unit.id: unit for unit in chunk(corpus).units}[id_]


def texts_of(corpus: Corpus, id_: str) -> list[tuple[ChunkRole, str, str]]:
    chunked = chunk(corpus)
    position = [unit.id for unit in chunked.units].index(id_)
    return [(c.role, c.text, c.embedded) for c in chunked.chunks if c.unit == position]


def test_units_stand_in_the_order_of_the_corpus_and_sides_are_not_among_them(
    corpus: Corpus,
) -> None:
    units = chunk(corpus).units

    assert [(unit.id, unit.kind) for unit in units] == [
        ("art-baker", Kind.PASSAGE),
        ("art-baker-tasks", Kind.PASSAGE),
        ("art-task-dough", Kind.PASSAGE),
        ("art-task-baking", Kind.PASSAGE),
        ("art-hours", Kind.COMPARISON),
        ("training", Kind.PASSAGE),
        ("faq-pay", Kind.FAQ),
        ("faq-start", Kind.FAQ),
        ("faq-switch", Kind.FAQ),
        ("faq-night", Kind.FAQ),
        ("out-recipes", Kind.BOUNDARY),
        ("out-other-jobs", Kind.BOUNDARY),
        ("talk-greeting", Kind.SMALLTALK),
        ("talk-thanks", Kind.SMALLTALK),
    ]


def test_paired_section_has_its_sides_with_the_names_of_their_roles(corpus: Corpus) -> None:
    sides = unit_of(corpus, "art-hours").sides

    assert [(side.role, side.label, side.id, side.text) for side in sides] == [
        ("baker", "Baker", "art-hours--baker", "Bakers start at two in the morning."),
        ("cook", "Cook", "art-hours--cook", "Cooks work until late in the evening."),
    ]


def test_list_item_is_titled_by_its_heading_and_its_lead(corpus: Corpus) -> None:
    unit = unit_of(corpus, "art-task-dough")

    assert (unit.title, unit.parent, unit.level, unit.url) == (
        "Tasks of a baker: Dough",
        "art-baker-tasks",
        0,
        "/faq#art-task-dough",
    )


def test_canned_answer_has_its_own_question_first(corpus: Corpus) -> None:
    unit = unit_of(corpus, "faq-pay")

    assert unit.questions == (
        "Do cooks earn more than bakers?",
        "cook or baker, who earns more",
        "are cooks better paid",
    )
    assert unit.sources == (Source("The Kitchen Handbook", "https://example.org/handbook"),)
    assert (unit.title, unit.url, unit.related) == (
        "Do cooks earn more than bakers?",
        "/faq#faq-pay",
        ("faq-start", "art-hours"),
    )


def cited(folder: Path, unit: Unit | Side) -> bytes:
    data = (folder / unit.citation.document).read_bytes()
    return data[unit.citation.start : unit.citation.end]


def test_first_words_of_every_unit_stand_where_its_citation_says(corpus: Corpus) -> None:
    for unit in chunk(corpus).units:
        parts: tuple[Unit | Side, ...] = (unit, *unit.sides)
        for part in parts:
            assert part.text.split()[0].encode() in cited(corpus.folder, part), part.id


def test_chunks_of_a_comparison_are_title_questions_text_and_sides(corpus: Corpus) -> None:
    unit = unit_of(corpus, "art-hours")

    roles = texts_of(corpus, "art-hours")

    assert roles[0] == (ChunkRole.QUESTION, "Working hours", "Differences: Working hours")
    assert [text for role, text, _ in roles if role is ChunkRole.VARIANT] == list(unit.questions)
    assert [item for item in roles if item[0] is ChunkRole.PASSAGE] == [
        (ChunkRole.PASSAGE, text, f"Working hours\n{text}")
        for text in (unit.text, *(side.text for side in unit.sides))
    ]


def test_question_of_a_canned_answer_is_one_chunk_only(corpus: Corpus) -> None:
    texts = [text for _, text, _ in texts_of(corpus, "faq-pay")]

    assert texts.count("Do cooks earn more than bakers?") == 1


def test_sentences_are_read_below_their_title_where_hardly_anybody_wrote_how_people_ask(
    corpus: Corpus,
) -> None:
    few, many = unit_of(corpus, "faq-pay"), replace(unit_of(corpus, "faq-pay"), questions=WAYS)

    parts = chunks_of([few, many], [])

    said = [part.text for part in parts if part.role is ChunkRole.SENTENCE and not part.unit]
    titled = [part for part in parts if part.role is ChunkRole.TITLED]
    assert len(said) == 2
    assert [(part.unit, part.text) for part in titled] == [(0, text) for text in said]
    assert [part.embedded for part in titled] == [f"{few.title}\n{text}" for text in said]


def test_phrases_of_a_short_answer_stand_for_a_unit_with_hardly_any_variants(
    corpus: Corpus,
) -> None:
    few = replace(unit_of(corpus, "faq-pay"), text="Free bread, and a day off.")
    long = replace(few, text=f"{few.text} {'bread ' * LONGEST_PHRASED}")

    parts = chunks_of([few, replace(few, questions=WAYS), long], [])

    said = [(part.unit, part.embedded) for part in parts if part.role is ChunkRole.PHRASE]
    assert said == [(0, "Free bread"), (0, "day off")]


def test_very_many_units_do_without_phrases_and_sentences_below_titles(corpus: Corpus) -> None:
    units = [unit_of(corpus, "faq-pay")] * (MOST_UNITS + 1)

    roles = {part.role for part in chunks_of(units, [])}
    assert roles.isdisjoint({ChunkRole.PHRASE, ChunkRole.TITLED})


@pytest.mark.parametrize("id_", ["out-recipes", "talk-greeting"])
def test_reply_that_is_no_content_is_not_searched(corpus: Corpus, id_: str) -> None:
    assert ChunkRole.PASSAGE not in {role for role, _, _ in texts_of(corpus, id_)}


def test_every_unit_has_a_chunk_and_chunks_follow_their_units(corpus: Corpus) -> None:
    chunked = chunk(corpus)

    positions = [c.unit for c in chunked.chunks]

    assert positions == sorted(positions)
    assert set(positions) == set(range(len(chunked.units)))


def test_short_text_stays_whole() -> None:
    assert passages("One. Two.\n- Three.") == ("One. Two.\n- Three.",)


def test_long_text_is_cut_at_sentence_ends_into_parts_of_about_equal_length() -> None:
    sentences = [f"Sentence {number} has exactly six words." for number in range(60)]

    parts = passages(" ".join(sentences))

    assert " ".join(parts) == " ".join(sentences)
    assert [len(part.split()) for part in parts] == [180, 180]


def test_no_part_is_longer_than_the_encoder_reads() -> None:
    sentences = [f"{'word ' * (number % 40 + 1)}end." for number in range(50)]

    parts = passages(" ".join(sentences))

    assert " ".join(parts) == " ".join(sentences)
    assert max(len(part.split()) for part in parts) <= LONGEST_PASSAGE


def test_single_endless_sentence_is_one_part() -> None:
    text = "word " * 300

    assert passages(text) == (text.strip(),)
