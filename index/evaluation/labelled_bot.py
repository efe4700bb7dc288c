"""Somebody else's FAQ bot, rebuilt: its labelled sentences -> an index -> figures on its messages.

The data is a pair of CSV files as of HINT3 (Arora et al., HINT3: Raising the bar for Intent
Detection in the Wild, 2020): columns `sentence` and `label`. Each label of the first file becomes
a canned answer, its first sentence the question and the others its variants, and the label's name
the answer. Content is read, checked and built as any other, with the settings that ship.

An FAQ with rephrasings, as StackFAQ (Karan and Snajder, Paraphrase-focused Learning to Rank for
Domain-specific Frequently Asked Questions Retrieval, 2018), is imported without variants, as on the
first day: its rephrasings are the messages, and those of entries that are left out have no answer.
"""

import csv
import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np

from corpus import Corpus, CorpusError, load
from index.building import builder
from index.encoding.embedding_cache import CachingEncoder
from index.encoding.encoder import Encoder, OnnxEncoder
from index.encoding.export import DEFAULT_MODEL
from index.evaluation import baselines, metrics
from index.evaluation.labelled_questions import (
    ENGLISH,
    Judged,
    Labelled,
    QuestionsUnreadable,
    examine,
)
from index.evaluation.metrics import Figure
from index.quality.publication import EMBEDDINGS, FindModel, find_model
from index.versions import version_store

NONE = "NO_NODES_DETECTED"
"""Label of a message that nothing answers."""
OURS = "shipped settings"
INTENT_SENTENCES = 20
"""Of each covered intent."""
LONGEST_ANSWER = 1500
"""Characters."""


@dataclass(frozen=True, slots=True)
class LabelledMessage:
    """A sentence, and what it is about."""

    sentence: str
    label: str


Messages: TypeAlias = Sequence[LabelledMessage]


@dataclass(frozen=True, slots=True)
class LabelledBot:
    """The sentences that a bot is built from, and the messages to it."""

    train: Messages
    test: Messages
    answers: Mapping[str, str] = field(default_factory=dict)
    """By label; the label itself where there is none."""


@dataclass(frozen=True, slots=True)
class RephrasedEntry:
    """A question with its answer, and other people's ways to ask it."""

    question: str
    answer: str
    """Empty for what the FAQ does not answer; such an entry is never imported."""
    rephrasings: tuple[str, ...]


def read_bot(train: Path, test: Path) -> LabelledBot:
    """Read a pair of CSV files. Raises QuestionsUnreadable."""
    return LabelledBot(read_messages(train), read_messages(test))


