"""Pages as site builders make them: imported, built, and asked what they answer."""

from pathlib import Path

import pytest

from corpus import load
from index import open_index
from index.datatypes import Answered, Clarify
from tests.support.building import build_real
from tests.support.commands import run
from tests.support.publishing import built

PAGES = Path(__file__).with_name("pages")
ANSWERS = {
    "wordpress": {
        "When does a baker start in the morning?": (
            "The first oven is hot at 3 am; apprentices come at 5 am."
        ),
        "How much does a baker earn?": "A baker earns 16 18 euros an hour, and 25% more at night.",
        "Can a cook become a baker?": (
            "Yes: the training takes two years instead of three. - One year at school"
            " - One year at the oven"
        ),
    },
    "notion": {
        "Who works at night?": (
            "Two bakers and one butcher, by turns. 1. Monday: bakers 2. Tuesday: the butcher"
        ),
        "May I swap a training?": "Ask whoever is on the list; tell Ann before noon.",
        "Is bread free for us?": "One loaf a day, 10% off the rest.",
    },
    "bootstrap": {
        "How long is the apprenticeship of a butcher?": (
            "Three years \u2013 with 5 weeks off each."
        ),
        "Does the apprenticeship pay?": "Year | Pay 1 | 850 €",
    },
}
ARTICLES = {
    "wordpress": "The mill was built in 1874 and still grinds all our flour.",
    "notion": "Everything that new colleagues ask in their first week, in one place.",
    "bootstrap": "Place: Main Street 1",
}
REWORDED = {
    "wordpress": {
        "at what time do bakers begin?": "When does a baker start in the morning?",
        "what is the pay of a baker": "How much does a baker earn?",
        "how can cooks switch to baking": "Can a cook become a baker?",
    },
    "notion": {
        "which people do the night shift": "Who works at night?",
        "can I trade my training slot with a colleague": "May I swap a training?",
        "do we pay for bread": "Is bread free for us?",
    },
    "bootstrap": {
        "how many years does it take to become a butcher": (
            "How long is the apprenticeship of a butcher?"
        ),
        "do apprentices get money": "Does the apprenticeship pay?",
    },
}
NEVER = ("Draft: prices", "cookies", "Was this page helpful", "opens a panel", "WordPress")


@pytest.mark.parametrize("name", ANSWERS)
def test_page_answers_its_own_questions(name: str, tmp_path: Path, runtime: Path) -> None:
    out = tmp_path / "content"

    result = run("import", PAGES / f"{name}.html", "--out", out, "--alone")

    assert result.exit_code == 0
    corpus = load(out)
    entries = {entry.question: " ".join(entry.text.split()) for entry in corpus.entries}
    assert entries == ANSWERS[name]
    texts = [*entries.values(), *(s.text for d in corpus.documents for s in d.sections)]
    assert ARTICLES[name] in " ".join(" ".join(texts).split())
    assert not [word for word in NEVER if any(word in text for text in texts)]
    retriever = built(out, runtime, tmp_path / "index").retriever()
    for question, answer in ANSWERS[name].items():
        outcome = retriever.answer(question)
        assert isinstance(outcome, Answered)
        assert " ".join(outcome.unit.text.split()) == answer


@pytest.mark.model
@pytest.mark.parametrize("name", ANSWERS)
def test_page_answers_questions_in_other_words(name: str, tmp_path: Path, encoders: Path) -> None:
    out = tmp_path / "content"
    assert run("import", PAGES / f"{name}.html", "--out", out, "--alone").exit_code == 0

    retriever = open_index(build_real(load(out), encoders, tmp_path / "real"))

    for question, answer in ANSWERS[name].items():
        outcome = retriever.answer(question)
        assert isinstance(outcome, Answered)
        assert " ".join(outcome.unit.text.split()) == answer
    for question, meant in REWORDED[name].items():
        outcome = retriever.answer(question)
        if isinstance(outcome, Answered):
            assert " ".join(outcome.unit.text.split()) == ANSWERS[name][meant]
        else:
            assert isinstance(outcome, Clarify)
            assert [candidate.question for candidate in outcome.candidates] == [meant]
