import pytest

from corpus import Corpus, load
from index.datatypes import Turn
from index.dialogue.entity_mentions import Roles, compile_roles
from index.dialogue.query_rewriting import rewrite
from index.text import normalisation
from index.text.normalisation import plural
from tests.support.paths import ROOT

SHIPPED = ROOT / "corpus"


@pytest.fixture(scope="module")
def shipped_corpus() -> Corpus:
    return load(SHIPPED)


@pytest.fixture(scope="module")
def kitchen() -> Roles:
    return compile_roles(["Baker", "Cook", "Baker"], {"chef": "cook", "baking": "baking"})


@pytest.fixture(scope="module")
def careers(shipped_corpus: Corpus) -> Roles:
    synonyms = normalisation.compile_synonyms(shipped_corpus.synonyms)
    return compile_roles(["Software engineer", "Machine learning engineer"], synonyms.canonical)


def understood(roles: Roles, *questions: str, unit: str | None = "an-answer") -> tuple[str, ...]:
    """Read the last question after the others, each of which was answered as `unit`."""
    return rewrite(questions[-1], [Turn(asked, unit) for asked in questions[:-1]], roles)


@pytest.mark.parametrize(
    ("before", "asked", "meant"),
    [
        ("What does a baker do?", "and a cook?", "What does a cook do?"),
        ("What does a baker do?", "and for chefs?", "What does a cook do?"),
        ("What do bakers earn?", "what about cooks?", "What do cooks earn?"),
        (
            "What do bakers earn?",
            "ok, thanks. and chefs in France?",
            "What do cooks earn in France?",
        ),
        ("How long does training take?", "for a cook", "How long does training take for cooks?"),
        ("Is baking hard?", "is it the same for cooks?", "Is being a cook hard?"),
        ("What does a baker do?", "and the other one?", "What does a cook do?"),
        ("Can a cook work as a baker?", "and vice versa?", "Can a baker work as a cook?"),
        ("What does a baker do?", "do they work at night?", "Do bakers work at night?"),
        ("What does a baker do?", "what are their tasks?", "What are bakers' tasks?"),
        (
            "What does a baker do?",
            "do they earn more than cooks?",
            "Do bakers earn more than cooks?",
        ),
        ("Do bakers earn more than cooks?", "do they work more?", "Do bakers work more?"),
        ("Bakers or cooks?", "do they work at night?", "Do bakers and cooks work at night?"),
        ("What does a baker do?", "what's their pay", "What's bakers' pay?"),
        ("What does a baker do?", "and for the others?", "What does a cook do?"),
        ("Is baking hard?", "is that true for cooks?", "Is being a cook hard?"),
        ("What does a baker do?", "how do I become one?", "How do I become a baker?"),
        ("What does a baker do?", "is that job hard?", "Is the job of a baker hard?"),
        ("What does a baker do?", "is it hard?", "Is baking hard?"),
        ("How do I bake bread?", "is it hard?", "Is it hard to bake bread?"),
        (
            "Can I learn baking alone?",
            "how long does that take?",
            "How long does that take to learn baking alone?",
        ),
        ("What is sourdough?", "is it healthy?", "Is sourdough healthy?"),
        ("What is sourdough?", "and rye?", "What is rye?"),
        ("Do bakers work at night?", "why?", "Why do bakers work at night?"),
        ("What training do bakers need?", "how come", "Why do bakers need training?"),
        ("Do bakers work at night?", "why not?", "Why not do bakers work at night?"),
        ("Why do bakers get up early?", "why is that?", "Why do bakers get up early?"),
        ("Do bakers work at night?", "how often?", "How often do bakers work at night?"),
        ("Do bakers work at night?", "tell me more", "Do bakers work at night?"),
        ("Do bakers work at night?", "in France?", "Do bakers work at night in France?"),
        ("Do bakers work in France?", "and in Spain?", "Do bakers work in Spain?"),
        ("What does a baker do?", "what about the pay?", "The pay for bakers?"),
        ("What does a baker do?", "which tools?", "Which tools for bakers?"),
        ("A baker or a cook?", "which one earns more?", "Which earns more, a baker or a cook?"),
        ("Rye or wheat?", "which of them is healthier", "Which is healthier, Rye or wheat?"),
        (
            "Which ovens do bakers use?",
            "which one is best?",
            "Which ovens do bakers use? which one is best?",
        ),
    ],
)
def test_follow_up_is_understood_through_the_question_before_it(
    kitchen: Roles, before: str, asked: str, meant: str
) -> None:
    assert understood(kitchen, before, asked) == (meant,)


@pytest.mark.parametrize(
    ("before", "asked", "meant"),
    [
        ("what does an mle do", "an for softwar enginers", "What does a software engineer do?"),
        ("wat does a machine lerning enginer do", "and swes?", "Wat does a software engineer do?"),
        ("Is ML a safe job?", "and for SWEs?", "Is software engineering a safe job?"),
        ("is a dev well paid", "how about an ML eng", "Is a machine learning engineer well paid?"),
        (
            "Is Python used by SWEs?",
            "wht abt MLEs",
            "Is Python used by machine learning engineers?",
        ),
    ],
)
def test_short_forms_and_slips_of_the_pen_name_a_role(
    careers: Roles, before: str, asked: str, meant: str
) -> None:
    assert understood(careers, before, asked) == (meant,)


