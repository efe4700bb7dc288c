"""Simulated imports: FAQs without variants, as on the first day, for calibration there.

An FAQ whose questions other people rephrased is imported but for a third of its entries; labelled
sentences make such an FAQ, too: of each intent one is the question, two are the answer, and some
are asked.
"""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from index.building import chunking
from index.datatypes import Chunk, ChunkRole
from index.evaluation import labelled_bot
from index.evaluation.labelled_bot import NONE, LabelledBot, RephrasedEntry
from index.text import normalisation
from index.training.simulated_bots import Sentences
from index.training.variant_removal import Thinned

SIZES = (None, 16, 16, 30, 16, 60)
"""Entries of each import, the whole FAQ first; most owners have few."""
_ASKED = 6
"""Sentences of each intent."""
_UNCOVERED = 300
"""Questions without an answer, at most."""


def draw_imports(entries: Sequence[RephrasedEntry]) -> Iterator[Thinned]:
    """Draw imports; the same every time."""
    for seed, size in enumerate(SIZES):
        yield _as_import(labelled_bot.without_variants(entries, seed, size), seed)


def as_entries(sentences: Sentences) -> tuple[RephrasedEntry, ...]:
    """Make an FAQ of labelled sentences."""
    draw = random.Random(0)  # noqa: S311 - a simulation, not a secret
    entries = []
    for intent in sorted(sentences):
        said = list(sentences[intent])
        asked = draw.sample(said, min(len(said), 3 + _ASKED))
        question, answer, rephrasings = asked[0], ". ".join(asked[1:3]), asked[3:]
        entries.append(RephrasedEntry(question, answer or question, tuple(rephrasings)))
    return tuple(entries)


def _as_import(bot: LabelledBot, seed: int) -> Thinned:
    """Import a bot; its messages become questions."""
    with TemporaryDirectory() as folder:
        chunked = chunking.chunk(labelled_bot.corpus_of(bot, Path(folder) / "corpus"))
    positions = {unit.id: position for position, unit in enumerate(chunked.units)}
    ids = labelled_bot.name_entries(bot.train)
    covered = [(m.sentence, positions[ids[m.label]]) for m in bot.test if m.label != NONE]
    uncovered = [(m.sentence, -1) for m in bot.test if m.label == NONE]
    draw = random.Random(seed)  # noqa: S311 - a simulation, not a secret
    asked = [*covered, *draw.sample(uncovered, min(len(uncovered), _UNCOVERED))]
    questions = tuple(
        Chunk(unit, ChunkRole.VARIANT, text, normalisation.clean(text)) for text, unit in asked
    )
    return Thinned(chunked.units, chunked.chunks, questions)
