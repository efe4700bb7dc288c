"""Faults put into the tiny corpus, one a test; the encoder's vectors can be worked out on paper."""

import json
from pathlib import Path

import pytest

from corpus import load
from corpus.linter import Finding
from index.quality.content_audit import _some, audit
from tests.support.paths import CONTENT
from tests.support.publishing import built, edit

DATED = "  owner: Kitchen team\n  reviewed: 2026-11-01\n"


@pytest.fixture(scope="module")
def unedited(runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> frozenset[Finding]:
    """What the audit finds in the tiny corpus as it is."""
    return frozenset(audit(load(CONTENT), built(CONTENT, runtime, tmp_path_factory.mktemp("i"))))


@pytest.fixture
def audited(
    content: Path, runtime: Path, tmp_path: Path, unedited: frozenset[Finding]
) -> "Audited":
    return Audited(content, runtime, tmp_path, unedited)


class Audited:
    """A copy of the tiny corpus to edit, and what the audit finds beside what it found before."""

    def __init__(
        self, content: Path, runtime: Path, folder: Path, unedited: frozenset[Finding]
    ) -> None:
        self.content, self._runtime, self._folder = content, runtime, folder
        self._unedited = unedited

    def new(self) -> list[str]:
        version = built(self.content, self._runtime, self._folder / "index")
        findings = audit(load(self.content), version)
        return [str(finding) for finding in findings if finding not in self._unedited]

    def add(self, id_: str, question: str, answer: str, *variants: str, more: str = "") -> None:
        path = self.content / "faqs" / "more.yaml"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        listed = "".join(f'    - "{variant}"\n' for variant in variants)
        path.write_text(
            f"{text}- id: {id_}\n  question: {question}\n  variants:\n{listed}"
            f'  answer: "{answer}"\n{more}{DATED}',
            encoding="utf-8",
        )


def test_questions_that_mean_the_same_under_two_answers_are_reported_at_their_line(
    audited: Audited,
) -> None:
    audited.add("faq-x", "bread in the morning", "Yes, 1.", "oven morning hours recipe")
    audited.add("faq-y", "training of butchers", "No, 2.", "the recipe of morning oven hour")

    told = [line for line in audited.new() if "means the same" in line]

    same = "'oven morning hours recipe' ('faq-x') means the same as"
    other = "'the recipe of morning oven hour' ('faq-y')"
    remedy = "Keep one of them, or name the other answer under 'equivalents'"
    assert told == [f"faqs/more.yaml:4: warning: {same} {other}. {remedy}"]


def test_answers_that_say_the_same_may_share_questions(audited: Audited) -> None:
    audited.add("faq-x", "bread in the morning", "Yes, 1.", "oven morning hours recipe")
    same = "  equivalents: [faq-x]\n"
    audited.add(
        "faq-y", "training of butchers", "No.", "the recipe of morning oven hour", more=same
    )

    assert [line for line in audited.new() if "means the same" in line] == []


def test_who_becomes_what_is_no_duplicate(audited: Audited) -> None:
    audited.add("faq-x", "bread in the morning", "Yes.", "can a baker become a cook with training")
    audited.add("faq-y", "dough hours", "No.", "can a cook become a baker with training")

    assert [line for line in audited.new() if "means the same" in line] == []


def test_shadowed_answer_is_reported_with_what_ranks_first(audited: Audited) -> None:
    shadow = ("dough dough recipe", "dough recipe", "recipe of dough", "a recipe and dough")
    audited.add("faq-dough", "dough recipe?", "Dough.", *shadow)
    audited.add("faq-shadow", "butcher", "B.", "the dough recipe", "recipe dough", "dough: recipe!")

    told = [line for line in audited.new() if "is shadowed" in line]

    assert len(told) == 1
    assert "'faq-shadow' is shadowed: 3 of 3 questions find 'faq-dough' first" in told[0]
    assert told[0].startswith("faqs/more.yaml:17: warning: ")


def test_contradicting_figures_are_reported(audited: Audited) -> None:
    audited.add("faq-x", "butcher", "The training of bread and dough takes 3 years. Bye.", "aa bb")
    audited.add("faq-y", "morning", "Training in dough and bread takes 4 years. So.", "cc dd")

    told = [line for line in audited.new() if "on the same thing" in line]

    assert told == [
        (
            "faqs/more.yaml:5: warning: 'faq-x' says 3 years, but 'faq-y' says 4 years on the same"
            " thing. Make the figures agree"
        )
    ]


@pytest.mark.parametrize(
    "other",
    ["Training in dough and bread takes 3 years.", "Training in dough and bread: 20 %."],
    ids=["the same", "of something else"],
)
def test_figures_that_agree_or_measure_something_else_are_left_alone(
    audited: Audited, other: str
) -> None:
    audited.add("faq-x", "butcher", "The training of bread and dough takes 3 years. Bye.", "aa bb")
    audited.add("faq-y", "morning", f"{other} So.", "cc dd")

    assert [line for line in audited.new() if "on the same thing" in line] == []


@pytest.mark.parametrize(("here", "there"), [("10%", "10 per cent"), ("$80,000", "80000 dollars")])
def test_same_figure_written_in_another_way_is_left_alone(
    audited: Audited, here: str, there: str
) -> None:
    audited.add("faq-x", "butcher", f"The training of bread and dough takes {here}. Bye.", "aa bb")
    audited.add("faq-y", "morning", f"Training in dough and bread takes {there}. So.", "cc dd")

    assert [line for line in audited.new() if "on the same thing" in line] == []

    audited.add("faq-z", "evening", "Training in dough and bread takes 9% of $7. So.", "ee ff")

    assert any("on the same thing" in line for line in audited.new())


def test_check_that_the_content_lists_is_reported(audited: Audited) -> None:
    check = {"question": "Are cooks better paid?", "expect": "faq-pay"}
    (audited.content / "checks.jsonl").write_text(json.dumps(check))

    assert audited.new() == [
        (
            "checks.jsonl:1: note: the check 'Are cooks better paid?' stands in the content, under"
            " 'faq-pay'. Word it as somebody else would ask it"
        )
    ]


def test_answer_whose_questions_all_belong_to_another_is_reported_with_each_of_them(
    audited: Audited,
) -> None:
    audited.add("faq-x", "night work in a bakery", "Another answer.", "Do bakers work at night?")

    told = audited.new()

    start = (
        "faqs/more.yaml:2: warning: 'night work in a bakery' stands under 'faq-x' and gets 'faq-"
    )
    assert any(line.startswith(start) for line in told)
    assert any("no question reaches 'faq-x': 'night work in a bakery' -> faq-" in t for t in told)


def test_example_of_a_boundary_that_gets_an_answer_is_reported_at_its_line(
    audited: Audited,
) -> None:
    """It stands under an answer, too: an example that stands nowhere else is never answered."""
    edit(audited.content, {"what does a butcher do": "night work in a bakery"}, "boundaries.yaml")

    assert (
        "boundaries.yaml:11: warning: 'night work in a bakery' is outside ('out-other-jobs') and"
        " yet gets 'faq-night'. Add examples like it, or take it out if that answer is right"
    ) in audited.new()


def test_entry_whose_questions_a_boundary_takes_is_noted(audited: Audited) -> None:
    audited.add("faq-dough", "bread dough", "Dough.", "recipe of a sourdough bread")

    told = [line for line in audited.new() if "competes with" in line]

    assert told
    assert all(": note: 'out-recipes' competes with 'faq-dough': " in line for line in told)


def test_new_entry_that_answers_examples_of_a_boundary_is_noted(audited: Audited) -> None:
    examples = "    - of bread dough?\n    - a dough, a bread\n"
    edit(
        audited.content,
        {"    - how do I bake sourdough bread\n": examples},
        "boundaries.yaml",
    )
    (audited.content / "faqs" / "more.yaml").write_text(
        f"- id: faq-dough\n  question: bread dough\n  answer: Dough.\n{DATED}", encoding="utf-8"
    )

    told = [line for line in audited.new() if "competes with" in line]

    assert told == [
        (
            "faqs/more.yaml:3: note: 'out-recipes' competes with 'faq-dough', which seems to answer"
            " 'of bread dough?'; 'a dough, a bread'. Take examples out of 'out-recipes' if it does;"
            " else add more of them"
        )
    ]


def test_boundary_that_takes_few_of_many_questions_is_no_note(audited: Audited) -> None:
    many = [f"hello {word} of the butcher" for word in ("morning", "night", "work", "training")]
    audited.add("faq-x", "butcher and apprentice", "B.", *many, "recipe of a sourdough bread")

    assert [line for line in audited.new() if "competes with" in line] == []


def test_boundary_that_keeps_little_out_is_reported(audited: Audited) -> None:
    ours = (
        "how much do bakers earn",
        "night work of a bakery",
        "how long is the training of bakers",
    )
    edit(
        audited.content,
        {"    - how do I bake sourdough bread\n": "".join(f"    - {q}\n" for q in ours)},
        "boundaries.yaml",
    )

    told = [line for line in audited.new() if "'out-recipes' keeps little out" in line]

    assert len(told) == 1
    assert "3 of 4 examples, each left out, get an answer: 'how much do bakers" in told[0]


def test_answer_that_only_its_own_words_reach_is_noted(audited: Audited) -> None:
    audited.add("faq-x", "butcher?", "B.", "hello", "thank morning", "apprenticeship hour recipe")

    told = [line for line in audited.new() if "a new way to ask for 'faq-x'" in line]

    assert len(told) == 1
    assert told[0].startswith("faqs/more.yaml:7: note: ")


def test_content_in_another_language_is_reported_once(audited: Audited) -> None:
    audited.add("faq-x", "Darf ich meinen Hund mitbringen?", "Ja, freitags dürfen alle Hunde mit.")
    audited.add("faq-y", "Wo kann ich parken?", "Hinter dem Haus gibt es zwanzig Stellplätze.")

    told = [line for line in audited.new() if "is not in English" in line]

    assert len(told) == 1
    assert "'faq-x' is not in English, nor is 1 other;" in told[0]


@pytest.mark.parametrize(("count", "most", "left"), [(0, 5, 0), (5, 5, 5), (11, 5, 4)])
def test_of_many_texts_some_are_looked_at(count: int, most: int, left: int) -> None:
    assert len(_some(range(count), most)) == left
