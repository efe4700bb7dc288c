"""Small help desks, made of labelled sentences, to see how confidence behaves on any corpus.

A desk is drawn from public intents: some are covered, some are boundaries, and its visitors ask
about these and about strangers to it. Related intents share words, so many strangers are near.
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
from index.ranking.unit_scorer import Background, Ranker
from index.text import normalisation

SIZES = (8, 15, 21, 30, 60)
TYPICAL_VARIANTS = (5, 10, 15, 25)
_ASKED_COVERED = 5
_ASKED_NEAR = 3
_ASKED_FAR = 20

Sentences: TypeAlias = Mapping[str, Sequence[str]]
"""Sentences by intent."""


class Cached(Protocol):
    """Encodes texts, remembering those it has seen."""

    def cached(self, texts: Sequence[str], /) -> Vectors:
        """Return one row of length 1 for each text, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """Texts of each class, and questions with the class they want, None for none."""

    names: tuple[str, ...]
    texts: tuple[tuple[str, int], ...]
    boundaries: frozenset[int]
    questions: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """What was seen for one question: evidence on the candidate, and whether it was right."""

    evidence: Evidence
    right: bool
    group: str
    """Questions of one group stay together when data is split."""


@dataclass(frozen=True, slots=True)
class Intents:
    """Labelled sentences to draw desks from."""

    train: Sentences
    held: Sentences
    """To ask with."""
    strangers: tuple[str, ...]
    """Of no intent at all."""
    alike: Mapping[str, tuple[str, ...]]
    """For each intent the others, the most alike first."""


def read_bot(train: Path, test: Path) -> Desk:
    """Read a pair of CSV files with the columns `sentence` and `label` as one desk."""
    known, asked = _rows(train), _rows(test)
    names = tuple(sorted({row["label"] for row in known}))
    return Desk(
        names,
        tuple((row["sentence"], names.index(row["label"])) for row in known),
        frozenset(),
        tuple(
            (row["sentence"], names.index(row["label"]) if row["label"] in names else None)
            for row in asked
        ),
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_intents(path: Path, encoder: Cached) -> Intents:
    """Read intents as CLINC150 is published: lists of sentence and intent under `train`, `val`."""
    data = json.loads(path.read_text(encoding="utf-8"))
    train, held = _by_intent(data["train"]), _by_intent(data["val"])
    strangers = tuple(sentence for sentence, _ in data["oos_val"])
    return Intents(train, held, strangers, _alike(train, encoder))


def _by_intent(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    sentences: dict[str, list[str]] = {}
    for sentence, intent in pairs:
        sentences.setdefault(intent, []).append(sentence)
    return sentences


def _alike(train: Sentences, encoder: Cached) -> dict[str, tuple[str, ...]]:
    names = sorted(train)
    means = np.stack([encoder.cached(train[name][:20]).mean(axis=0) for name in names])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    order = np.argsort(-(means @ means.T), axis=1, kind="stable")
    return {
        name: tuple(names[i] for i in row if names[i] != name)
        for name, row in zip(names, order, strict=True)
    }


def draw_desks(intents: Intents, count: int) -> Iterator[Desk]:
    """Draw desks, every other with boundaries; the same every time."""
    for number in range(count):
        draw = random.Random(number)  # noqa: S311 - a simulation, not a secret
        yield _draw_desk(draw, intents, guarded=number % 2 == 1)


def _draw_desk(draw: random.Random, intents: Intents, *, guarded: bool) -> Desk:
    covered = _families(draw, intents, draw.choice(SIZES))
    outside = [intent for intent in sorted(intents.train) if intent not in covered]
    near = sorted({one for name in covered for one in intents.alike[name][:4]} - set(covered))
    names = (*covered, *(draw.sample(near, len(near) // 2) if guarded else ()))
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
        for sentence in draw.sample(list(intents.held[name]), _ASKED_COVERED)
    ]
    far = draw.sample(outside, min(_ASKED_FAR, len(outside)))
    strangers = [s for n in near for s in draw.sample(list(intents.held[n]), _ASKED_NEAR)]
    strangers += [intents.held[name][0] for name in far]
    strangers += draw.sample(list(intents.strangers), _ASKED_FAR)
    questions += [(sentence, None) for sentence in strangers]
    boundaries = frozenset(range(len(covered), len(names)))
    return Desk(names, tuple(texts), boundaries, tuple(questions))


def _families(draw: random.Random, intents: Intents, size: int) -> list[str]:
    """Draw intents with some of those most like them, so that a desk has a subject."""
    chosen: list[str] = []
    while len(chosen) < size:
        seed = draw.choice(sorted(intents.train))
        family = [seed, *intents.alike[seed][: draw.randint(1, 5)]]
        chosen += [one for one in family if one not in chosen][: size - len(chosen)]
    return chosen


def samples(desk: Desk, encoder: Cached, background: Background) -> Iterator[Sample]:
    """Rank a desk's questions as an index would, and see what the evidence is."""
    chunks = tuple(
        Chunk(position, ChunkRole.VARIANT, sentence, normalisation.clean(sentence))
        for sentence, position in sorted(desk.texts, key=lambda pair: pair[1])
    )
    vectors = encoder.cached([chunk.embedded for chunk in chunks])
    model = unit_scorer.fit(chunks, vectors, len(desk.names), background)
    ranker = Ranker(model)
    content = np.array([position not in desk.boundaries for position in range(len(desk.names))])
    fixed = candidates.Catalogue(content, content, {}, {}, {})
    asked = [normalisation.clean(question) for question, _ in desk.questions]
    rows = encoder.cached(asked)
    for question, vector, (_, wanted) in zip(asked, rows, desk.questions, strict=True):
        scores = ranker.score(vectors @ vector, vector[None], question)
        found = candidates.choose(scores, fixed, model.head.typical if model.head else 1.0)
        yield Sample(found.evidence, found.unit == wanted, question)
