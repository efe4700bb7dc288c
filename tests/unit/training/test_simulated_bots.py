import json
import random
from pathlib import Path

import pytest

from index.ranking.unit_scorer import OutOfScope
from index.training import simulated_bots
from index.training.simulated_bots import Intents, SimulatedBot
from tests.support.encoding import HandEncoder, Remembering

STRANGERS = tuple(f"stranger {number}" for number in range(25))


@pytest.fixture
def intents() -> Intents:
    """Ninety intents; each is most like those with the next numbers."""
    names = [f"intent-{number:02}" for number in range(90)]
    return Intents(
        {name: [f"{name} train {n}" for n in range(60)] for name in names},
        {name: [f"{name} asked {n}" for n in range(6)] for name in names},
        STRANGERS,
        {name: (*names[place + 1 :], *names[:place]) for place, name in enumerate(names)},
    )


def csv_file(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(["sentence,label", *rows]) + "\n", encoding="utf-8")
    return path


def test_bot_is_read_as_one_bot_without_boundaries(tmp_path: Path) -> None:
    train = csv_file(tmp_path / "train.csv", "who earns more,pay", '"night, or day",hours')
    test = csv_file(tmp_path / "test.csv", "the pay,pay", "what else,NO_NODES_DETECTED")

    assert simulated_bots.read_bot(train, test) == SimulatedBot(
        ("hours", "pay"),
        (("who earns more", 1), ("night, or day", 0)),
        frozenset(),
        (("the pay", 1), ("what else", None)),
    )


def test_intents_are_read_with_the_most_alike_first(tmp_path: Path) -> None:
    path = tmp_path / "intents.json"
    train = [["baker", "b"], ["bread", "a"], ["baker bread", "c"], ["bread bread", "a"]]
    data = {"train": train, "val": [["a baker", "b"]], "oos_val": [["weather", "oos"]]}
    path.write_text(json.dumps(data), encoding="utf-8")

    assert simulated_bots.read_intents(path, Remembering()) == Intents(
        {"b": ["baker"], "a": ["bread", "bread bread"], "c": ["baker bread"]},
        {"b": ["a baker"]},
        ("weather",),
        {"a": ("c", "b"), "b": ("c", "a"), "c": ("a", "b")},
    )


def test_every_other_bot_has_boundaries_that_are_like_what_it_covers(intents: Intents) -> None:
    plain, guarded = simulated_bots.draw_bots(intents, 2)

    assert plain.boundaries == frozenset()
    assert len(guarded.boundaries) > 0
    assert guarded.boundaries == frozenset(range(min(guarded.boundaries), len(guarded.names)))
    assert len(plain.names) in simulated_bots.SIZES
    assert min(guarded.boundaries) in simulated_bots.SIZES


def test_bot_asks_about_what_it_covers_and_about_out_of_scope_questions(intents: Intents) -> None:
    for bot in simulated_bots.draw_bots(intents, 4):
        covered = [name for place, name in enumerate(bot.names) if place not in bot.boundaries]
        wanted = [(text, bot.names[place]) for text, place in bot.questions if place is not None]
        strange = [text for text, place in bot.questions if place is None]

        assert {name for _, name in wanted} == set(covered)
        assert all(text.startswith(f"{name} asked") for text, name in wanted)
        assert not any(text.startswith(tuple(f"{name} " for name in covered)) for text in strange)
        assert sum(text in STRANGERS for text in strange) == 20


def test_bot_has_at_least_three_texts_of_each_class(intents: Intents) -> None:
    for bot in simulated_bots.draw_bots(intents, 4):
        sizes = [sum(place == own for _, place in bot.texts) for own in range(len(bot.names))]

        assert min(sizes) >= 3
        assert all(text.startswith(f"{bot.names[place]} train") for text, place in bot.texts)


def test_bots_are_the_same_every_time(intents: Intents) -> None:
    state = random.getstate()

    assert list(simulated_bots.draw_bots(intents, 3)) == list(simulated_bots.draw_bots(intents, 3))
    assert random.getstate() == state


def test_samples_say_of_each_question_whether_its_class_is_the_candidate() -> None:
    bot = SimulatedBot(
        ("bakers", "cooks", "bread"),
        (("cook", 1), ("baker", 0), ("baker night", 0), ("chef cook", 1), ("bread dough", 2)),
        frozenset({2}),
        (("a baker at night", 0), ("cook?", 0), ("bread", None)),
    )
    strangers = OutOfScope(("good morning",), HandEncoder().encode(["good morning"]))

    found = list(simulated_bots.samples(bot, Remembering(), strangers))

    assert [(row.group, row.right) for row in found] == [
        ("a baker at night", True),
        ("cook?", False),
        ("bread", False),
    ]
    assert [row.evidence.cosine for row in found] == pytest.approx([1.0, 1.0, 0.0])
    # The boundary is a rival: "bread" has the cosine 0.71 with it.
    assert found[2].evidence.out_of_scope_lead == pytest.approx(0.5**0.5 + 0.15)
