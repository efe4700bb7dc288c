"""In a process of its own: an index of synthetic answers -> what opening and asking it costs.

python -m benchmarks.answering INDEX ENTRIES ASKED
"""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from benchmarks import synthetic
from benchmarks.costs import Latency, Resident, latency, resident
from index import Answered, Clarify, Retriever, open_index
from index.datatypes import Outcome

_WARM = 30
"""Questions before the clock starts."""


@dataclass(frozen=True, slots=True)
class Quality:
    """What became of questions; shares of all of them."""

    right: float
    wrong: float
    clarified: float
    first: float
    """The right unit ranks first, whatever was said."""


@dataclass(frozen=True, slots=True)
class Answering:
    """What an open index costs."""

    open_wall_seconds: float
    open_processor_seconds: float
    after_open: Resident
    after_load: Resident
    question: Latency
    suggestion: Latency
    exact: Quality
    """Asked as the content has it."""
    paraphrased: Quality
    strange: float
    """Share of questions on other things that get an answer."""


def main(index: Path, entries: int, asked: int) -> Answering:
    """Open an index of the first `entries` synthetic answers, and ask about some of the first."""
    wall, processor = time.perf_counter(), time.process_time()
    retriever = open_index(index)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    opened = resident()
    made = synthetic.entries(entries)
    known = made[: min(entries, asked)]
    for one in known[:_WARM]:
        retriever.answer(one.paraphrase)
    question = latency([partial(retriever.answer, one.paraphrase) for one in known])
    prefixes = [one.question[: 4 + 3 * (n % 9)] for n, one in enumerate(known)]
    suggestion = latency([partial(retriever.suggest, prefix) for prefix in prefixes])
    return Answering(
        wall,
        processor,
        opened,
        resident(),
        question,
        suggestion,
        _quality(retriever, [(one.question, one.id) for one in known]),
        _quality(retriever, [(one.paraphrase, one.id) for one in known]),
        _answered(retriever, synthetic.STRANGE),
    )


def _quality(retriever: Retriever, asked: Sequence[tuple[str, str]]) -> Quality:
    outcomes = [(retriever.answer(question), id_) for question, id_ in asked]
    right = sum(_given(outcome) == id_ for outcome, id_ in outcomes)
    answered = sum(isinstance(outcome, Answered) for outcome, _ in outcomes)
    return Quality(
        right=right / len(asked),
        wrong=(answered - right) / len(asked),
        clarified=sum(isinstance(outcome, Clarify) for outcome, _ in outcomes) / len(asked),
        first=sum(outcome.passages[0].unit.id == id_ for outcome, id_ in outcomes) / len(asked),
    )


def _given(outcome: Outcome) -> str | None:
    return outcome.unit.id if isinstance(outcome, Answered) else None


def _answered(retriever: Retriever, questions: Sequence[str]) -> float:
    outcomes = [retriever.answer(question) for question in questions]
    return sum(isinstance(outcome, Answered) for outcome in outcomes) / len(questions)


if __name__ == "__main__":
    found = main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    sys.stdout.write(json.dumps(asdict(found)) + "\n")
