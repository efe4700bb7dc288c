"""What people ask and what got no answer: the report of `/admin` and `careers-faq gaps`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from index import Retriever
from index.datatypes import Hit, Vectors
from service.analytics import entry_drafts, queries
from service.analytics.clustering import Cluster, cluster
from service.analytics.database import Database
from service.analytics.queries import AskedText, Count, Topic, Verdicts

MOST_TEXTS = 500
"""Different questions that are clustered for a page. Each takes some milliseconds to encode when it
is new, and none afterwards."""
NEAREST = 3
KEPT_VECTORS = 4_000
"""6 MB."""


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts of a period."""

    since: date
    until: date
    counts: tuple[Count, ...]
    verdicts: tuple[Verdicts, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that ask the same."""

    name: str
    """The question that represents all."""
    number: int
    """How often they were asked together."""
    texts: tuple[AskedText, ...]
    """The variants, the nearest to `name` first."""


@dataclass(frozen=True, slots=True)
class QuestionGroups:
    """All groups of a topic, the most asked first."""

    topic: Topic
    groups: tuple[Group, ...]
    texts: int
    """How many different questions there are; `groups` holds the most frequent of them."""
    grouped: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A group with what an editor needs to close it."""

    group: Group
    nearest: tuple[Hit, ...]
    """The closest live content."""
    entry: str
    """YAML of a new entry."""
    variants: str
    """YAML of further variants for an existing entry."""


def overview(database: Database, since: date, until: date) -> Overview:
    """Count what happened. Raises DatabaseError."""
    return Overview(
        since, until, queries.counts(database, since), queries.verdicts(database, since)
    )


def first_day(days: int, now: datetime | None = None) -> date:
    """Return the first of this many days, today the last of them (UTC)."""
    return ((now or datetime.now(UTC)) - timedelta(days=days - 1)).date()


class Grouping:
    """Clusters questions by meaning and caches their vectors. Not thread-safe."""

    def __init__(self, limit: int = MOST_TEXTS) -> None:
        self._limit = limit
        self._vectors: dict[str, NDArray[np.float32]] = {}
        self._model = ""

    def groups(
        self, database: Database, retriever: Retriever, since: date, topic: Topic
    ) -> QuestionGroups:
        """Group what was asked most. Raises DatabaseError."""
        texts = queries.texts(database, since, topic, self._limit)
        number = (
            len(texts)
            if len(texts) < self._limit
            else queries.number_of_texts(database, since, topic)
        )
        found = cluster(self._encoded(retriever, texts), [one.number for one in texts])
        return QuestionGroups(topic, tuple(_group(texts, one) for one in found), number, len(texts))

    def _encoded(self, retriever: Retriever, texts: Sequence[AskedText]) -> Vectors:
        model = retriever.manifest.model.sha256
        if model != self._model or len(self._vectors) > KEPT_VECTORS:
            self._vectors.clear()
            self._model = model
        new = [one.text for one in texts if one.text not in self._vectors]
        self._vectors.update(zip(new, retriever.encode(new), strict=True))
        return np.array([self._vectors[one.text] for one in texts], dtype=np.float32)


def _group(texts: Sequence[AskedText], found: Cluster) -> Group:
    members = tuple(texts[one] for one in found.members)
    return Group(members[0].text, found.weight, members)


def gap(group: Group, retriever: Retriever, today: date) -> Gap:
    """Add the closest live content to a group, and drafts to paste."""
    questions = [one.text for one in group.texts]
    return Gap(
        group,
        retriever.answer(group.name, limit=NEAREST).passages,
        entry_drafts.entry(questions, retriever.units, today),
        entry_drafts.variants(questions),
    )
