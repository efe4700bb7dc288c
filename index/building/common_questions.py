"""Common questions: what careers FAQs are asked, in other words, for entries without variants.

An FAQ that was just imported says "What benefits do you provide?" and is asked for "perks". A topic
whose questions are clearly those of one entry lends them to it. A topic that is far from everything
there is what this FAQ does not answer, and its questions are out of scope. All topics together say
whether a question and a sparse entry are about the same (`ranking.topic_agreement`).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Chunk, ChunkRole, Vectors
from index.ranking import passage_scorer, topic_agreement
from index.ranking.unit_scorer import OutOfScope

CLEARLY = 0.6
"""Mean cosine of an entry's title with the two nearest questions of a topic that is the entry's."""
APART = 0.45
"""Below it for every entry, a topic is not covered. Both chosen on imported careers FAQs."""
_FILE = Path(__file__).with_suffix(".txt")

Topics: TypeAlias = tuple[tuple[str, ...], ...]
"""Questions by topic."""


def read() -> Topics:
    """Read the topics that ship."""
    lines = [line for line in _FILE.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    paragraphs = "\n".join(lines).strip().split("\n\n")
    return tuple(tuple(paragraph.split("\n")) for paragraph in paragraphs)


@dataclass(frozen=True, slots=True)
class Texts:
    """What stands for the units, and what belongs to none."""

    chunks: tuple[Chunk, ...]
    """In the order of their units."""
    vectors: Vectors
    """Of the chunks."""
    out_of_scope: OutOfScope


def lend(texts: Texts, topics: Topics, vectors: Vectors) -> Texts:
    """Lend topics to sparse units; without any of these nothing changes.

    Args:
        texts: Of an index.
        topics: With their questions.
        vectors: Of all these questions, in order.

    """
    titles = _sparse_titles(texts.chunks)
    if not titles or not topics:
        return texts
    ends = np.cumsum([len(topic) for topic in topics])
    closeness = _closeness(texts.vectors[titles], np.split(vectors, ends[:-1]))
    lent = {
        titles[title]: topic
        for topic, title in enumerate(closeness.argmax(axis=0).tolist())
        if closeness[title].argmax() == topic and closeness[title, topic] >= CLEARLY
    }
    apart = np.flatnonzero(np.repeat(closeness.max(axis=0) < APART, [len(t) for t in topics]))
    questions = [question for topic in topics for question in topic]
    outside = OutOfScope(
        (*texts.out_of_scope.texts, *(questions[at] for at in apart)),
        np.vstack([texts.out_of_scope.vectors, vectors[apart]]),
        topic_agreement.means(vectors, [len(topic) for topic in topics]),
    )
    spans = {at: range(ends[t] - len(topics[t]), ends[t]) for at, t in lent.items()}
    return Texts(
        tuple(_with_lent(texts.chunks, spans, questions)),
        np.insert(
            texts.vectors,
            [at + 1 for at, span in spans.items() for _ in span],
            vectors[[place for span in spans.values() for place in span]],
            axis=0,
        ),
        outside,
    )


def _sparse_titles(chunks: Sequence[Chunk]) -> list[int]:
    """Return the positions of the titles of sparse units, which have passages."""
    variants = Counter(chunk.unit for chunk in chunks if chunk.role is ChunkRole.VARIANT)
    answers = {chunk.unit for chunk in chunks if chunk.role is ChunkRole.PASSAGE}
    return [
        position
        for position, chunk in enumerate(chunks)
        if chunk.role is ChunkRole.QUESTION
        and chunk.unit in answers
        and passage_scorer.share(variants[chunk.unit])
    ]


def _closeness(titles: Vectors, topics: Sequence[Vectors]) -> NDArray[np.float32]:
    """Compare every title with every topic, shape (titles, topics)."""
    nearest = (np.sort(titles @ topic.T, axis=1)[:, -2:].mean(axis=1) for topic in topics)
    return np.stack(list(nearest), axis=1)


def _with_lent(
    chunks: Sequence[Chunk], spans: dict[int, range], questions: Sequence[str]
) -> Iterator[Chunk]:
    for position, chunk in enumerate(chunks):
        yield chunk
        for place in spans.get(position, ()):
            question = questions[place]
            yield Chunk(chunk.unit, ChunkRole.PARAPHRASE, question, question)
