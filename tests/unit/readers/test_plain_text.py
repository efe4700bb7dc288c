import re
from collections import Counter
from pathlib import Path

import pytest

from corpus import Corpus, load
from corpus.importers import ImportDraft, NoteKind, arrange, merge, read_source
from corpus.importers.blocks import Heading, Item, Listing, Note, Prose, Question
from corpus.importers.readers.plain_text import read_text
from tests.support.paths import SHARED

SEED = SHARED / "seed" / "article.txt"


def draft(text: str) -> ImportDraft:
    return arrange(read_source("file.txt", text.encode(), ".txt"), "Name of the file")


def headings(text: str) -> list[tuple[int, str]]:
    blocks = read_text(text).blocks
    return [(block.level, block.text) for block in blocks if isinstance(block, Heading)]


def test_bullets_paragraphs_and_headings_are_recognised() -> None:
    text = "The Kitchen\n\nIntro, in one line.\n\nTools:\n\n • Knife: sharp\n   and long\n • Pan\n"

    found = read_text(text)

    assert found.blocks == (
        Heading("The Kitchen", 1, 1),
        Prose("Intro, in one line.", 3),
        Heading("Tools", 2, 5),
        Listing((Item("Knife: sharp and long", 7), Item("Pan", 9)), False, 7),
    )


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("What Is a Cook?", True),
        ("Role:", True),
        ("Tools and Languages", True),
        ("What to choose: cook vs. waiter?", True),
        ("Several factors contribute to it:", False),
        ("Here are some factors to consider:", False),
        ("A sentence ends with a full stop.", False),
        ("and goes on here", False),
        ("See https://example.org/page", False),
        ("A Very Long Title " * 10, False),
    ],
)
def test_heading_is_distinguished_from_a_sentence(line: str, is_one: bool) -> None:
    found = headings(f"Title\n\nWords, of some kind.\n\n{line}\n\nMore words, of another kind.")

    assert len(found) == 1 + is_one


def test_numbered_questions_become_canned_answers_whatever_their_number() -> None:
    text = "FAQ:\n\n  1. Is it hot?\n\nYes, very.\n\nOften.\n  1. Is it loud?\n\nNo.\n"

    assert draft(text).questions == (
        Question("Is it hot?", "Yes, very.\n\nOften.", 3),
        Question("Is it loud?", "No.", 8),
    )


def test_question_goes_on_in_the_next_line_and_so_does_an_answer() -> None:
    text = "FAQ\n\n1. Wash it.\n2. Is it\n   hot?\n\nYes.\n\n3. Is it loud?\n   No.\n"

    assert [(question.question, question.answer) for question in draft(text).questions] == [
        ("Is it hot?", "Yes."),
        ("Is it loud?", "No."),
    ]


def test_bullets_further_in_stand_below_the_one_before() -> None:
    (block,) = read_text("- Tools\n    - Knife\n    - Pan\n- Heat\n").blocks

    assert block == Listing((Item("Tools\n- Knife\n- Pan", 1), Item("Heat", 4)), False, 1)


def test_underlined_line_is_a_heading_and_a_rule_is_nothing() -> None:
    text = "Kitchen\n=======\n\nWords, many.\n\n* * *\n\nmore words\n"

    assert read_text(text).blocks == (
        Heading("Kitchen", 1, 1),
        Prose("Words, many.", 4),
        Prose("more words", 8),
    )


def test_short_heading_may_stand_for_two_parts_of_one_name() -> None:
    text = "Title\n\nPay\n\nLow, at first.\n\nHours\n\nLong, often.\n\nPay\n\nHigh, later.\n"

    assert headings(text) == [(1, "Title"), (2, "Pay"), (2, "Hours"), (2, "Pay")]


def test_numbered_list_is_no_list_of_questions() -> None:
    article = draft("Steps\n\n1. Wash it.\n2. Chop it.\n").article

    assert article is not None
    assert article.sections[0].blocks == (
        Listing((Item("Wash it.", 3), Item("Chop it.", 4)), True, 3),
    )


@pytest.mark.parametrize(
    "text",
    [
        "Q: Is it hot?\nA: Yes.\n\nQ: Is it loud?\nA: No.\n",
        "Frequently asked questions\n\nIs it hot?\n\nYes.\n\nIs it loud?\n\nNo.\n",
        "Is it hot?\nYes.\n\nIs it loud?\nNo.\n",
        "# Kitchen\n\n## Is it hot?\n\nYes.\n\n## Is it loud?\n\nNo.\n",
    ],
    ids=["marked", "below a heading", "nothing else", "hashes"],
)
def test_questions_are_recognised_in_other_shapes(text: str) -> None:
    found = [(question.question, question.answer) for question in draft(text).questions]

    assert found == [("Is it hot?", "Yes."), ("Is it loud?", "No.")]


