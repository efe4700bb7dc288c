"""A help desk of any size, the same every time: canned answers, and questions to ask them with.

An entry is an action, a thing and a circumstance, said in the ways of the action. Entries differ
from their neighbours in one of the three alone, so that they are hard to tell apart.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SEED = 20261125
_FILE_SIZE = 1000
"""Entries a file; an editor opens as many without pain."""

_ACTIONS = (
    # Name, question, variant, and a paraphrase to ask with.
    ("cancel", "How do I cancel {}?", "i want to cancel {}", "how can {} be cancelled"),
    ("change", "How do I change {}?", "i need to make a change to {}", "editing {}"),
    ("pay", "How do I pay for {}?", "ways to pay for {}", "can i pay {} by card"),
    ("refund", "Can I get my money back for {}?", "refund for {}", "i want {} refunded"),
    ("renew", "How is {} renewed?", "does {} renew by itself", "extend {} for another year"),
    ("cost", "How much does {} cost?", "price of {}", "what do i have to pay for {}"),
    ("lost", "What do I do when I have lost {}?", "i can't find {} any more", "{} is gone"),
    ("share", "Can I share {} with somebody?", "let a friend use {}", "giving {} to my family"),
    ("delete", "How do I delete {}?", "remove {} for good", "get rid of {}"),
    ("print", "How do I print {}?", "{} on paper", "i need a printed copy of {}"),
    ("late", "Why does {} take so long?", "still waiting for {}", "{} has not arrived yet"),
    ("wrong", "What do I do when {} is wrong?", "there is a mistake in {}", "correct {}"),
    ("start", "How do I set up {}?", "getting started with {}", "first steps with {}"),
    ("see", "Where can I see {}?", "where do i find {}", "show me {}"),
    ("safe", "Is {} safe?", "who protects {}", "can somebody steal {}"),
    ("move", "How do I take {} along when I move?", "move {} to a new place", "transfer {}"),
    ("insure", "Is {} insured?", "does the insurance cover {}", "insurance for {}"),
    ("stop", "How do I stop getting {}?", "i do not want {} any more", "unsubscribe from {}"),
    ("compare", "How does {} compare with the others?", "is {} better", "why choose {}"),
    ("declined", "Why was {} declined?", "{} was refused", "reason for rejecting {}"),
)
_THINGS = tuple(
    "the " + thing
    for thing in (
        *(
            "invoice",
            "password",
            "subscription",
            "delivery",
            "parcel",
            "order",
            "booking",
            "ticket",
        ),
        *("contract", "account", "savings plan", "credit card", "pension", "mortgage", "loan"),
        *("hotel room", "flight", "train pass", "rental car", "parking permit", "library card"),
        *("gym membership", "newsletter", "phone number", "data plan", "router", "television"),
        *("washing machine", "garden tools", "bicycle", "mattress", "sofa", "kitchen", "carpet"),
        *("heating", "electricity meter", "water bill", "gas supply", "solar panel", "roof"),
        *("doctor's appointment", "prescription", "vaccination", "health record", "glasses"),
        *("school place", "course", "exam", "certificate", "scholarship", "student card", "essay"),
        *("tax return", "passport", "visa application", "driving licence", "birth certificate"),
        *("photo album", "playlist", "game", "video call", "calendar", "backup", "spreadsheet"),
        *("dog licence", "pet passport", "fishing permit", "concert ticket", "museum tour"),
        *("coffee machine", "lunch menu", "birthday cake", "gift voucher", "loyalty points"),
        *("shift plan", "holiday request", "expense report", "payslip", "job offer", "reference"),
        *("warranty", "spare part", "repair", "software licence", "firewall", "printer", "scanner"),
        *("charity donation", "raffle ticket", "voting card", "petition", "survey", "complaint"),
    )
)
_CIRCUMSTANCES = tuple(
    circumstance
    for circumstance in (
        "",
        *(
            "from abroad",
            "on a phone",
            "for a child",
            "at the weekend",
            "without an e-mail address",
        ),
        *("after a wedding", "during a strike", "as a student", "for a company", "in winter"),
        *("before it starts", "by post", "for two people", "when I am ill", "in another name"),
        *("at night", "with a wheelchair", "as a pensioner", "for a club", "after a theft"),
        *("through an agent", "in cash", "while travelling", "on short notice", "at the airport"),
        *("for a neighbour", "in a rented flat", "after the deadline", "with a discount code"),
        *("when the office is closed", "for a school class", "as a gift", "for the second time"),
        *("in a foreign currency", "with a broken screen", "as a new customer", "from a farm"),
        *("for a baby", "in an emergency", "without a bank account", "during the holidays"),
        *("for a whole year", "on a public holiday", "with an old account", "after a divorce"),
        *("for a film crew", "as a volunteer", "on an island", "in a shared office", "at sea"),
        *("for a tall person", "under eighteen", "with a guide dog", "in two parts", "by bicycle"),
    )
)
STRANGE = tuple(
    f"{opening} {about}"
    for opening in (
        "who invented",
        "what do people think of",
        "when was the first",
        "tell me a joke about",
    )
    for about in (
        *("volcanoes", "the moon landing", "penguins", "baroque music", "quantum mechanics"),
        *("the French revolution", "sourdough", "black holes", "chess openings", "sumo wrestling"),
    )
)
"""Questions on things that no desk is about."""
_SPARE = 20
"""What an answer mentions is counted up to this number, so that answers differ in figures, too."""


@dataclass(frozen=True, slots=True)
class Canned:
    """A synthetic canned answer."""

    id: str
    question: str
    variant: str
    paraphrase: str
    """Another way to ask it, which the content does not hold."""
    answer: str


def most() -> int:
    """Return how many different entries there are."""
    return len(_ACTIONS) * len(_THINGS) * len(_CIRCUMSTANCES)


def entries(count: int) -> list[Canned]:
    """Make `count` different entries; a larger desk holds every smaller one."""
    triples = [
        (action, thing, circumstance)
        for action in range(len(_ACTIONS))
        for thing in range(len(_THINGS))
        for circumstance in range(len(_CIRCUMSTANCES))
    ]
    random.Random(SEED).shuffle(triples)  # noqa: S311 - for an order, not for secrets
    return [_entry(number, *triple) for number, triple in enumerate(triples[:count])]


def about(number: int) -> list[Canned]:
    """Make the entries of one small desk of many: all actions, one thing, one circumstance."""
    thing, circumstance = number % len(_THINGS), number // len(_THINGS) % len(_CIRCUMSTANCES)
    return [_entry(action, action, thing, circumstance) for action in range(len(_ACTIONS))]


def _entry(number: int, action: int, thing: int, circumstance: int) -> Canned:
    name, question, variant, paraphrase = _ACTIONS[action]
    what = f"{_THINGS[thing]} {_CIRCUMSTANCES[circumstance]}".strip()
    days = 1 + (number * 7) % _SPARE
    answer = (
        f"Open the page on {_THINGS[thing]} and choose '{name}'; "
        f"{_CIRCUMSTANCES[circumstance] or 'in every other case'} it takes {days} days. "
        f"Whoever is in doubt about {_THINGS[thing]} calls the desk before noon."
    )
    return Canned(
        f"entry-{number:06d}",
        question.format(what),
        variant.format(what),
        paraphrase.format(what),
        answer,
    )


def write(made: Sequence[Canned], folder: Path) -> None:
    """Write entries as a corpus, some a file."""
    faqs = folder / "faqs"
    faqs.mkdir(parents=True, exist_ok=True)
    for start in range(0, len(made), _FILE_SIZE):
        lines = "".join(_yaml(made[start : start + _FILE_SIZE]))
        (faqs / f"part-{start // _FILE_SIZE:04d}.yaml").write_text(lines, encoding="utf-8")


def _yaml(made: Sequence[Canned]) -> Iterator[str]:
    for one in made:
        fields = {
            "id": one.id,
            "question": one.question,
            "variants": [one.variant],
            "answer": one.answer,
            "owner": "desk@example.org",
            "reviewed": "2026-11-23",
        }
        # A JSON value is a YAML value, too.
        yield "".join(
            f"{'- ' if key == 'id' else '  '}{key}: {json.dumps(value, ensure_ascii=False)}\n"
            for key, value in fields.items()
        )
