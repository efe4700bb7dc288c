"""Simulated bots: small FAQ bots made of labelled sentences, for calibration on any corpus.

A bot is drawn from public intents: some are covered, some are boundaries, and its visitors ask
about these and about intents that are out of scope. Related intents share words, so many of the
latter are close.
"""

import csv
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np

from index.datatypes import Chunk, ChunkRole, Vectors
from index.ranking import candidates, unit_scorer
from index.ranking.calibration import Evidence
from index.ranking.unit_scorer import OutOfScope, Ranker
from index.text import normalisation

SIZES = (8, 15, 21, 30, 60)
TYPICAL_VARIANTS = (5, 10, 15, 25)
_ASKED_COVERED = 5
_ASKED_NEAR = 3
_ASKED_FAR = 20

Sentences: TypeAlias = Mapping[str, Sequence[str]]
"""Sentences by intent."""


class Cached(Protocol):
    """Encodes texts, each once."""

    def cached(self, texts: Sequence[str], /) -> Vectors:
        """Return one row of length 1 for each text, in order."""
        ...


@dataclass(frozen=True, slots=True)
class SimulatedBot:
    """Texts of each class, and questions with their class, None for out of scope."""

    names: tuple[str, ...]
    texts: tuple[tuple[str, int], ...]
    boundaries: frozenset[int]
    questions: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """Evidence for the candidate of one question, and whether it was right."""

    evidence: Evidence
    right: bool
    covered: bool
    """Whether the question has an answer; a candidate for one that has none is never right."""
    group: str
    """Questions of one group stay together when data is split."""


@dataclass(frozen=True, slots=True)
class Intents:
    """Labelled sentences to draw bots from."""

    train: Sentences
    validation: Sentences
    """Sentences to ask."""
    out_of_scope: tuple[str, ...]
    """Sentences of no intent at all."""
    nearest: Mapping[str, tuple[str, ...]]
    """For each intent the others, the nearest first."""


def read_bot(train: Path, test: Path) -> SimulatedBot:
    """Read a pair of CSV files with the columns `sentence` and `label` as one bot."""
    training, tests = _rows(train), _rows(test)
    names = tuple(sorted({row["label"] for row in training}))
    return SimulatedBot(
        names,
        tuple((row["sentence"], names.index(row["label"])) for row in training),
        frozenset(),
        tuple(
            (row["sentence"], names.index(row["label"]) if row["label"] in names else None)
            for row in tests
        ),
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_intents(path: Path, encoder: Cached) -> Intents:
    """Read intents as CLINC150 is published: lists of sentence and intent under `train`, `val`."""
    data = json.loads(path.read_text(encoding="utf-8"))
    train, validation = _by_intent(data["train"]), _by_intent(data["val"])
    out_of_scope = tuple(sentence for sentence, _ in data["oos_val"])
    return Intents(train, validation, out_of_scope, _nearest(train, encoder))


def _by_intent(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    sentences: dict[str, list[str]] = {}
    for sentence, intent in pairs:
        sentences.setdefault(intent, []).append(sentence)
    return sentences


def _nearest(train: Sentences, encoder: Cached) -> dict[str, tuple[str, ...]]:
    names = sorted(train)
    means = np.stack([encoder.cached(train[name][:20]).mean(axis=0) for name in names])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    order = np.argsort(-(means @ means.T), axis=1, kind="stable")
    return {
        name: tuple(names[i] for i in row if names[i] != name)
        for name, row in zip(names, order, strict=True)
    }


def draw_bots(intents: Intents, count: int) -> Iterator[SimulatedBot]:
    """Draw bots, every other one with boundaries; the same every time."""
    for number in range(count):
        draw = random.Random(number)  # noqa: S311 - a simulation, not a secret
        yield _draw_bot(draw, intents, has_boundaries=number % 2 == 1)


def _draw_bot(draw: random.Random, intents: Intents, *, has_boundaries: bool) -> SimulatedBot:
    covered = _families(draw, intents, draw.choice(SIZES))
    outside = [intent for intent in sorted(intents.train) if intent not in covered]
    nearest = {other for name in covered for other in intents.nearest[name][:4]}
    near = sorted(nearest - set(covered))
    names = (*covered, *(draw.sample(near, len(near) // 2) if has_boundaries else ()))
    typical = draw.choice(TYPICAL_VARIANTS)
    texts = [
        (sentence, position)
        for position, name in enumerate(names)
        for sentence in draw.sample(
            list(intents.train[name]), max(3, round(draw.gauss(typical, typical / 3)))
        )
    ]
    questions: list[tuple[str, int | None]] = [
        (sentence, position)
        for position, name in enumerate(covered)
        for sentence in draw.sample(list(intents.validation[name]), _ASKED_COVERED)
    ]
    far = draw.sample(outside, min(_ASKED_FAR, len(outside)))
    uncovered = [
        sentence
        for name in near
        for sentence in draw.sample(list(intents.validation[name]), _ASKED_NEAR)
    ]
    uncovered += [intents.validation[name][0] for name in far]
    uncovered += draw.sample(list(intents.out_of_scope), _ASKED_FAR)
    questions += [(sentence, None) for sentence in uncovered]
    boundaries = frozenset(range(len(covered), len(names)))
    return SimulatedBot(names, tuple(texts), boundaries, tuple(questions))


def _families(draw: random.Random, intents: Intents, size: int) -> list[str]:
    """Draw intents with some of those nearest to them, so that a bot has a subject."""
    chosen: list[str] = []
    while len(chosen) < size:
        seed = draw.choice(sorted(intents.train))
        family = [seed, *intents.nearest[seed][: draw.randint(1, 5)]]
        chosen += [name for name in family if name not in chosen][: size - len(chosen)]
    return chosen


def samples(bot: SimulatedBot, encoder: Cached, out_of_scope: OutOfScope) -> Iterator[Sample]:
    """Rank a bot's questions as an index would, and yield the evidence."""
    chunks = tuple(
        Chunk(position, ChunkRole.VARIANT, sentence, normalisation.clean(sentence))
        for sentence, position in sorted(bot.texts, key=lambda pair: pair[1])
    )
    vectors = encoder.cached([chunk.embedded for chunk in chunks])
    model = unit_scorer.fit(chunks, vectors, len(bot.names), out_of_scope)
    ranker = Ranker(model)
    content = np.array([position not in bot.boundaries for position in range(len(bot.names))])
    fixed = candidates.Catalogue(content, content, {}, {}, {})
    questions = [normalisation.clean(question) for question, _ in bot.questions]
    rows = encoder.cached(questions)
    for question, vector, (_, target) in zip(questions, rows, bot.questions, strict=True):
        scores = ranker.score(vectors @ vector, vector[None], question)
        candidate = candidates.choose(
            scores, fixed, model.classifier.typical if model.classifier else 1.0
        )
        is_right = candidate.unit == target
        yield Sample(candidate.evidence, is_right, target is not None, question)
