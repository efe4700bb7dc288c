"""Fit the confidence model on labelled questions and simulated help desks.

Example: python scripts/fit_confidence.py --data ../shared/eval --index var/index
"""

import csv
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Annotated
from zlib import crc32

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console

from index import candidates, confidence, ranking, store, text
from index.confidence import Evidence
from index.datatypes import Chunk, ChunkRole, Vectors
from index.embeddings import encode_cached
from index.encoder import Encoder, OnnxEncoder
from index.evaluation import Labelled, read_questions
from index.ranking import Ranker
from index.retriever import Retriever

FOLDS = 10
HELP_DESKS = 40
"""Simulated ones, drawn from the public intents."""
RIDGE = 1.0
WEIGHT = 400.0
"""What each of the three sources counts for together, whatever its number of questions."""
ANSWER_AT = 0.5
CLARIFY_AT = 0.25
FEATURES = tuple(field.name for field in fields(Evidence))


@dataclass(frozen=True, slots=True)
class Sample:
    """What was observed for one question: evidence about the candidate, and whether it was right."""

    evidence: Evidence
    right: bool
    group: str


@dataclass(frozen=True, slots=True)
class Desk:
    """A small help desk: texts of each class, and questions with the class they want, if any."""

    texts: tuple[tuple[str, int], ...]
    names: tuple[str, ...]
    boundaries: frozenset[int]
    questions: tuple[tuple[str, int | None], ...]


class CachedEncoder:
    """Encodes with the run-time encoder, each text once for all time."""

    def __init__(self, encoder: Encoder, sha256: str, cache: Path) -> None:
        self.name, self.sha256 = "run-time encoder", sha256
        self._encoder, self._cache = encoder, cache

    def encode(self, texts: Sequence[str], /) -> Vectors:
        """Encode texts; the same as the encoder itself."""
        return self._encoder.encode(texts)

    def cached(self, texts: Sequence[str]) -> Vectors:
        """Encode texts, looking up those encoded before."""
        return encode_cached(self, list(texts), self._cache, lambda done, total: None)


def main(
    data: Annotated[Path, typer.Option(help="Folder with dev.jsonl and public/.")] = Path(
        "../shared/eval"
    ),
    index: Annotated[Path, typer.Option(help="Folder of the index.")] = Path("var/index"),
    out: Annotated[
        Path, typer.Option(help="Where to write the coefficients.")
    ] = confidence.SHIPPED,
) -> None:
    """Fit the confidence model on labelled questions and simulated help desks.

    Exit code 0: written; 1: the data or the index cannot be read; 2: wrong usage.

    Example: python scripts/fit_confidence.py --data ../shared/eval --index var/index
    """
    console = Console(highlight=False)
    loaded = store.load(index)
    runtime = OnnxEncoder(loaded.folder, threads=2)
    encoder = CachedEncoder(
        runtime, store.file_digest(loaded.folder / "encoder.onnx"), index.parent / "cache" / "fit"
    )
    from index.retriever import knowledge

    own = list(_own(Retriever(knowledge(loaded), runtime), data / "dev.jsonl"))
    public = list(_samples(_hint(data / "public"), encoder))
    simulated = [sample for desk in _desks(data / "public") for sample in _samples(desk, encoder)]
    sources = {"own": own, "public": public, "simulated": simulated}
    fitted = _fit(list(sources.values()))
    folds = [
        _fit([[s for s in own if fold_of(s.group) != fold], public, simulated])
        for fold in range(FOLDS)
    ]
    document = {
        **fitted,
        "answer_at": ANSWER_AT,
        "clarify_at": CLARIFY_AT,
        "fitted_on": {name: len(samples) for name, samples in sources.items()},
        "folds": folds,
    }
    out.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    for name, samples in sources.items():
        console.print(f"{name}: {len(samples)} questions, {_right(samples):.3f} right")
    console.print(f"Wrote {out}")


def fold_of(group: str) -> int:
    """Return the fold that a group of questions is left out of."""
    return crc32(group.encode()) % FOLDS


def _right(samples: Sequence[Sample]) -> float:
    return float(np.mean([sample.right for sample in samples]))


def _own(retriever: Retriever, path: Path) -> Iterator[Sample]:
    """Observe this project's own questions."""
    parents = {name: unit.parent for name, unit in retriever.units.items()}
    for question in read_questions(path):
        if question.language == "en":
            outcome = retriever.observe(question.question)
            yield Sample(
                outcome.evidence, _accepts(question, outcome.unit, parents), question.group
            )


def _accepts(question: Labelled, given: str, parents: dict[str, str | None]) -> bool:
    return given in question.gold or given in {parents.get(one) for one in question.gold}


