from datetime import date
from pathlib import Path

import pytest

from corpus import Fault, load
from corpus.linter import Finding, Severity, as_finding, lint
from tests.support.paths import CONTENT, ROOT

TODAY = date(2026, 11, 23)
CORPORA = {
    "tiny": CONTENT,
    "shipped": ROOT / "corpus",
}
DATED = "  owner: Team\n  reviewed: 2026-11-01\n"


def entry(name: str, more: str = "", answer: str = "A.", question: str = "") -> str:
    return (
        f"- id: {name}\n  question: {question or 'What is ' + name}\n  answer: {answer}\n"
        f"  variants: [tell me about {name}]\n{DATED}{more}"
    )


def article(body: str, front: str = "") -> str:
    return f"---\ntitle: T\nowner: Team\nreviewed: 2026-11-01\n{front}---\n\n{body}"


def findings(folder: Path, files: dict[str, str]) -> list[str]:
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return [str(found) for found in lint(load(folder), TODAY)]


SHOWS_NOTHING = "the article shows nothing below its title. Write a text there, or remove the file"
KNOWN = {
    "shipped": [],
    "tiny": ["'art-hours--cook' has questions of its own and 'art-hours--baker' has none"],
}


@pytest.mark.parametrize("name", CORPORA)
def test_corpus_is_clean(name: str) -> None:
    found = lint(load(CORPORA[name]), TODAY)

    assert [finding for finding in found if finding.severity is not Severity.NOTE] == []
    assert [finding.problem for finding in found] == KNOWN[name]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            {"faqs/a.yaml": "- {id: a, question: Why?, variants: [how so], answer: A.}"},
            [
                "faqs/a.yaml:1: warning: 'a' has no owner. Add 'owner: …'",
                "faqs/a.yaml:1: warning: 'a' has no review date. Add 'reviewed: YYYY-MM-DD'",
            ],
            id="no owner",
        ),
        pytest.param(
            {
                "articles/a.md": "---\ntitle: A\nowner: B\nreviewed: 2026-11-01\n---\n",
                "articles/b.md": "---\ntitle: B\nowner: B\nreviewed: 2026-11-01\n---\n\nYes.\n",
            },
            [f"articles/a.md:1: warning: {SHOWS_NOTHING}"],
            id="empty article",
        ),
        pytest.param(
            {"articles/a.md": "---\ntitle: T\nreviewed: 2025-01-01\n---\n\ntext\n"},
            [
                "articles/a.md:1: warning: the article has no owner. Add 'owner: …'",
                (
                    "articles/a.md:1: warning: the article was last reviewed on 2025-01-01, more"
                    " than a year ago. Check it and set 'reviewed' to today"
                ),
            ],
            id="stale article",
        ),
        pytest.param(
            {
                "faqs/a.yaml": entry("one", "  valid_until: 2026-11-22\n")
                + entry("two", "  valid_until: 2026-12-01\n")
                + entry("three", "  valid_until: 2027-11-22\n"),
                "smalltalk.yaml": "- {id: talk, question: Happy new year, answer: Thanks!,"
                " valid_until: 2026-01-31}",
            },
            [
                (
                    "faqs/a.yaml:3: warning: 'one' expired on 2026-11-22 and is no longer returned."
                    " Bring it up to date, or remove it"
                ),
                "faqs/a.yaml:10: warning: 'two' expires soon, on 2026-12-01. Bring it up to date",
                (
                    "smalltalk.yaml:1: warning: 'talk' expired on 2026-01-31 and is no longer"
                    " returned. Bring it up to date, or remove it"
                ),
            ],
            id="expired",
        ),
        pytest.param(
            {
                "faqs/a.yaml": "- {id: a, question: Why not, variants: [how so], answer: A.,"
                " owner: T, reviewed: 2027-01-01, valid_until: 2026-12-31}"
            },
            [
                (
                    "faqs/a.yaml:1: warning: 'a' expires before it was reviewed."
                    " Correct one of the dates"
                ),
                "faqs/a.yaml:1: warning: 'a' was reviewed in the future, on 2027-01-01. Correct it",
            ],
            id="impossible dates",
        ),
        pytest.param(
            {
                "faqs/a.yaml": entry("one") + entry("two", question="“TELL me, about one!”"),
                "boundaries.yaml": "- {id: out, topic: T, reply: R, examples: [what is TWO, '?']}",
                "faqs/b.yaml": entry("three", question="tell me about three!"),
            },
            [
                (
                    "faqs/a.yaml:8: warning: '“TELL me, about one!”' leads to 'two' and to 'one'."
                    " Keep it in one place, or name the other under 'equivalents'"
                ),
                (
                    "boundaries.yaml:1: warning: '?' says too little to find 'out' by."
                    " Write it as people ask it, or remove it"
                ),
                (
                    "faqs/b.yaml:4: note: 'three' lists 'tell me about three' twice."
                    " Remove one of the two"
                ),
            ],
            id="duplicates",
        ),
        pytest.param(
            {
                "faqs/a.yaml": entry("one", "  equivalents: [two]\n")
                + entry("two", question="What is one?"),
            },
            [],
            id="equivalents may share a question",
        ),
        pytest.param(
            {
                "faqs/a.yaml": f"- id: a\n  question: Why not\n  answer: A.\n{DATED}",
                "boundaries.yaml": "- {id: out, topic: T, reply: R}",
                "smalltalk.yaml": "- {id: talk, question: hi, answer: Hello}",
            },
            [
                (
                    "boundaries.yaml:1: warning: 'out' has no examples, so that no question leads"
                    " to it. Add questions that people ask"
                ),
                "faqs/a.yaml:3: note: 'a' has no variants. Add other ways to ask it",
            ],
            id="nothing to find it by",
        ),
        pytest.param(
            {"faqs/a.yaml": entry("a", answer="Go on. " * 126)},
            [
                "faqs/a.yaml:3: warning: the answer of 'a' has 252 words. Shorten it to 250 words",
            ],
            id="too long",
        ),
        pytest.param(
            {"articles/a.md": article("## P\n\n" + "organizational responsibilities " * 20)},
            [
                (
                    "articles/a.md:9: note: 'p' takes 71 years of school to read."
                    " Write shorter sentences and plainer words"
                ),
            ],
            id="too hard",
        ),
        pytest.param(
            {
                "articles/a.md": article(
                    "## P {#p}\n\n[a](#p) [b](#q) [c](/jobs#p) [d](/jobs#r) [e](https://e.org/#z)\n",
                    "url: /jobs\n",
                )
            },
            [
                (
                    "articles/a.md:10: error: the link to '#q' in 'p' leads nowhere."
                    " Use an id that exists"
                ),
                (
                    "articles/a.md:10: error: the link to '/jobs#r' in 'p' leads nowhere."
                    " Use an id that exists"
                ),
            ],
            id="broken anchors",
        ),
        pytest.param(
            {"articles/a.md": article("## P\n\n- a {#x} b\n")},
            [
                (
                    "articles/a.md:9: warning: '{#x}' stands inside the text of 'p' and is shown."
                    " Move it to the end of the item or heading"
                ),
            ],
            id="marker in the middle",
        ),
        pytest.param(
            {"faqs/a.yaml": entry("a", "  related: [a, b, b]\n") + entry("b")},
            [
                "faqs/a.yaml:3: note: 'a' is related to itself. Remove the id",
                "faqs/a.yaml:3: note: 'a' names a related id twice. Remove one",
            ],
            id="related",
        ),
        pytest.param(
            {
                "articles/a.md": article(
                    "## P {#p}\n\n- a {#p--x}\n- b {#c}\n", "roles: {x: X, y: Y}\n"
                )
            },
            [
                (
                    "articles/a.md:10: warning: 'p' has no side for y."
                    " Add a list item with the id 'p--y'"
                ),
            ],
            id="one side",
        ),
        pytest.param(
            {
                "articles/a.md": article(
                    "## P {#p}\n\n- a {#p--x}\n- b {#p--y}\n", "roles: {x: X, y: Y}\n"
                ),
                "articles/a.questions.yaml": "p--x:\n  - what about x here\n",
            },
            [
                (
                    "articles/a.md:10: note: 'p--x' has questions of its own and 'p--y' has none."
                    " Ask the same for 'y'"
                ),
            ],
            id="questions for one role",
        ),
        pytest.param(
            {"faqs/a.yaml": entry("a"), "synonyms.yaml": "- [cook, chef]\n- [boss, Chef]\n"},
            [
                "synonyms.yaml: warning: 'Chef' stands for 'boss' and for 'cook'. Keep one of them",
            ],
            id="synonyms",
        ),
        pytest.param(
            {
                "faqs/a.yaml": entry("a", "  equivalents: [b, c]\n", "It takes 3 years, or 2 %.")
                + entry("b", answer="It takes 4 years.")
                + entry("c", answer="It takes a while."),
            },
            [
                (
                    "faqs/a.yaml:3: warning: 'a' says 2 %, 3 years, but its equivalent 'b' says"
                    " 4 years. Make the figures agree"
                ),
            ],
            id="contradictory figures",
        ),
    ],
)
def test_finding_says_where_what_and_what_to_do(
    tmp_path: Path, files: dict[str, str], expected: list[str]
) -> None:
    found = findings(tmp_path, files)

    assert sorted(found) == sorted(expected)