def test_repeated_heading_of_a_page_goes_on_with_what_came_before() -> None:
    text = (
        "Title\n\nTitle\n\nWhat Is a Cook:\n\nRole:\n\nTo cook, and to taste.\n\nDuties:\n\n"
        "- Wash it well\n\nWhat Is a Cook\n\n- Chop it well\n\n"
        "What Is a Waiter:\n\nRole:\n\nTo wait, and to smile.\n"
    )

    found = draft(text)

    assert found.article is not None
    assert [
        (section.heading.level, section.heading.text, section.trail)
        for section in found.article.sections
    ] == [
        (2, "What Is a Cook", ()),
        (3, "Role", ("What Is a Cook",)),
        (3, "Duties", ("What Is a Cook",)),
        (2, "What Is a Waiter", ()),
        (3, "Role", ("What Is a Waiter",)),
    ]
    assert found.article.sections[2].blocks == (
        Listing((Item("Wash it well", 13), Item("Chop it well", 17)), False, 13),
    )
    assert [note.line for note in found.notes if note.kind is NoteKind.LEFT_OUT] == [3, 15]


def test_question_without_an_answer_is_reported() -> None:
    found = draft("FAQ\n\nQ: Is it hot?\nQ: Is it loud?\nA: No.\n")

    assert [question.question for question in found.questions] == ["Is it loud?"]
    said = (
        "the question 'Is it hot?' has no answer; if that to 'Is it loud?' is meant, add it there"
        " as a variant"
    )
    assert Note(3, NoteKind.LEFT_OUT, said) in found.notes


def test_table_of_a_text_keeps_its_rows() -> None:
    table = "| day | from |\n|-----|------|\n| Monday | 9 |"

    found = read_source("x.txt", f"Hours\n\n{table}\n\nCome.".encode(), ".txt")

    assert found.blocks[1] == Prose(table, 3)


def test_rows_without_a_rule_stay_lines() -> None:
    found = read_source("x.txt", b"Hours\n\n| Monday | 9 |\n| Friday | 10 |\n", ".txt")

    assert found.blocks[1] == Prose("| Monday | 9 |\\\n| Friday | 10 |", 3)


def test_references_become_sources_and_stay_a_section() -> None:
    article = draft("Kitchen\n\nWords, many.\n\nReferences:\n\n1. https://e.org/a\n").article

    assert article is not None
    assert article.sources == ("https://e.org/a",)
    assert [section.heading.text for section in article.sections] == ["Kitchen", "References"]


def test_label_of_a_line_at_the_end_becomes_a_heading() -> None:
    blocks = read_text("Kitchen\n\nWords, many.\n\nUseful Video: How do cooks cook?\n").blocks

    assert blocks[2:] == (Heading("Useful Video", 2, 5), Prose("How do cooks cook?", 5))


# The article that this project was made for; it is not part of the repository.


def imported(tmp_path: Path) -> Corpus:
    if not SEED.exists():
        pytest.skip(f"{SEED} is not there: the import of the real article is not checked")
    found = read_source(SEED.name, SEED.read_bytes(), ".txt")
    for target in merge(arrange(found, "Article"), "article", tmp_path).targets:
        path = tmp_path / target.name
        path.parent.mkdir(parents=True)
        path.write_text(target.text, encoding="utf-8")
    return load(tmp_path)


SECTIONS = [
    (2, "What Is Machine Learning?"),
    (2, "What Is a Software Engineer"),
    (3, "Role"),
    (3, "Responsibilities"),
    (3, "Education"),
    (2, "What Is a Machine Learning Engineer"),
    (3, "Role"),
    (3, "Responsibilities"),
    (3, "Education"),
    (3, "Developer Perspective"),
    (3, "Product Perspective"),
    (3, "Demand"),
    (3, "Work Environment"),
    (3, "Communication Style"),
    (3, "Skills"),
    (3, "Prospects"),
    (3, "Tools and Languages"),
    (3, "Approach to Problem-Solving"),
    (3, "Education and Skills"),
    (3, "Proof of Concept"),
    (2, "Is Machine Learning Difficult"),
    (3, "Software Engineers Need a Different Mindset"),
    (3, "The Engineering Roles Are Often Different"),
    (2, "What Career To Choose – Machine Learning Engineer vs. Software Engineer?"),  # noqa: RUF001 - as in the text
    (3, "Machine Learning Engineer"),
    (3, "Software Engineer"),
    (2, "Useful Video"),
    (2, "References"),
]


