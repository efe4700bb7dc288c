import json
from pathlib import Path

import pytest

from corpus import load
from index.building import builder
from index.evaluation.labelled_bot import (
    INTENT_SENTENCES,
    NONE,
    LabelledBot,
    LabelledMessage,
    RephrasedEntry,
    measure,
    name_entries,
    read_faq,
    read_intents,
    read_messages,
    without_variants,
    write_corpus,
)
from index.evaluation.labelled_questions import QuestionsUnreadable
from index.versions import version_store
from tests.support.encoding import HandEncoder

TRAIN = (
    LabelledMessage("how much do bakers earn", "PAY"),
    LabelledMessage("what is the pay of a cook", "PAY"),
    LabelledMessage("how do I become a baker", "Start / training"),
    LabelledMessage("apprenticeship as a baker", "Start / training"),
    LabelledMessage("how do I become a baker", "Start / training"),
)
TEST = (
    LabelledMessage("how much do cooks earn", "PAY"),
    LabelledMessage("become a baker please", "Start / training"),
    LabelledMessage("night oven", NONE),
    LabelledMessage("bread recipe", NONE),
    LabelledMessage("switch of jobs", "SWITCH"),
)
BOT = LabelledBot(TRAIN, TEST)
FAQ = tuple(RephrasedEntry(f"what is {n}", f"It is {n}.", (f"{n} is what",)) for n in "abcdef")


def test_columns_are_read_by_name(tmp_path: Path) -> None:
    path = tmp_path / "messages.csv"
    path.write_text('\ufeffid,sentence,label\n1," a, b ",X\n2,c,Y\n')

    assert read_messages(path) == (LabelledMessage("a, b", "X"), LabelledMessage("c", "Y"))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a,b\n1,2\n", "sentence and label"),
        ("label,sentence\nX\n", "sentence and label"),
        ("sentence,label\n", "holds no sentences"),
    ],
    ids=["other columns", "short row", "no rows"],
)
def test_faulty_file_is_rejected(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "messages.csv"
    path.write_text(text)

    with pytest.raises(QuestionsUnreadable, match=fault):
        read_messages(path)


def test_every_second_intent_is_covered_and_the_others_have_no_answer(tmp_path: Path) -> None:
    train = [[f"{label} {number}", label] for label in "cab" for number in range(25)]
    asked = [["one", "a"], ["two", "b"], ["three", "c"]]
    path = tmp_path / "intents.json"
    path.write_text(json.dumps({"train": train, "val": asked, "oos_val": [["four", "oos"]]}))

    bot = read_intents(path)

    covered = [
        LabelledMessage(f"{label} {n}", label) for label in "ac" for n in range(INTENT_SENTENCES)
    ]
    assert list(bot.train) == covered
    assert bot.test == (
        LabelledMessage("one", "a"),
        LabelledMessage("two", NONE),
        LabelledMessage("three", "c"),
        LabelledMessage("four", NONE),
    )


@pytest.mark.parametrize("text", ["", "[]", '{"train": []}', '{"train": [1]}'])
def test_faulty_intents_are_rejected(tmp_path: Path, text: str) -> None:
    path = tmp_path / "intents.json"
    path.write_text(text)

    with pytest.raises(QuestionsUnreadable, match="as intents"):
        read_intents(path)


def test_faq_is_read_with_its_first_answers(tmp_path: Path) -> None:
    path = tmp_path / "faq.json"
    path.write_text(json.dumps([{"question": "q", "answers": ["a", "b"], "rephrasings": ["r"]}]))

    assert read_faq(path) == (RephrasedEntry("q", "a", ("r",)),)


@pytest.mark.parametrize(
    "text", ["", "{}x", '[{"question": "q"}]', '[{"question": 1, "answers": []}]']
)
def test_faulty_faq_is_rejected(tmp_path: Path, text: str) -> None:
    path = tmp_path / "faq.json"
    path.write_text(text)

    with pytest.raises(QuestionsUnreadable, match="as an FAQ"):
        read_faq(path)


def test_a_third_of_an_faq_is_left_out_and_asked_all_the_same() -> None:
    bot = without_variants(FAQ)

    labels = [message.label for message in bot.train]
    assert len(labels) == 4
    assert [message.sentence for message in bot.train] == labels
    assert [m.sentence for m in bot.test] == [f"{n} is what" for n in "abcdef"]
    assert {m.label for m in bot.test} == {*labels, NONE}
    assert len(without_variants(FAQ, size=2).train) == 2


def test_entry_without_an_answer_is_asked_and_never_imported(tmp_path: Path) -> None:
    path = tmp_path / "faq.json"
    others = [{"question": q, "answers": [q], "rephrasings": []} for q in "abc"]
    path.write_text(json.dumps([*others, {"question": "", "answers": [], "rephrasings": ["r"]}]))

    bots = [without_variants(read_faq(path), seed) for seed in range(9)]

    assert all(len(bot.train) == 2 for bot in bots)
    assert all(bot.test == (LabelledMessage("r", NONE),) for bot in bots)


def test_answers_of_an_faq_are_those_of_its_entries(tmp_path: Path) -> None:
    bot = without_variants(FAQ)

    write_corpus(bot, tmp_path)

    assert [e.text for e in load(tmp_path).entries] == [bot.answers[m.label] for m in bot.train]


def test_missing_file_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(QuestionsUnreadable, match="cannot be read"):
        read_messages(tmp_path / "nowhere.csv")


def test_labels_become_ids_that_differ() -> None:
    labels = ["PAY", "Start / training", "pay!", NONE, "?"]

    ids = name_entries([LabelledMessage("a", label) for label in labels])

    assert ids == {
        "PAY": "pay",
        "Start / training": "start-training",
        "pay!": "pay-2",
        "?": "label",
    }


def test_labels_become_canned_answers(tmp_path: Path) -> None:
    write_corpus(BOT, tmp_path)

    entries = load(tmp_path).entries

    assert [(entry.id, entry.question, entry.variants, entry.text) for entry in entries] == [
        ("pay", "how much do bakers earn", ("what is the pay of a cook",), "PAY"),
        (
            "start-training",
            "how do I become a baker",
            ("apprenticeship as a baker",),
            "Start / training",
        ),
    ]


def test_messages_are_measured_beside_the_nearest_neighbour(runtime: Path, tmp_path: Path) -> None:
    write_corpus(BOT, tmp_path / "corpus")
    recipe = builder.recipe(runtime)
    index, cache = tmp_path / "index", tmp_path / "cache"
    builder.build(load(tmp_path / "corpus"), index, HandEncoder(), recipe, cache=cache)

    ours, neighbour = measure(BOT, version_store.load(index), HandEncoder()).values()

    names = ["Matthews correlation", "answer accuracy", "wrong-answer rate", "right or offered"]
    names += ["false-answer rate", "asked back, not covered"]
    assert list(ours) == list(neighbour) == names
    # Cosines 0.5 and 1 for what is known, 0 for what is not: a threshold tells them apart, and of
    # five messages only the one of an unknown label is lost. s = 5, c = 4, one of each label given
    # and wanted, "none" given three times and wanted twice:
    # (4 * 5 - (1 + 1 + 3 * 2)) / sqrt((25 - 11) * (25 - 7)) = 12 / sqrt(252).
    assert neighbour["Matthews correlation"].value == pytest.approx(12 / 252**0.5)
    two_of_three = pytest.approx(2 / 3)
    assert [neighbour[n].value for n in names[1:]] == [two_of_three, 0.0, two_of_three, 0.0, 0.0]
    assert [neighbour[name].count for name in names] == [5, 3, 3, 3, 2, 2]
