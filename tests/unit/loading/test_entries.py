from datetime import date

import pytest

from corpus import Boundary, Entry, Source
from corpus.documents import Place
from corpus.entries import (
    IdMention,
    Parsed,
    Questions,
    parse_boundaries,
    parse_entries,
    parse_questions,
    parse_synonyms,
)
from corpus.files import TextFile

GOOD = "- id: a\n  question: Q?\n  answer: A.\n"


def file(text: str) -> TextFile:
    return TextFile.of("faqs/x.yaml", text.encode())


def test_entry_holds_everything_that_is_written() -> None:
    source = file(
        "- id: Faq_04.b-C\n  question: ' Is it? '\n  variants: [is it, '42', yes]\n"
        "  answer: '**Yes**, it is.'\n"
        "  sources:\n    - title: Book\n      url: https://e.org/b\n    - https://e.org/c\n"
        "  related: [b]\n  equivalents: [c]\n  owner: Team\n  reviewed: 2026-11-23\n"
        "  valid_until: '2027-01-01'\n"
    )

    parsed = parse_entries(source)

    entry = Entry(
        id="Faq_04.b-C",
        question="Is it?",
        variants=("is it", "42", "yes"),
        markdown="**Yes**, it is.",
        text="Yes, it is.",
        html="<p><strong>Yes</strong>, it is.</p>",
        sources=(Source("Book", "https://e.org/b"), Source("https://e.org/c", "https://e.org/c")),
        related=("b",),
        owner="Team",
        reviewed=date(2026, 11, 23),
        valid_until=date(2027, 1, 1),
        span=source.span(source.text.index("**"), source.text.index("'\n  sources")),
        asked_at=tuple(Place("faqs/x.yaml", line) for line in (2, 3, 3, 3)),
    )
    assert parsed == Parsed(
        items=(entry,),
        declared=(IdMention("Faq_04.b-C", "faqs/x.yaml", 1),),
        references=(IdMention("b", "faqs/x.yaml", 9), IdMention("c", "faqs/x.yaml", 10)),
        equivalents=(("Faq_04.b-C", "c"),),
    )


def test_only_id_question_and_answer_are_needed_and_empty_keys_count_as_absent() -> None:
    bare = parse_entries(file(GOOD))
    empty = parse_entries(file(GOOD + "  variants:\n  owner:\n  reviewed: ~\n  sources: []\n"))

    assert bare == empty
    assert bare.faults == ()
    assert (bare.items[0].variants, bare.items[0].owner, bare.items[0].reviewed) == ((), "", None)


def test_question_on_several_lines_is_one_line() -> None:
    parsed = parse_entries(file("- id: a\n  question: |\n    One\n    more?\n  answer: A.\n"))

    assert [entry.question for entry in parsed.items] == ["One more?"]


def test_boundary_holds_what_to_say_instead() -> None:
    source = file("- id: out\n  topic: Pay\n  examples: [how much]\n  reply: Ask *them*.\n")

    parsed = parse_boundaries(source)

    start = source.text.index("Ask")
    assert parsed == Parsed(
        items=(
            Boundary(
                id="out",
                topic="Pay",
                examples=("how much",),
                markdown="Ask *them*.",
                text="Ask them.",
                html="<p>Ask <em>them</em>.</p>",
                span=source.span(start, start + 11),
                asked_at=(Place("faqs/x.yaml", 3),),
            ),
        ),
        declared=(IdMention("out", "faqs/x.yaml", 1),),
    )


def test_synonyms_are_groups_of_words() -> None:
    parsed = parse_synonyms(file("- [engineer, dev]\n- [machine learning, ML, AI/ML]\n"))

    assert parsed == Parsed(items=(("engineer", "dev"), ("machine learning", "ML", "AI/ML")))


def test_questions_stand_under_the_id_they_lead_to() -> None:
    parsed = parse_questions(file("# units\na:\n  - One?\n  - Two?\nb: [Three?]\n"))

    assert parsed == Parsed(
        items=(
            Questions(
                IdMention("a", "faqs/x.yaml", 2),
                ("One?", "Two?"),
                (Place("faqs/x.yaml", 3), Place("faqs/x.yaml", 4)),
            ),
            Questions(IdMention("b", "faqs/x.yaml", 5), ("Three?",), (Place("faqs/x.yaml", 5),)),
        )
    )


@pytest.mark.parametrize(
    "parse", [parse_entries, parse_boundaries, parse_synonyms, parse_questions]
)
@pytest.mark.parametrize("text", ["", "# nothing yet\n", "~"])
def test_an_empty_file_is_no_fault(parse: object, text: str) -> None:
    assert callable(parse)
    assert parse(file(text)) == Parsed(())