@pytest.mark.parametrize(
    "asked",
    [
        "What does a cook do?",
        "and how much do cooks earn?",
        "Is it worth becoming a cook?",
        "is it hard to find work",
        "If a cook is ill, do they get paid?",
        "do people who bake say they like it",
        "can it be that IT people bake?",
        "cook",
        "thanks",
        "thanks for the help",
        "are you sure?",
        "is that true?",
        "how do you know that?",
        "what do you mean?",
        "what is this?",
        "what time is it?",
        "how is it going",
        "how long has it been since I ate",
        "what is that noise",
        "I love bread. Is it healthy?",
        "I have been thinking about what to do with my life, and it is hard to tell what is best",
        "?",
        "",
    ],
)
def test_question_that_stands_alone_is_not_changed(kitchen: Roles, asked: str) -> None:
    assert understood(kitchen, "What does a baker do?", asked) == (asked,)


def test_plural_of_a_role_is_its_english_plural() -> None:
    nouns = ["baker", "waitress", "secretary", "boy", "fireman"]

    assert [plural(noun) for noun in nouns] == [
        "bakers",
        "waitresses",
        "secretaries",
        "boys",
        "firemen",
    ]


def test_first_question_is_not_changed(kitchen: Roles) -> None:
    assert understood(kitchen, "and for cooks?") == ("and for cooks?",)


def test_continued_question_is_read_both_ways(kitchen: Roles) -> None:
    found = understood(kitchen, "What does a baker do?", "and do I need training?")

    assert found == ("Do I need training?", "Do I need training as a baker?")


def test_other_thing_is_read_both_ways(kitchen: Roles) -> None:
    found = understood(kitchen, "Do bakers use Cocoa?", "and Sugar?")

    assert found == ("Do bakers use Sugar?", "Sugar for bakers?")


def test_follow_ups_can_be_chained(kitchen: Roles) -> None:
    asked = ["Do bakers work at night?", "why?", "and cooks?", "in France?", "in Spain?", "why?"]
    before = asked[:1]

    for question in asked[1:]:
        before += understood(kitchen, *before, question)

    assert before[1:] == [
        "Why do bakers work at night?",
        "Why do cooks work at night?",
        "Why do cooks work at night in France?",
        "Why do cooks work at night in Spain?",
        "Why do cooks work at night in Spain?",
    ]


def test_role_is_looked_for_some_turns_back(kitchen: Roles) -> None:
    found = understood(kitchen, "What does a baker do?", "Who earns well?", "do they work hard?")

    assert found == ("Do bakers work hard?",)


def test_question_without_an_answer_changes_the_topic(kitchen: Roles) -> None:
    history = [Turn("What does a baker do?", "art-baker"), Turn("Is sailing fun?", None)]

    assert rewrite("is it hard?", history, kitchen) == ("Is sailing fun? is it hard?",)


def test_name_alone_chooses_after_a_question_back(kitchen: Roles) -> None:
    found = understood(kitchen, "How long is training?", "cook", unit=None)

    assert found == ("How long is training for cooks?",)


def test_without_roles_a_follow_up_is_understood_still() -> None:
    nobody = compile_roles([], {})

    assert understood(nobody, "Is the shop open?", "why?") == ("Why is the shop open?",)
    assert understood(nobody, "Is the shop open?", "do they sell rye?") == (
        "Is the shop open? do they sell rye?",
    )


def test_long_post_before_is_not_built_upon(kitchen: Roles) -> None:
    assert understood(kitchen, "bread and more " * 40, "why?") == ("why?",)


@pytest.mark.parametrize("asked", ["it " * 500, "and " * 14, "a" * 1000, "why " * 13, "the " * 14])
def test_words_said_over_and_over_are_not_changed(kitchen: Roles, asked: str) -> None:
    # A pattern that goes back over them would take for ever.
    assert understood(kitchen, "baker " * 38, asked) == (asked,)


def test_hardly_any_question_of_the_corpus_is_taken_for_a_follow_up(
    shipped_corpus: Corpus, careers: Roles
) -> None:
    sections = (section for document in shipped_corpus.documents for section in document.sections)
    spoken = (*shipped_corpus.entries, *shipped_corpus.smalltalk)
    asked = [question for section in sections for question in section.questions]
    asked += [question for entry in spoken for question in (entry.question, *entry.variants)]
    asked += [example for boundary in shipped_corpus.boundaries for example in boundary.examples]

    before = "What does a machine learning engineer do?"
    changed = [
        question for question in asked if understood(careers, before, question) != (question,)
    ]

    assert len(changed) <= len(asked) / 1000