def test_findings_stand_in_file_and_line_order() -> None:
    found = [
        Finding("b", 1, Severity.NOTE, "p", "r"),
        Finding("a", 2, Severity.WARNING, "p", "r"),
        Finding("a", 1, Severity.WARNING, "p", "r"),
    ]

    assert [(finding.file, finding.line) for finding in sorted(found)] == [
        ("a", 1),
        ("a", 2),
        ("b", 1),
    ]


def test_fault_is_shown_as_an_error() -> None:
    assert as_finding(Fault("a", 0, "p", "R")) == Finding("a", 0, Severity.ERROR, "p", "R")


def test_draft_whose_answer_is_not_written_is_an_error(tmp_path: Path) -> None:
    draft = entry("faq-dog", answer='"TODO: write the answer."')

    (found,) = findings(tmp_path, {"faqs/a.yaml": draft})

    assert found.startswith("faqs/a.yaml:3: error: the answer of 'faq-dog' is still to be written.")


ROLES = "roles:\n  baker: Baker\n  cook: Cook\n"


@pytest.mark.parametrize(
    ("question", "variant", "noted"),
    [
        ("What does a baker earn?", "pay of bakers", True),
        ("What does a baker earn?", "pay of cooks", False),
        ("What is the pay?", "who earns more", False),
    ],
)
def test_question_for_one_role_where_the_answer_has_both_is_noted(
    question: str, variant: str, noted: bool, tmp_path: Path
) -> None:
    files = {
        "articles/a.md": article("## Work {#art-work}\n\nBoth work.\n", ROLES),
        "faqs/a.yaml": f"- id: pay\n  question: {question}\n  variants: [{variant}]\n"
        f"  answer: A baker earns 16 euros an hour and a cook 15.\n{DATED}",
    }

    found = findings(tmp_path, files)

    problem = "'pay' speaks of 'Cook', too, and no question of it does"
    assert found == ([f"faqs/a.yaml:4: note: {problem}. Ask the same for 'Cook'"] if noted else [])