ENTRY_KEYS = (
    "id, question, variants, answer, sources, related, equivalents, owner, reviewed, valid_until"
)


@pytest.mark.parametrize(
    ("text", "line", "problem", "remedy"),
    [
        (
            "- id: a\n  answer: A.\n",
            1,
            "'question' is missing",
            "Add a line 'question: …'",
        ),
        (
            "- id: a\n  question: Q?\n  answer:\n",
            3,
            "'answer' is missing",
            "Add a line 'answer: …'",
        ),
        ("- id: a\n  question: '  '\n  answer: A.\n", 2, "'question' is blank", None),
        (
            GOOD + "  variants:\n    - x\n    -\n",
            6,
            "'variants' 2 must be a text, not nothing",
            None,
        ),
        (GOOD + "  variants: x\n", 4, "'variants' must be a list, not a text", None),
        (GOOD + "  variants: {x: y}\n", 4, "'variants' must be a list, not a mapping", None),
        (GOOD + "  owner: [x]\n", 4, "'owner' must be a text, not a list", None),
        (
            GOOD + "  varaints: [x]\n",
            4,
            "the key 'varaints' is not known",
            f"Did you mean 'variants'? Known keys are {ENTRY_KEYS}",
        ),
        (
            GOOD + "  zzz: x\n",
            4,
            "the key 'zzz' is not known",
            f"Remove it. Known keys are {ENTRY_KEYS}",
        ),
        (
            GOOD + "  sources:\n    - titel: x\n      title: y\n      url: /z\n",
            5,
            "the key 'sources' 1 'titel' is not known",
            "Did you mean 'title'? Known keys are title, url",
        ),
        (
            GOOD + "  sources: [www.example.org]\n",
            4,
            "'sources' 1 'url' is wrong: 'www.example.org' is not an address",
            "Start it with https:// or, for a page of this site, with /",
        ),
        (GOOD + "  sources: ['']\n", 4, None, None),
        (
            GOOD + "  reviewed: 23.11.2026\n",
            4,
            "'reviewed' is wrong: '23.11.2026' is not a date",
            "Write year, month and day, such as 2026-11-23",
        ),
        (
            GOOD + "  reviewed: 2026-02-30\n",
            4,
            "'reviewed' is wrong: '2026-02-30' is not a date",
            None,
        ),
        (GOOD + "  reviewed: [2026]\n", 4, None, None),
        (
            "- id: two words\n  question: Q?\n  answer: A.\n",
            1,
            "'id' has the value 'two words', which cannot be an id",
            "Use letters a-z, digits, '.', '_' and '-', starting with a letter or digit",
        ),
        ("- just text\n", 1, "the entry must be a mapping, not a text", None),
        ("a: b\n", 1, "the file must be a list", "Start it with '- id: …'"),
        ("just text\n", 1, "the file must be a list", "Start it with '- id: …'"),
    ],
)
def test_fault_of_an_entry_says_where_and_what_to_write(
    text: str, line: int, problem: str | None, remedy: str | None
) -> None:
    (first, *_) = parse_entries(file(text)).faults

    assert (first.file, first.line) == ("faqs/x.yaml", line)
    assert problem in (None, first.problem)
    assert remedy in (None, first.remedy)
    assert first.problem
    assert first.remedy


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a:\n", 1, "'a' must be a list, not nothing"),
        ("x: [Q?]\na: []\n", 2, "'a' holds too few items"),
        ("a:\n  - Q?\n  - b: c\n", 3, "2 must be a text, not a mapping"),
        ("- a\n", 1, "the file must be a mapping of lists"),
    ],
)
def test_fault_of_a_questions_file_names_the_unit(text: str, line: int, problem: str) -> None:
    assert [(fault.line, fault.problem) for fault in parse_questions(file(text)).faults] == [
        (line, problem)
    ]


def test_fault_of_a_synonym_group_asks_for_a_second_word() -> None:
    parsed = parse_synonyms(file("- [a, b]\n- [c]\n"))

    assert [(fault.line, fault.problem) for fault in parsed.faults] == [
        (2, "the entry holds too few items")
    ]


def test_faulty_entry_still_declares_its_id_and_good_ones_beside_it_are_read() -> None:
    parsed = parse_entries(file("- id: b\n  question: Q?\n" + GOOD))

    assert [mention.id for mention in parsed.declared] == ["b", "a"]
    assert [entry.id for entry in parsed.items] == ["a"]
    assert len(parsed.faults) == 1