def read_messages(path: Path) -> tuple[LabelledMessage, ...]:
    """Read a CSV file with the columns `sentence` and `label`.

    Raises:
        QuestionsUnreadable: It cannot be read, or lacks a column.

    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [
                LabelledMessage(row["sentence"].strip(), row["label"])
                for row in csv.DictReader(file)
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise QuestionsUnreadable(f"{path} cannot be read: {error}.") from error
    except (KeyError, AttributeError) as error:
        message = f"{path} lacks a column or a value. Write the columns sentence and label."
        raise QuestionsUnreadable(message) from error
    if not rows:
        raise QuestionsUnreadable(f"{path} holds no sentences.")
    return tuple(rows)


def read_intents(path: Path) -> LabelledBot:
    """Make a bot of intents as CLINC150 is published (Larson et al., 2019).

    Every second intent, in alphabetical order, is covered by its first `INTENT_SENTENCES`
    sentences; messages of the others, and those of no intent, have no answer.

    Raises:
        QuestionsUnreadable: It cannot be read, or lacks `train`, `val` or `oos_val`.

    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        known, asked, strange = (
            [LabelledMessage(str(sentence), str(label)) for sentence, label in data[part]]
            for part in ("train", "val", "oos_val")
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{path} cannot be read as intents ({error}). Name a file of CLINC150's form."
        raise QuestionsUnreadable(message) from error
    covered = sorted({message.label for message in known})[::2]
    by_label = {label: [m for m in known if m.label == label] for label in covered}
    train = [message for messages in by_label.values() for message in messages[:INTENT_SENTENCES]]
    test = [m if m.label in by_label else LabelledMessage(m.sentence, NONE) for m in asked]
    return LabelledBot(train, (*test, *(LabelledMessage(m.sentence, NONE) for m in strange)))


def read_faq(path: Path) -> tuple[RephrasedEntry, ...]:
    """Read an FAQ as StackFAQ is published: objects with question, answers and rephrasings.

    Without an answer, the rephrasings are questions that the FAQ does not answer.

    Raises:
        QuestionsUnreadable: It cannot be read, or lacks one of them.

    """
    try:
        return tuple(
            RephrasedEntry(
                str(entry["question"]),
                "".join(entry["answers"][:1])[:LONGEST_ANSWER],
                tuple(map(str, entry["rephrasings"])),
            )
            for entry in json.loads(path.read_text(encoding="utf-8"))
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{path} cannot be read as an FAQ ({error}). Name a file of StackFAQ's form."
        raise QuestionsUnreadable(message) from error


def without_variants(
    entries: Sequence[RephrasedEntry], seed: int = 7, size: int | None = None
) -> LabelledBot:
    """Import an FAQ as on the first day, but for a third of its entries; ask all rephrasings.

    Args:
        entries: With rephrasings.
        seed: Of the entries that are left out.
        size: Entries to keep at most; all but a third by default.

    """
    order = [number for number, entry in enumerate(entries) if entry.answer]
    random.Random(seed).shuffle(order)  # noqa: S311 - a simulation, not a secret
    kept = set(order[len(order) // 3 :][:size])
    return LabelledBot(
        tuple(
            LabelledMessage(entry.question, entry.question)
            for n, entry in enumerate(entries)
            if n in kept
        ),
        tuple(
            LabelledMessage(rephrasing, entry.question if n in kept else NONE)
            for n, entry in enumerate(entries)
            for rephrasing in entry.rephrasings
        ),
        {entry.question: entry.answer for entry in entries},
    )


def name_entries(train: Sequence[LabelledMessage]) -> dict[str, str]:
    """Choose an id for each label, in the order in which they come."""
    labels = dict.fromkeys(message.label for message in train if message.label != NONE)
    ids: dict[str, str] = {}
    for label in labels:
        slug = re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-") or "label"
        ids[label] = slug if slug not in ids.values() else f"{slug}-{len(ids)}"
    return ids


def write_corpus(bot: LabelledBot, folder: Path) -> None:
    """Write the labels of a bot as a corpus of canned answers."""
    entries = []
    for label, id_ in name_entries(bot.train).items():
        said = list(dict.fromkeys(m.sentence for m in bot.train if m.label == label and m.sentence))
        answer = bot.answers.get(label, label)
        entries.append({"id": id_, "question": said[0], "variants": said[1:], "answer": answer})
    (folder / "faqs").mkdir(parents=True)
    # JSON is YAML, too.
    text = json.dumps(entries, ensure_ascii=False, indent=1)
    (folder / "faqs" / "entries.yaml").write_text(text, encoding="utf-8")


def build(
    bot: LabelledBot, folder: Path, cache: Path, find: FindModel = find_model
) -> version_store.Loaded:
    """Build an index of a bot in `folder`, in the ordinary way.

    Args:
        bot: Its sentences.
        folder: Empty.
        cache: Of exported encoders and vectors, as a build keeps it.
        find: Finds the model.

    Raises:
        QuestionsUnreadable: The sentences make no valid corpus.
        RetrievalError: The model is missing.

    """
    content = corpus_of(bot, folder / "corpus")
    model = find(DEFAULT_MODEL, cache)
    recipe = builder.recipe(model.runtime)
    builder.build(content, folder / "index", model.embedder, recipe, cache=cache / EMBEDDINGS)
    return version_store.load(folder / "index")


def corpus_of(bot: LabelledBot, folder: Path) -> Corpus:
    """Write a bot as a corpus, and read it. Raises QuestionsUnreadable."""
    write_corpus(bot, folder)
    try:
        return load(folder)
    except CorpusError as error:
        raise QuestionsUnreadable(f"The sentences make no corpus:\n{error}") from error


def measure(
    bot: LabelledBot, loaded: version_store.Loaded, encoder: Encoder | None = None
) -> dict[str, dict[str, Figure]]:
    """Answer all messages; figures by system and name, the index with its own settings first.

    The nearest neighbour's threshold is the best one for these very messages, which nobody knows
    beforehand, so it is shown better than it is.
    """
    ids = name_entries(bot.train)
    questions = [_labelled(number, message, ids) for number, message in enumerate(bot.test)]
    memory = CachingEncoder(encoder or OnnxEncoder(loaded.folder))
    neighbour = baselines.over_questions(loaded.contents, memory)
    threshold = _best_threshold(neighbour.examine(questions, -1.0))
    return {
        OURS: _figures(examine(questions, loaded, memory)),
        f"nearest neighbour ≥ {threshold:.2f}": _figures(neighbour.examine(questions, threshold)),
    }


def _labelled(number: int, message: LabelledMessage, ids: Mapping[str, str]) -> Labelled:
    answerable = message.label != NONE
    return Labelled(
        id=str(number),
        question=message.sentence,
        answerable=answerable,
        gold=frozenset([ids.get(message.label, message.label)] if answerable else []),
        kind="in scope" if answerable else "nothing fits",
        language=ENGLISH,
        borderline=False,
        group=message.sentence,
    )


def _best_threshold(judged: Sequence[Judged]) -> float:
    """Return the threshold with the highest correlation, of equals the lowest."""
    wanted = _wanted(judged)
    once = np.ones((1, len(judged)))

    def correlation(threshold: float) -> float:
        given = [r.response.given if r.response.confidence >= threshold else NONE for r in judged]
        return float(metrics.correlation(once, [label or NONE for label in given], wanted)[0])

    return max(sorted({row.response.confidence for row in judged}), key=correlation)


def _wanted(judged: Sequence[Judged]) -> list[str]:
    return [next(iter(row.question.gold), NONE) for row in judged]


def _figures(judged: Sequence[Judged]) -> dict[str, Figure]:
    drawn = metrics.resample([row.question.group for row in judged])
    given = [row.response.given or NONE for row in judged]
    right = np.array([row.right for row in judged])
    answered = np.array([row.response.given is not None for row in judged])
    covered = np.array([row.question.answerable for row in judged])
    asked_back = np.array([row.response.outcome == "clarify" for row in judged])
    offered = np.array([row.clarified for row in judged])
    table = {
        "Matthews correlation": metrics.matthews(drawn, given, _wanted(judged)),
        "answer accuracy": metrics.share(drawn, right, covered),
        "wrong-answer rate": metrics.share(drawn, answered & ~right, covered),
        "right or offered": metrics.share(drawn, right | offered, covered),
        "false-answer rate": metrics.share(drawn, answered, ~covered),
        "asked back, not covered": metrics.share(drawn, asked_back, ~covered),
    }
    return {name: figure for name, figure in table.items() if figure is not None}
