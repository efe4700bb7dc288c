from dataclasses import replace

from corpus import Corpus
from index.building.chunking import chunk
from index.datatypes import Kind
from index.milvus import resident_texts


def test_canned_answers_boundaries_and_smalltalk_stay(corpus: Corpus) -> None:
    chunked = chunk(corpus)

    chosen = resident_texts.choose(chunked.units, chunked.chunks)

    stay = {chunked.chunks[at].unit for at in chosen}
    kinds = {chunked.units[unit].kind for unit in stay}
    assert kinds == {Kind.FAQ, Kind.BOUNDARY, Kind.SMALLTALK}
    assert stay == {n for n, unit in enumerate(chunked.units) if unit.kind in kinds}
    assert chosen.tolist() == sorted(chosen.tolist())


def test_canned_answers_stay_whole_while_there_is_room(corpus: Corpus) -> None:
    chunked = chunk(corpus)
    everything = len(resident_texts.choose(chunked.units, chunked.chunks))

    fewer = resident_texts.choose(chunked.units, chunked.chunks, most=everything - 1)

    stay = {chunked.chunks[at].unit for at in fewer}
    sizes = [chunk.unit for chunk in chunked.chunks]
    assert len(fewer) < everything
    assert len(fewer) == sum(sizes.count(unit) for unit in stay)


def test_at_least_one_text_stays(corpus: Corpus) -> None:
    chunked = chunk(corpus)
    article = [unit for unit in chunked.units if unit.kind is Kind.PASSAGE][:1]
    texts = [chunk for chunk in chunked.chunks if chunked.units[chunk.unit] is article[0]]

    chosen = resident_texts.choose(article, [replace(text, unit=0) for text in texts])

    assert chosen.tolist() == [0]