def _hint(folder: Path) -> Desk:
    """Read the public FAQ bot: its questions by label, and its users' messages."""
    train = _rows(folder / "hint3_sofmattress_train.csv")
    test = _rows(folder / "hint3_sofmattress_test.csv")
    names = tuple(sorted({row["label"] for row in train}))
    return Desk(
        tuple((row["sentence"], names.index(row["label"])) for row in train),
        names,
        frozenset(),
        tuple(
            (row["sentence"], names.index(row["label"]) if row["label"] in names else None)
            for row in test
        ),
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _desks(folder: Path) -> Iterator[Desk]:
    """Draw help desks from the public intents: some covered, some boundaries, some strangers."""
    data = json.loads((folder / "clinc150_train_val.json").read_text(encoding="utf-8"))
    train: dict[str, list[str]] = {}
    held: dict[str, list[str]] = {}
    for sentence, intent in data["train"]:
        train.setdefault(intent, []).append(sentence)
    for sentence, intent in data["val"]:
        held.setdefault(intent, []).append(sentence)
    strangers = [sentence for sentence, _ in data["oos_val"]]
    for number in range(HELP_DESKS):
        yield _desk(random.Random(number), train, held, strangers, guarded=number % 2 == 1)  # noqa: S311


def _desk(
    draw: random.Random,
    train: dict[str, list[str]],
    held: dict[str, list[str]],
    strangers: list[str],
    *,
    guarded: bool,
) -> Desk:
    """Draw one help desk; related intents share words, so strangers to it are near."""
    size = draw.choice([8, 15, 21, 30, 60])
    typical = draw.choice([5, 10, 15, 25])
    covered = draw.sample(sorted(train), size)
    outside = [intent for intent in sorted(train) if intent not in covered]
    guards = draw.sample(outside, size // 2) if guarded else []
    names = (*covered, *guards)
    texts = [
        (sentence, position)
        for position, name in enumerate(names)
        for sentence in draw.sample(train[name], max(3, round(draw.gauss(typical, typical / 3))))
    ]
    questions = [(s, names.index(n)) for n in covered for s in draw.sample(held[n], 5)]
    questions += [(s, None) for n in outside for s in draw.sample(held[n], 1)]
    questions += [(sentence, None) for sentence in draw.sample(strangers, 20)]
    boundaries = frozenset(range(len(covered), len(names)))
    return Desk(tuple(texts), names, boundaries, tuple(questions))


def _samples(desk: Desk, encoder: CachedEncoder) -> Iterator[Sample]:
    """Build a help desk as the index would, and observe its questions."""
    chunks = tuple(
        Chunk(position, ChunkRole.VARIANT, sentence, text.clean(sentence))
        for sentence, position in sorted(desk.texts, key=lambda pair: pair[1])
    )
    vectors = encoder.cached([chunk.embedded for chunk in chunks])
    model = ranking.fit(chunks, vectors, len(desk.names))
    ranker = Ranker(model, chunks, len(desk.names))
    content = np.array([p not in desk.boundaries for p in range(len(desk.names))])
    fixed = candidates.Catalogue(content, bool(desk.boundaries), {}, {})
    asked = [text.clean(question) for question, _ in desk.questions]
    typical = model.head.typical if model.head else 1.0
    for question, vector, (_, gold) in zip(
        asked, encoder.cached(asked), desk.questions, strict=True
    ):
        scores = ranker.score(vectors @ vector, vector[None], question)
        candidate = candidates.choose(scores, fixed, typical)
        yield Sample(candidate.evidence, candidate.unit == gold, question)


def _fit(sources: Sequence[Sequence[Sample]]) -> dict[str, object]:
    """Fit a logistic regression by Newton's method, each source counting the same."""
    samples = [sample for source in sources for sample in source]
    rows = np.array([list(asdict(s.evidence).values()) for s in samples], dtype=np.float64)
    mean, deviation = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    weight = np.concatenate([np.full(len(s), WEIGHT / len(s)) for s in sources])
    right = np.array([sample.right for sample in samples], dtype=np.float64)
    found = _newton((rows - mean) / deviation, right, weight)
    slopes = found[1:] / deviation
    return {
        "intercept": round(float(found[0] - slopes @ mean), 4),
        "weights": {n: round(float(v), 4) for n, v in zip(FEATURES, slopes, strict=True)},
    }


def _newton(
    rows: NDArray[np.float64], right: NDArray[np.float64], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return intercept and slopes of the ridge-penalised maximum likelihood."""
    design = np.hstack([np.ones((len(rows), 1)), rows])
    penalty = RIDGE * np.diag([0.0, *np.ones(rows.shape[1])])
    found = np.zeros(design.shape[1])
    for _ in range(50):
        probability = 1 / (1 + np.exp(-design @ found))
        gradient = design.T @ (weight * (right - probability)) - penalty @ found
        curvature = weight * probability * (1 - probability)
        found += np.linalg.solve((design * curvature[:, None]).T @ design + penalty, gradient)
    return found


if __name__ == "__main__":
    typer.run(main)
