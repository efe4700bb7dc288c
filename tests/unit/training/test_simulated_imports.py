from index.datatypes import ChunkRole
from index.evaluation.labelled_bot import RephrasedEntry
from index.training import simulated_imports

ENTRIES = tuple(
    RephrasedEntry(f"what is number {n}", f"It is {n}. That is all.", (f"{n}, what is it",))
    for n in range(30)
)


def test_import_has_no_variants_and_asks_the_rephrasings() -> None:
    whole, *_ = simulated_imports.draw_imports(ENTRIES)

    titles = {unit.title: position for position, unit in enumerate(whole.units)}
    assert len(titles) == 20
    assert not [chunk for chunk in whole.chunks if chunk.role is ChunkRole.VARIANT]
    for question in whole.questions:
        title = f"what is number {question.text.partition(',')[0]}"
        assert question.unit == titles.get(title, -1)
    assert len(whole.questions) == len(ENTRIES)


def test_imports_are_of_several_sizes_and_alike_every_time() -> None:
    drawn = [len(drawn_import.units) for drawn_import in simulated_imports.draw_imports(ENTRIES)]

    assert drawn == [20, 16, 16, 20, 16, 20]
    assert list(simulated_imports.draw_imports(ENTRIES)) == list(
        simulated_imports.draw_imports(ENTRIES)
    )


def test_sentences_of_an_intent_become_an_entry_and_what_is_asked() -> None:
    said = [f"sentence {n}" for n in range(12)]

    (entry,) = simulated_imports.as_entries({"intent": said})

    assert {entry.question, *entry.answer.split(". "), *entry.rephrasings} < set(said)
    assert len(entry.rephrasings) == 6