def test_the_article_imports_to_19_entries_and_all_its_sections(tmp_path: Path) -> None:
    corpus = imported(tmp_path)

    (document,) = corpus.documents
    sections = [(section.level, section.heading) for section in document.sections if section.level]
    assert len(corpus.entries) == 19
    assert sections == [(2, document.title), *SECTIONS]
    assert dict(document.roles) == {"se": "Software Engineers", "mle": "Machine Learning Engineers"}
    paired = {section.parent for section in document.sections if section.role == "mle"}
    assert len(paired) == 7


def words(text: str) -> Counter[str]:
    """Every word and number of a text; the mark in front of an item or a question is none."""
    marks = re.compile(r"^ *(?:\d+\.|•) ", re.MULTILINE)
    return Counter(re.findall(r"\w+", marks.sub("", text).casefold()))


def test_every_word_of_the_article_is_taken_or_reported_as_left_out(tmp_path: Path) -> None:
    corpus = imported(tmp_path)
    draft = arrange(read_source(SEED.name, SEED.read_bytes(), ".txt"), "Article")

    (document,) = corpus.documents
    tops = [heading for section in document.sections for heading in section.trail]
    texts = [document.title, *dict.fromkeys(tops)]
    for section in document.sections:
        if section.level:
            texts += [section.heading] if section.heading not in {document.title, *tops} else []
            texts.append(section.text)
    for entry in corpus.entries:
        texts += [entry.question, entry.text]
    left_out = [note.text for note in draft.notes if note.kind is NoteKind.LEFT_OUT]

    assert words(SEED.read_text(encoding="utf-8")) - words("\n".join([*texts, *left_out])) == {}
    # What the slides repeat on every page, and the heading that only announces the questions.
    assert [re.findall("'(.*)'", text) for text in left_out] == [
        [document.title],
        ["What Is Machine Learning?"],
        ["Responsibilities"],
        ["What Is a Machine Learning Engineer"],
        ["Differences Between Machine Learning Engineers And Software Engineers"],
        ["Is Machine Learning Difficult"],
        ["Software Engineer"],
        ["FAQ"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "1) Is it hot?\n\nYes.\n\nYou need:\n\n* gloves\n\nThen wait.\n\n2) Is it loud?\n\nNo.\n",
        "Q: Is it hot?\nA: Yes.\n\nYou need:\n\n- gloves\n\nThen wait.\n\nQ: Is it loud?\nA: No.\n",
        (
            "Question\n\nIs it hot?\n\nAnswer\n\nYes.\n\nYou need:\n\n- gloves\n\nThen wait.\n\n"
            "Question\n\nIs it loud?\n\nAnswer\n\nNo.\n"
        ),
    ],
    ids=["numbers", "marks", "words on lines of their own"],
)
def test_line_that_announces_a_list_stays_in_the_answer(text: str) -> None:
    found = draft(text)

    assert [(question.question, question.answer) for question in found.questions] == [
        ("Is it hot?", "Yes.\n\nYou need:\n\n- gloves\n\nThen wait."),
        ("Is it loud?", "No."),
    ]
    assert found.article is None


def test_question_that_a_mail_quotes_is_a_question() -> None:
    text = "> Is it hot?\n\nYes, > 5 degrees.\n\n> > Is it loud?\n\nNo.\n"

    assert [(question.question, question.answer) for question in draft(text).questions] == [
        ("Is it hot?", "Yes, > 5 degrees."),
        ("Is it loud?", "No."),
    ]


def test_table_of_questions_is_read_and_any_other_stays() -> None:
    table = "| Question | Answer |\n|---|:--|\n| Is it free? | **Yes**: 2 \\| 3. |\n"
    other = "| Grade | Pay |\n|---|---|\n| A | 100 |"

    found = read_text(f"Pay grades\n\nHere they are.\n\n{table}\n{other}\n")

    assert found.questions == (Question("Is it free?", "**Yes**: 2 | 3.", 7),)
    assert found.blocks == (
        Heading("Pay grades", 1, 1),
        Prose("Here they are.", 3),
        Prose(other, 9),
    )
    assert found.seen == 1
